"""What the classes of methods have in common: a base class, one being the base of the others, or nothing.

In: the `Subject`s of methods, or of runs inside methods. Out: answers from the bases as they are written there; a base
further up is not known, and names of one spelling are taken for one class. Bases that every class may have, where no
method could be put, count for nothing.
Source: our own.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from codesim.verify import Subject

_NO_HOME = frozenset(
    [*dir(builtins), "ABC", "Enum", "Generic", "IntEnum", "NamedTuple", "Protocol", "StrEnum", "TypedDict"]
)


def base_of_others(subjects: Sequence[Subject]) -> Subject | None:
    """The first member in the one class from which the classes of all others descend; None if there is none.

    Args:
        subjects: the members.
    """
    roots = _roots(subjects)
    if len({_class_of(root) for root in roots}) != 1 or len(roots) == len(subjects):
        return None
    return roots[0]


def share_base(subjects: Sequence[Subject]) -> bool:
    """Whether all classes name one base, or descend from another member's class that does.

    Args:
        subjects: the members.
    """
    first, *rest = [subject.surroundings.bases for subject in _roots(subjects) or subjects]
    usable = [base for base in first if _last(base) not in _NO_HOME]
    return any(all(any(_alike(base, other) for other in bases) for bases in rest) for base in usable)


def _roots(subjects: Sequence[Subject]) -> list[Subject]:
    """The members whose class names no other member's class as a base."""
    return [one for one in subjects if not any(_is_base(other, one) for other in subjects)]


def _is_base(one: Subject, other: Subject) -> bool:
    parent = one.surroundings.parent
    return bool(parent) and _class_of(one) != _class_of(other) and _names(other.surroundings.bases, _last(parent or ""))


def _class_of(subject: Subject) -> tuple[str, str | None]:
    return subject.fragment.path, subject.surroundings.parent


def _names(bases: Sequence[str], name: str) -> bool:
    return any(_last(base) == name for base in bases)


def _alike(one: str, other: str) -> bool:
    """Whether two dotted names may mean one class: `Model` and `models.Model`, but not `forms.Model`."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _last(name: str) -> str:
    return name.rpartition(".")[2]
