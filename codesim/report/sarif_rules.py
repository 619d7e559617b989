"""The rules of the SARIF report: one for each clone type, with the help that a code-scanning page shows beside it.

In: nothing. Out: rule objects of SARIF 2.1.0. The clone type is the rule, not the kind of fragment: a rule's title is
what a list of alerts shows, and how alike the copies are is what decides whether to look; GitHub filters by it as well.
Source: our own; the types are those of Roy and Cordy, 2009.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class _Rule(NamedTuple):
    name: str
    short: str
    full: str
    precision: str  # of clear gains (docs/ranking.md); of type 4 too few were judged to say more


_RULES = (
    _Rule(
        "ExactCopy",
        "Exact copy",
        "The same statements stand in several places; only layout, comments and docstrings may differ.",
        "high",
    ),
    _Rule(
        "RenamedCopy",
        "Renamed copy",
        "The same statements stand in several places under other names or with other literals.",
        "high",
    ),
    _Rule(
        "NearMissCopy",
        "Near-miss copy",
        "The same work stands in several places, with statements added, removed or changed in some of the copies.",
        "high",
    ),
    _Rule(
        "SameBehaviour",
        "Same behaviour in another spelling",
        "Several functions compute the same in another spelling, such as a loop here and a comprehension there.",
        "medium",
    ),
)
_ADVICE = (
    "Keep one of the copies, or extract a helper that takes what differs as parameters, and call it from all places. "
    "The message says which helper; codesim explain ID shows every copy beside the first, with what differs. "
    "To keep a copy on purpose, write # codesim: ignore[clone] and the reason above it."
)
_ADVICE_MARKDOWN = (
    "Keep one of the copies, or extract a helper that takes what differs as parameters, "
    "and call it from all places.\n\n"
    "- The message says which helper; the related locations are the other copies.\n"
    "- `codesim explain ID` shows every copy beside the first, with what differs. The id stands in the message.\n"
    "- To keep a copy on purpose, write `# codesim: ignore[clone]` and the reason above it.\n"
)


def rule_id(clone_type: int) -> str:
    """Name the rule of a clone type, 1 to 4, such as `clone-type-3`."""
    return f"clone-type-{clone_type}"


def sarif_rules() -> list[dict[str, Any]]:
    """Give the rules of all clone types, type 1 first, so that a rule's index is its type less one."""
    return [
        {
            "id": rule_id(clone_type),
            "name": rule.name,
            "shortDescription": {"text": rule.short},
            "fullDescription": {"text": rule.full},
            "help": {"text": f"{rule.full} {_ADVICE}", "markdown": f"{rule.full}\n\n{_ADVICE_MARKDOWN}"},
            "defaultConfiguration": {"level": "warning"},
            "properties": {
                "precision": rule.precision,
                "problem.severity": "recommendation",
                "tags": ["maintainability", "duplicate-code"],
            },
        }
        for clone_type, rule in enumerate(_RULES, start=1)
    ]
