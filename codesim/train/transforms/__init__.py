"""Meaning-preserving transformations of Python functions, each with its guard.

In: an `ast` function and a random source. Out: the function changed in place and True, or untouched and False where
no place passes the guard. `REWRITES` names them all; the tests run both forms of small functions on inputs.
"""

from codesim.train.transforms.branches import (
    de_morgan,
    guard_to_nested,
    if_to_ternary,
    merge_condition,
    nested_to_guard,
    split_condition,
    swap_branches,
    ternary_to_if,
)
from codesim.train.transforms.edits import EDITS, edit_statements
from codesim.train.transforms.expressions import (
    empty_display,
    format_to_fstring,
    fstring_to_format,
    mirror_comparison,
    percent_to_format,
    split_chain,
    split_tuple,
)
from codesim.train.transforms.loops import (
    comprehension_to_loop,
    loop_to_comprehension,
    quantifier_to_loop,
    range_to_while,
    while_to_range,
)
from codesim.train.transforms.renaming import rename_locals
from codesim.train.transforms.scope import Function
from codesim.train.transforms.statements import (
    augmented_to_plain,
    extract_temporary,
    inline_temporary,
    insert_dead,
    insert_logging,
    plain_to_augmented,
    swap_independent,
)

REWRITES = {
    rewrite.__name__.replace("_", "-"): rewrite
    for rewrite in (
        rename_locals,
        swap_independent,
        comprehension_to_loop,
        loop_to_comprehension,
        quantifier_to_loop,
        range_to_while,
        while_to_range,
        guard_to_nested,
        nested_to_guard,
        swap_branches,
        split_condition,
        merge_condition,
        de_morgan,
        ternary_to_if,
        if_to_ternary,
        extract_temporary,
        inline_temporary,
        plain_to_augmented,
        augmented_to_plain,
        insert_dead,
        insert_logging,
        mirror_comparison,
        split_chain,
        split_tuple,
        fstring_to_format,
        format_to_fstring,
        percent_to_format,
        empty_display,
    )
}

__all__ = ["EDITS", "REWRITES", "Function", "edit_statements"]
