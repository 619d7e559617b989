"""Copies that differ on purpose: what a maintainer may well want to keep apart.

In: a candidate. Out: a `Variant`, how much of the value that leaves, and the reason; None for plain copies. Merging a
sync and an async form, or the two directions of one task, is possible more often than it is welcome: the pair is
easier to read side by side than one function with a switch. Source: our own, from reading candidates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codesim.refactor import CandidateKind, RefactoringCandidate

_ASYNC = re.compile(r"^\s*async\s+def\b")
_ASYNC_WORDS = frozenset({"a", "async", "asynchronous", "awaitable", "aio", "coro", "coroutine"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_OPPOSITES = (
    "read write", "load save", "load dump", "loads dumps", "encode decode", "pack unpack", "enter exit", "get set",
    "forwards backwards", "forward backward", "apply unapply", "add remove", "add delete", "open close",
    "start stop", "push pop", "put get", "grow shrink", "parse format", "serialize deserialize",
    "compress decompress", "import export", "connect disconnect", "register unregister", "acquire release",
    "lock unlock", "attach detach", "bytes str", "bytes unicode", "encrypt decrypt", "int float", "first last",
    "to from", "up down", "upgrade downgrade", "send receive", "begin end", "increase decrease",
    "increment decrement", "show hide", "before after", "next previous", "and or", "enable disable",
)  # fmt: skip
_MIRRORS = frozenset(frozenset(pair.split()) for pair in _OPPOSITES)
_KEPT_WORDS = frozenset(
    {"recursive", "iterative", "naive", "legacy", "old", "slow", "reference", "deprecated", "compat"}
)
_TWIN, _MIRROR, _KEPT = 0.25, 0.5, 0.5
_SHORT = 12  # lines saved from which a mirror is worth merging all the same


@dataclass(frozen=True, slots=True)
class Variant:
    """What the copies are to each other.

    factor: what it leaves of the value, in (0, 1]. is_twin: a sync and an async form, which stay apart in most cases.
    """

    factor: float
    reason: str
    is_twin: bool = False


def variant(candidate: RefactoringCandidate) -> Variant | None:
    """Tell copies that are variants on purpose.

    Args:
        candidate: production functions; copies among tests are none, nor are blocks, which both variants can call.

    Source: our own.
    """
    if candidate.kind is not CandidateKind.FUNCTION:
        return None
    forms = {any(_ASYNC.match(line) for line in member.lines) for member in candidate.members}
    names = [words_of_name(member.qualname) for member in candidate.members]
    plain = [[word for word in words if word not in _ASYNC_WORDS] for words in names]
    twins = len({tuple(words) for words in plain}) < len(candidate.members) and names != plain
    if len(forms) > 1 or (twins and len({tuple(words) for words in names}) > 1):
        return Variant(_TWIN, "a sync and an async form of one function, which callers need both", is_twin=True)
    if len({tuple(word for word in words if word not in _KEPT_WORDS) for words in names}) < len(set(map(tuple, names))):
        return Variant(_KEPT, "by its name one copy is another implementation, kept beside the first")
    costs = candidate.parameters > 0 or not candidate.verdict.extractable
    if len(candidate.members) == 2 and candidate.lines_saved < _SHORT and costs and _is_mirror(*names):
        return Variant(_MIRROR, "two directions of one task, which read better side by side")
    return None


def words_of_name(qualname: str) -> list[str]:
    """The words of a function's own name, in lower case."""
    own = qualname.rpartition(".")[2].partition("#")[0]
    return [word.lower() for word in _WORD.findall(own)]


def _is_mirror(one: list[str], other: list[str]) -> bool:
    """Whether two names differ in just one word, and that is the opposite."""
    if len(one) != len(other):
        return False
    differing = [{a, b} for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 1 and frozenset(differing[0]) in _MIRRORS
