"""Group: clone pairs to clone classes without chaining, of functions (`group_pairs`) and of blocks (`group_runs`)."""

from typing import TYPE_CHECKING

from codesim.rooms import import_late

if TYPE_CHECKING:
    from codesim.group.components import components
    from codesim.group.pairs import group_pairs, representative
    from codesim.group.runs import Order, group_runs

__all__ = ["Order", "components", "group_pairs", "group_runs", "representative"]

import_late(
    __name__,
    {
        "components": "components",
        "pairs": "group_pairs representative",
        "runs": "Order group_runs",
    },
)
