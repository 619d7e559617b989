"""Where the values of each parameter come from: the copies' own source, line by line.

In: the members of a class, the parameters of its merge and the spots where the members differ. Out: a `FilledHole` for
each parameter, with the text that every member would pass and the line where that stands today.
Source: our own.
"""

from __future__ import annotations

from collections.abc import Sequence

from codesim.refactor.antiunify import Spot
from codesim.refactor.candidate import FilledHole, HoleRole, Site
from codesim.refactor.plan import Form, Parameter
from codesim.source import Span
from codesim.verify import Subject


def fill_holes(
    members: Sequence[Subject], parameters: Sequence[Parameter], spots: Sequence[Spot]
) -> tuple[FilledHole, ...]:
    """Trace the values of parameters to the members' source.

    Args:
        members: the representative first.
        parameters: of the merge of the class.
        spots: where the members differ.

    Returns:
        One per parameter, in order, each with a site per member; where a value stands nowhere (the flag of a step
        that a member lacks), the line is the member's first.

    Source: our own.
    """
    return tuple(
        FilledHole(parameter.name, _role(parameter), _sites(members, parameter, spots)) for parameter in parameters
    )


def _role(parameter: Parameter) -> HoleRole:
    if parameter.is_flag:
        return HoleRole.FLAG
    if parameter.exists:
        return HoleRole.EXISTING
    return HoleRole.FUNCTION if parameter.is_function else HoleRole.VALUE


def _sites(members: Sequence[Subject], parameter: Parameter, spots: Sequence[Spot]) -> tuple[Site, ...]:
    found = [spot for spot in spots if _fills(spot, parameter)]
    sites = []
    for k, (member, value) in enumerate(zip(members, parameter.values, strict=True)):
        spans = [span for spot in found if (span := spot.spans[k]) is not None]
        line = min(spans).start_line if spans else member.fragment.span.start_line
        sites.append(Site(member.fragment.path, line, value))
    return tuple(sites)


def _fills(spot: Spot, parameter: Parameter) -> bool:
    """Whether a spot is one of the places that a parameter stands for."""
    edits = [edit for edit in parameter.edits if edit.form is not Form.INSERT]  # what that adds stands nowhere yet
    if not edits:  # without an edit the parameter is known by its values alone
        return spot.texts == parameter.values
    place = spot.spans[0]
    return place is not None and any(_overlap(place, edit.span) for edit in edits)


def _overlap(one: Span, two: Span) -> bool:
    return one[:2] < two[2:] and two[:2] < one[2:]
