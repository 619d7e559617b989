"""Meaning-preserving transformations of Python functions, each with its guard.

In: an `ast` function and a random source. Out: the function changed in place and True, or untouched and False where
no place passes the guard. `REWRITES` names them all; the tests run both forms of small functions on inputs.
"""

import ast

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
from codesim.train.transforms.callables import (
    def_to_lambda,
    lambda_to_def,
    recursion_to_loop,
    recursion_to_stack,
)
from codesim.train.transforms.contexts import (
    finally_to_open,
    merge_with,
    open_to_finally,
    split_with,
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
from codesim.train.transforms.gathering import (
    comprehension_to_map,
    join_to_loop,
    loop_to_join,
    loop_to_quantifier,
    loop_to_sum,
    map_to_comprehension,
    sort_to_sorted,
    sorted_to_sort,
    sum_to_loop,
)
from codesim.train.transforms.iteration import (
    counter_to_enumerate,
    enumerate_to_counter,
    enumerate_to_index,
    for_to_index,
    for_to_iterator,
    forever_to_while,
    index_to_enumerate,
    while_to_forever,
)
from codesim.train.transforms.loops import (
    comprehension_to_loop,
    loop_to_comprehension,
    quantifier_to_loop,
    range_to_while,
    while_to_range,
)
from codesim.train.transforms.mappings import (
    branch_to_get,
    branch_to_setdefault,
    defaultdict_to_setdefault,
    dict_to_display,
    display_to_dict,
    get_to_branch,
    setdefault_to_branch,
    try_to_get,
)
from codesim.train.transforms.predicates import (
    in_to_or,
    length_to_truth,
    move_not,
    or_to_in,
    truth_to_length,
)
from codesim.train.transforms.renaming import rename_locals
from codesim.train.transforms.returns import (
    break_to_return,
    result_to_return,
    return_to_break,
    return_to_result,
)
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
from codesim.train.transforms.texts import (
    fstring_to_sum,
    sum_to_fstring,
)
from codesim.train.transforms.unpacking import (
    index_to_unpack,
    unpack_to_index,
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
        def_to_lambda,
        lambda_to_def,
        recursion_to_loop,
        recursion_to_stack,
        finally_to_open,
        merge_with,
        open_to_finally,
        split_with,
        comprehension_to_map,
        join_to_loop,
        loop_to_join,
        loop_to_quantifier,
        loop_to_sum,
        map_to_comprehension,
        sort_to_sorted,
        sorted_to_sort,
        sum_to_loop,
        counter_to_enumerate,
        enumerate_to_counter,
        enumerate_to_index,
        for_to_index,
        for_to_iterator,
        forever_to_while,
        index_to_enumerate,
        while_to_forever,
        branch_to_get,
        branch_to_setdefault,
        defaultdict_to_setdefault,
        dict_to_display,
        display_to_dict,
        get_to_branch,
        setdefault_to_branch,
        try_to_get,
        in_to_or,
        length_to_truth,
        move_not,
        or_to_in,
        truth_to_length,
        break_to_return,
        result_to_return,
        return_to_break,
        return_to_result,
        fstring_to_sum,
        sum_to_fstring,
        index_to_unpack,
        unpack_to_index,
    )
}

NEEDS: dict[str, tuple[type[ast.AST], ...]] = {
    "comprehension-to-loop": (ast.ListComp, ast.SetComp, ast.DictComp),
    "quantifier-to-loop": (ast.GeneratorExp,), "sum-to-loop": (ast.GeneratorExp, ast.ListComp),
    "join-to-loop": (ast.GeneratorExp, ast.ListComp), "comprehension-to-map": (ast.ListComp,),
    "loop-to-comprehension": (ast.For,), "range-to-while": (ast.For,), "loop-to-quantifier": (ast.For,),
    "loop-to-sum": (ast.For,), "loop-to-join": (ast.For,), "counter-to-enumerate": (ast.For,),
    "enumerate-to-counter": (ast.For,), "enumerate-to-index": (ast.For,), "for-to-index": (ast.For,),
    "for-to-iterator": (ast.For,), "index-to-enumerate": (ast.For,), "recursion-to-stack": (ast.For,),
    "while-to-range": (ast.While,), "while-to-forever": (ast.While,), "forever-to-while": (ast.While,),
    "return-to-break": (ast.For, ast.While), "break-to-return": (ast.Break,),
    "guard-to-nested": (ast.If,), "nested-to-guard": (ast.If,), "swap-branches": (ast.If,),
    "split-condition": (ast.If,), "merge-condition": (ast.If,), "if-to-ternary": (ast.If,),
    "return-to-result": (ast.If,), "result-to-return": (ast.If,), "branch-to-setdefault": (ast.If,),
    "branch-to-get": (ast.If, ast.IfExp), "truth-to-length": (ast.If, ast.IfExp, ast.While, ast.Assert),
    "length-to-truth": (ast.Compare,), "mirror-comparison": (ast.Compare,), "split-chain": (ast.Compare,),
    "in-to-or": (ast.Compare,), "or-to-in": (ast.BoolOp,), "de-morgan": (ast.BoolOp,), "move-not": (ast.Compare,),
    "ternary-to-if": (ast.IfExp,), "plain-to-augmented": (ast.BinOp,), "augmented-to-plain": (ast.AugAssign,),
    "fstring-to-format": (ast.JoinedStr,), "fstring-to-sum": (ast.JoinedStr,), "sum-to-fstring": (ast.BinOp,),
    "format-to-fstring": (ast.Call,), "percent-to-format": (ast.Mod,), "split-tuple": (ast.Tuple,),
    "unpack-to-index": (ast.Tuple,), "index-to-unpack": (ast.Subscript,), "lambda-to-def": (ast.Lambda,),
    "recursion-to-loop": (ast.Call,), "split-with": (ast.With, ast.AsyncWith), "open-to-finally": (ast.With,),
    "merge-with": (ast.With, ast.AsyncWith), "finally-to-open": (ast.Try,), "try-to-get": (ast.Try,),
    "get-to-branch": (ast.Call,), "setdefault-to-branch": (ast.Call,), "dict-to-display": (ast.Call,),
    "defaultdict-to-setdefault": (ast.Call,), "display-to-dict": (ast.Dict,), "map-to-comprehension": (ast.Call,),
    "sorted-to-sort": (ast.Call,), "sort-to-sorted": (ast.Call,),
}  # fmt: skip
"""Kinds of nodes of which a function must have one for the transformation to apply: not to search in vain."""


def may_apply(function: Function) -> list[str]:
    """Return the names of the transformations that have something to look at in the function, in one order."""
    kinds = {type(node) for node in ast.walk(function)}
    return [name for name in REWRITES if name not in NEEDS or any(kind in kinds for kind in NEEDS[name])]


__all__ = ["EDITS", "NEEDS", "REWRITES", "Function", "edit_statements", "may_apply"]
