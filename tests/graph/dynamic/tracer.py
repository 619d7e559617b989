"""A tracer that records which write of a local variable each read of it saw, while real code runs.

In: source files, and calls into them. Out: for each code object the pairs (site of the write, site of the read,
variable) that were observed. Before each instruction the interpreter calls back; the activation's `written` says where
each variable was written last. The mechanism is `sys.settrace` with opcode events.
Source: dynamic slicing (Korel, Laski, Dynamic Program Slicing, 1988).

Nothing is guessed: where it cannot be told which activation a captured variable belongs to, the pair is left out.
"""

from __future__ import annotations

import contextlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FrameType
from typing import Any

from graph.dynamic.scripts import (
    DELETE,
    NEW_LOCALS,
    PARAMETER,
    SAVE,
    UNKNOWN,
    USE,
    USE_OUTSIDE,
    WRITE,
    WRITE_OUTSIDE,
    Script,
    Site,
    scripts_of,
)

Pair = tuple[Site, Site, str]
Trace = Callable[[FrameType, str, Any], Any]
_QUIET = 40  # after so many calls in a row that showed nothing new, a function is left alone
ROUNDS = 2 if sys.version_info >= (3, 13) else 1
"""How often to run what is to be seen: since 3.13 opcode events begin at the call after the one that asks for them."""
_SUSPENDS = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator


class Activation:
    """One call of a traced function: its frame, and where each variable was written last."""

    __slots__ = ("frame", "saved", "script", "written")

    def __init__(self, script: Script, frame: FrameType) -> None:
        self.script = script
        self.frame = frame
        self.written: dict[str, Site] = dict.fromkeys(script.parameters, PARAMETER)
        self.saved: dict[tuple[str, Site], Site | None] = {}


class Tracer:
    """Traces the functions of some source files.

    pairs: what was observed of each script's own variables, reads by comprehensions and class bodies inside included.
    remote: the same for reads by functions nested in the owner, which may run long after their definition.
    writes: the writes that were executed, (site, variable).
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        """`sources`: the text of each file, by the name that its code objects carry."""
        self.pairs: defaultdict[Script, set[Pair]] = defaultdict(set)
        self.remote: defaultdict[Script, set[Pair]] = defaultdict(set)
        self.writes: defaultdict[Script, set[tuple[Site, str]]] = defaultdict(set)
        self._sources = sources
        self._files: dict[str, dict[CodeType, Script]] = {}
        self._known: dict[int, tuple[CodeType, Script | None]] = {}  # by identity: hashing a code object is slow
        self._live: defaultdict[Script, list[Activation]] = defaultdict(list)
        self._quiet: defaultdict[Script, int] = defaultdict(int)
        self._armed: set[int] = set()
        self._round: object = None

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """Trace what runs inside; code that calls `sys.settrace` meanwhile is not heard."""
        previous, settrace = sys.gettrace(), sys.settrace
        self._round = object()
        self._live.clear()
        sys.settrace = lambda _function: None  # type: ignore[assignment]
        sys._getframe().f_trace_opcodes = True  # 3.12 looks for any such frame when a trace function is set
        settrace(self._called)
        try:
            yield
        finally:
            settrace(previous)
            sys.settrace = settrace

    # -- events -------------------------------------------------------------------------------------------------------

    def _script(self, code: CodeType) -> Script | None:
        known = self._known.get(id(code))
        if known is None:
            name = code.co_filename
            if name in self._sources and name not in self._files:
                self._files[name] = scripts_of(self._sources[name], name)
            known = self._known[id(code)] = (code, self._files.get(name, {}).get(code))
        return known[1]

    def _called(self, frame: FrameType, _event: str, _arg: object) -> Trace | None:
        script = self._script(frame.f_code)
        if script is None:
            return None
        if frame.f_trace is not None:  # a generator goes on; what it did in an earlier round was not all seen
            return frame.f_trace if getattr(frame.f_trace, "round", None) is self._round else None
        if frame.f_lasti not in script.starts or (self._quiet[script] > _QUIET and not script.entangled):
            return None
        activation = Activation(script, frame)
        if ROUNDS > 1 and id(frame.f_code) not in self._armed:
            self._armed.add(id(frame.f_code))
            self._forget(activation)
            frame.f_trace_opcodes = True
            return None
        if script.code.co_cellvars:
            self._live[script].append(activation)
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._observer(activation)

    def _observer(self, activation: Activation) -> Trace:
        script, written, saved = activation.script, activation.written, activation.saved
        actions, pairs, writes = script.actions, self.pairs[script], self.writes[script]
        seen_before = len(pairs)

        def observe(frame: FrameType, event: str, _arg: object) -> Trace:
            if event == "opcode":
                for kind, name, site in actions.get(frame.f_lasti, ()):
                    if kind == USE:
                        if name in written:
                            pairs.add((written[name], site, name))
                    elif kind == WRITE:
                        if (name, site) in saved:
                            _restore(written, name, saved.pop((name, site)))
                        else:
                            written[name] = site
                            writes.add((site, name))
                    elif kind == DELETE:
                        written.pop(name, None)
                    elif kind == SAVE:
                        saved[name, site] = written.pop(name, None)
                    elif kind == USE_OUTSIDE:
                        self._read_outside(activation, name, site)
                    else:
                        self._write_outside(activation, name, site)
            elif event == "return":
                self._quiet[script] = 0 if len(pairs) > seen_before else self._quiet[script] + 1
                if not script.code.co_flags & _SUSPENDS or frame.f_lasti in script.ends:
                    with contextlib.suppress(ValueError):
                        self._live[script].remove(activation)
            return observe

        observe.round = self._round  # type: ignore[attr-defined]
        return observe

    # -- captured variables -------------------------------------------------------------------------------------------

    def _read_outside(self, activation: Activation, name: str, site: Site) -> None:
        script = activation.script
        owner = script.owners[name]
        owners = self._activations_of(activation, name)
        if len(owners) != 1 or name not in owners[0].written:
            return
        while script.immediate and script is not owner and script.parent is not None:
            script = script.parent
        record = self.pairs if script is owner else self.remote
        record[owner].add((owners[0].written[name], site, name))

    def _write_outside(self, activation: Activation, name: str, site: Site) -> None:
        owners = self._activations_of(activation, name)
        for one in owners:
            one.written[name] = site if len(owners) == 1 else UNKNOWN
        if site != UNKNOWN:
            self.writes[activation.script.owners[name]].add((site, name))

    def _forget(self, activation: Activation) -> None:
        """The captured variables that a call may write unseen are no longer known."""
        for actions in activation.script.actions.values():
            for kind, name, _ in actions:
                if kind == WRITE_OUTSIDE:
                    self._write_outside(activation, name, UNKNOWN)

    def _activations_of(self, activation: Activation, name: str) -> list[Activation]:
        """The calls whose variable it may be: those that see the same objects in all that is captured from them."""
        script = activation.script
        owner = script.owners[name]
        if not script.code.co_flags & NEW_LOCALS:  # a class body shows only its own names, but runs where it stands
            return [one for one in self._live[owner] if one.frame is activation.frame.f_back]
        names = [one for one, other in script.owners.items() if other is owner]
        here = activation.frame.f_locals
        out = []
        for candidate in self._live[owner]:
            there = candidate.frame.f_locals
            if all(here.get(one, UNKNOWN) is there.get(one, UNKNOWN) for one in names):
                out.append(candidate)
        return out


def _restore(written: dict[str, Site], name: str, site: Site | None) -> None:
    if site is None:
        written.pop(name, None)
    else:
        written[name] = site
