"""Spelling: a statement's operations as one short line of text, much as the source had them.

In: a `Pdg` and a statement's node. Out: its text, put together from labels along the operand edges, so that a canonical
graph, which has no source of its own, can be read too. It is for people: long lists, deep nesting and long literals
are cut with an ellipsis, and what the graph does not hold (annotations, `global` against `nonlocal`) is not shown.
Source: our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from codesim.graph.dump import one_line
from codesim.graph.schema import EdgeKind, NodeKind, Pdg

CUT = "…"
_MAX_DEPTH = 9
_MAX_OPERANDS = 9
_MAX_NODES = 150  # of one statement
_MAX_LABEL = 120
_STARS = {"varargs": "*", "kwargs": "**"}
_ATOM, _UNARY, _COMPARED, _NEGATED, _CHOICE, _LOOSE = 20, 13, 6, 5, 2, 0
_BINDING = {
    "**": 14, "*": 12, "/": 12, "//": 12, "%": 12, "@": 12, "+": 11, "-": 11, "<<": 10, ">>": 10, "&": 9, "^": 8,
    "|": 7, "and": 4, "or": 3,
}  # fmt: skip
_LEADING = {
    NodeKind.RETURN: "return", NodeKind.RAISE: "raise", NodeKind.DELETE: "del", NodeKind.ASSERT: "assert",
    NodeKind.IF: "if", NodeKind.WHILE: "while", NodeKind.MATCH: "match", NodeKind.PASS: "pass",
    NodeKind.BREAK: "break", NodeKind.CONTINUE: "continue", NodeKind.TRY: "try",
}  # fmt: skip


class Speller:
    """Spells the statements of one graph."""

    def __init__(self, pdg: Pdg) -> None:
        self.kinds, self.labels = pdg.kinds, pdg.labels
        operands: dict[int, list[tuple[int, int]]] = {}
        self.targets: dict[int, list[int]] = {}  # what a value is written to
        self.parameters: dict[int, list[str]] = {}
        defaults: dict[int, int] = {}
        headings: list[tuple[int, int, str]] = []
        for edge in pdg.edges:
            if edge.kind is EdgeKind.OPERAND:
                if edge.detail.isdecimal():
                    operands.setdefault(edge.target, []).append((int(edge.detail), edge.source))
                    defaults[edge.target] = edge.source
                else:
                    self.targets.setdefault(edge.source, []).append(edge.target)
            elif edge.kind is EdgeKind.CONTROL and pdg.kinds[edge.target] is NodeKind.PARAMETER:
                headings.append((edge.source, edge.target, edge.detail))
        self.operands = {node: [one for _, one in sorted(found)] for node, found in operands.items()}
        self.left = _MAX_NODES
        for owner, node, sort in headings:
            default = f"={self.spell(defaults[node])}" if node in defaults else ""
            self.parameters.setdefault(owner, []).append(_STARS.get(sort, "") + self.labels[node] + default)
            self.left = _MAX_NODES

    def statement(self, node: int, title: str) -> tuple[str, str]:
        """The keyword of a statement ("" if it has none) and the rest of its line; `title` names the entry."""
        self.left = _MAX_NODES
        kind, label = self.kinds[node], self.labels[node]
        special = _STATEMENTS.get(kind)
        if kind is NodeKind.ENTRY:
            keyword, rest = f"{label} def".strip(), f"{title}({self.heading(node)}){self.decorators(node)}"
        elif special:
            keyword, rest = special(self, node, label)
        else:
            keyword = _LEADING.get(kind, "" if kind is NodeKind.EXPRESSION else kind.name.lower())
            keyword += label if kind is NodeKind.TRY else ""
            found = self.inside(node) + self.targets.get(node, [])
            if kind is NodeKind.DELETE:  # names are written, other places read: only the nodes tell their order
                found.sort()
            parts = self.bare(found) if len(found) == 1 else [self.spell(one) for one in found[:_MAX_OPERANDS]]
            rest = (" from " if kind is NodeKind.RAISE else ", ").join(parts)
        return keyword, one_line(rest)

    def heading(self, node: int) -> str:
        """The parameters of a function, in parentheses' content."""
        return self.joined(self.parameters.get(node, []))

    def decorators(self, node: int) -> str:
        """The decorators of a function, behind its heading."""
        return "".join(f" @{text}" for text in self.all(node))

    def bare(self, nodes: list[int], depth: int = 0) -> list[str]:
        """Operations spelled, a tuple of several elements without its parentheses."""
        texts = []
        for node in nodes[:_MAX_OPERANDS]:
            text = self.spell(node, depth)
            is_tuple = self.kinds[node] is NodeKind.COLLECTION and self.labels[node] == "tuple"
            texts.append(text[1:-1] if is_tuple and len(self.inside(node)) > 1 else text)
        return texts

    def inside(self, node: int) -> list[int]:
        """The operands of a node."""
        return self.operands.get(node, [])

    def joined(self, parts: list[str]) -> str:
        """Parts with commas between, the end of a long list cut."""
        return ", ".join(parts[:_MAX_OPERANDS] + ([CUT] if len(parts) > _MAX_OPERANDS else []))

    def all(self, node: int, depth: int = 0, tightness: int = _LOOSE, start: int = 0) -> list[str]:
        """All operands of a node from `start` on, spelled, the end of a long list cut."""
        found = self.inside(node)[start:]
        parts = [self.spell(one, depth, tightness) for one in found[:_MAX_OPERANDS]]
        return parts + ([CUT] if len(found) > _MAX_OPERANDS else [])

    def spell(self, node: int, depth: int = 0, tightness: int = _LOOSE) -> str:
        """An operation or occurrence; in parentheses if it binds looser than `tightness`."""
        self.left -= 1
        if depth > _MAX_DEPTH or self.left < 0:
            return CUT
        kind, label = self.kinds[node], self.labels[node]
        if len(label) > _MAX_LABEL:
            label = label[:_MAX_LABEL] + CUT
        spell = _OPERATIONS.get(kind)
        if spell is None:
            parts = self.all(node, depth + 1)
            return f"{label}({', '.join(parts)})" if parts else label
        text, binding = spell(self, node, label, depth + 1)
        return f"({text})" if binding < tightness else text

    # -- statements -----------------------------------------------------------------------------------------------

    def _assign(self, node: int, label: str) -> tuple[str, str]:
        value = self.inside(node)[:1]
        if label.endswith("=") and value and len(self.inside(value[0])) == 2:
            place, operand = self.all(value[0])
            return "", f"{place} {label} {operand}"
        return "", " = ".join(self.bare(self.targets.get(node, []) + value))

    def _for_loop(self, node: int, label: str) -> tuple[str, str]:
        targets = self.joined(self.bare(self.targets.get(node, [])))
        return f"{label} for".strip(), f"{targets} in {self.joined(self.all(node))}"

    def _with_items(self, node: int, label: str) -> tuple[str, str]:
        parts: list[str] = []  # each target comes after its item and before the next one
        for one in sorted({*self.inside(node), *self.targets.get(node, ())}):
            if one in self.targets.get(node, ()) and parts:
                parts[-1] += f" as {self.spell(one)}"
            else:
                parts.append(self.spell(one))
        return f"{label} with".strip(), self.joined(parts)

    def _handler(self, node: int, _: str) -> tuple[str, str]:
        names = [self.spell(one) for one in self.targets.get(node, ())]
        return "except", self.joined(self.all(node)) + "".join(f" as {name}" for name in names)

    def _case(self, node: int, _: str) -> tuple[str, str]:
        parts = [self.spell(one) for one in self.inside(node) if self.kinds[one] > NodeKind.CLASS]
        return "case", " if ".join(parts)

    def _imported(self, node: int, label: str) -> tuple[str, str]:
        bound = [self.labels[one] for one in self.targets.get(node) or self.inside(node)]
        names = label.split(",")
        module, colon, _ = names[0].rpartition(":")
        names = [name.rpartition(":")[2] for name in names]
        if len(bound) == len(names):
            plain = [name if colon else name.partition(".")[0] for name in names]
            names = [
                name if name_bound == first else f"{name} as {name_bound}"
                for name, first, name_bound in zip(names, plain, bound, strict=True)
            ]
        return ("from", f"{module} import {self.joined(names)}") if colon else ("import", self.joined(names))

    def _function(self, node: int, label: str) -> tuple[str, str]:
        return "def", f"{label}({self.heading(node)}){self.decorators(node)}"

    def _class_head(self, node: int, label: str) -> tuple[str, str]:
        bases = self.joined(self.all(node))
        return "class", f"{label}({bases})" if bases else label

    def _scope(self, _: int, label: str) -> tuple[str, str]:
        return "global/nonlocal", label.replace(",", ", ")

    # -- operations: text, and how tight it binds -------------------------------------------------------------------

    def _call(self, node: int, _: str, depth: int) -> tuple[str, int]:
        callee = "".join(self.spell(one, depth, _ATOM) for one in self.inside(node)[:1])
        return f"{callee}({', '.join(self.all(node, depth, start=1))})", _ATOM

    def _keyword(self, node: int, label: str, depth: int) -> tuple[str, int]:
        return f"{label}={self.joined(self.all(node, depth))}", _ATOM

    def _starred(self, node: int, label: str, depth: int) -> tuple[str, int]:
        return label + self.joined(self.all(node, depth, _UNARY)), _ATOM

    def _attribute(self, node: int, label: str, depth: int) -> tuple[str, int]:
        return f"{self.joined(self.all(node, depth, _ATOM))}.{label}", _ATOM

    def _subscript(self, node: int, _: str, depth: int) -> tuple[str, int]:
        value = "".join(self.spell(one, depth, _ATOM) for one in self.inside(node)[:1])
        return f"{value}[{', '.join(self.all(node, depth, start=1))}]", _ATOM

    def _slice(self, node: int, _: str, depth: int) -> tuple[str, int]:
        parts = self.all(node, depth)
        return ":".join(parts[:2] if len(parts) == 3 and not parts[2] else parts), _ATOM

    def _operator(self, node: int, label: str, depth: int) -> tuple[str, int]:
        operands = self.inside(node)
        if len(operands) == 2 and label in _BINDING:
            binding = _BINDING[label]
            right_first = label == "**"
            left = self.spell(operands[0], depth, binding + right_first)
            return f"{left} {label} {self.spell(operands[1], depth, binding + (not right_first))}", binding
        if len(operands) == 1 and label == "not":
            return f"not {self.spell(operands[0], depth, _NEGATED)}", _NEGATED
        if len(operands) == 1:
            return label.removeprefix("unary ") + self.spell(operands[0], depth, _UNARY), _UNARY
        return f"{label}({', '.join(self.all(node, depth))})", _ATOM

    def _compare(self, node: int, label: str, depth: int) -> tuple[str, int]:
        first, *rest = self.all(node, depth, _COMPARED + 1) or [CUT]
        return first + "".join(f" {sign} {part}" for sign, part in zip(label.split(","), rest, strict=False)), _COMPARED

    def _boolean(self, node: int, label: str, depth: int) -> tuple[str, int]:
        binding = _BINDING.get(label, _CHOICE)
        return f" {label} ".join(self.all(node, depth, binding + 1)), binding

    def _conditional(self, node: int, _: str, depth: int) -> tuple[str, int]:
        parts = self.all(node, depth, _CHOICE + 1)
        if len(parts) != 3:
            return f"if({', '.join(parts)})", _ATOM
        return f"{parts[1]} if {parts[0]} else {parts[2]}", _CHOICE

    def _collection(self, node: int, label: str, depth: int) -> tuple[str, int]:
        parts = self.all(node, depth)
        text = ", ".join(parts)
        if label == "tuple":
            return f"({text},)" if len(parts) == 1 else f"({text})", _ATOM
        if label == "set" and not parts:
            return "set()", _ATOM
        return f"[{text}]" if label == "list" else f"{{{text}}}", _ATOM

    def _pair(self, node: int, _: str, depth: int) -> tuple[str, int]:
        return ": ".join(self.all(node, depth)), _ATOM

    def _format(self, node: int, label: str, depth: int) -> tuple[str, int]:
        arguments = iter(self.all(node, depth))
        text = re.sub(r"\{\{|\{(?=[!:}])", lambda hit: hit[0] if hit[0] == "{{" else "{" + next(arguments, CUT), label)
        return f'f"{text}"', _ATOM

    def _anonymous(self, node: int, _: str, depth: int) -> tuple[str, int]:
        return f"{f'lambda {self.heading(node)}'.strip()}: {self.joined(self.all(node, depth))}", _LOOSE

    def _comprehension(self, node: int, label: str, depth: int) -> tuple[str, int]:
        text = " ".join(self.all(node, depth))
        return {"list": f"[{text}]", "generator": f"({text})"}.get(label, f"{{{text}}}"), _ATOM

    def _generator(self, node: int, label: str, depth: int) -> tuple[str, int]:
        targets = self.joined(self.bare(self.targets.get(node, []), depth))
        iterable, *tests = self.all(node, depth) or [CUT]
        return f"{label} for {targets} in {iterable}".strip() + "".join(f" if {test}" for test in tests), _LOOSE

    def _yielded(self, node: int, label: str, depth: int) -> tuple[str, int]:
        return " ".join(part for part in ("yield", label, self.joined(self.all(node, depth))) if part), _LOOSE

    def _awaited(self, node: int, _: str, depth: int) -> tuple[str, int]:
        return f"await {self.joined(self.all(node, depth, _ATOM))}", _UNARY

    def _walrus(self, node: int, label: str, depth: int) -> tuple[str, int]:
        return f"{label} := {self.joined(self.all(node, depth))}", _LOOSE

    def _pattern(self, node: int, label: str, depth: int) -> tuple[str, int]:
        parts = self.all(node, depth)
        bound = [self.spell(one, depth) for one in self.targets.get(node, ())]
        head, _, names = label.partition(" ")
        if head == "class":
            named = names.split(",") if names else []
            plain = len(parts) - len(named)
            pairs = [f"{name}={part}" for name, part in zip(named, parts[plain:], strict=False)]
            return f"{parts[0] if parts else CUT}({', '.join(parts[1:plain] + pairs)})", _ATOM
        if head == "mapping":
            half = len(parts) // 2
            pairs = [f"{key}: {part}" for key, part in zip(parts[:half], parts[half:], strict=False)]
            return f"{{{', '.join(pairs + [f'**{name}' for name in bound])}}}", _ATOM
        if head == "sequence":
            return f"[{', '.join(parts)}]", _ATOM
        if head == "star":
            return "*" + "".join(bound or ["_"]), _ATOM
        return " | ".join(parts) + " as " * bool(parts and bound) + "".join(bound) or label, _ATOM


_STATEMENTS: dict[NodeKind, Callable[[Speller, int, str], tuple[str, str]]] = {
    NodeKind.ASSIGN: Speller._assign, NodeKind.FOR: Speller._for_loop, NodeKind.WITH: Speller._with_items,
    NodeKind.HANDLER: Speller._handler, NodeKind.CASE: Speller._case, NodeKind.IMPORT: Speller._imported,
    NodeKind.FUNCTION: Speller._function, NodeKind.CLASS: Speller._class_head, NodeKind.SCOPE: Speller._scope,
}  # fmt: skip
_OPERATIONS: dict[NodeKind, Callable[[Speller, int, str, int], tuple[str, int]]] = {
    NodeKind.CALL: Speller._call, NodeKind.KEYWORD: Speller._keyword, NodeKind.STARRED: Speller._starred,
    NodeKind.ATTRIBUTE: Speller._attribute, NodeKind.SUBSCRIPT: Speller._subscript, NodeKind.SLICE: Speller._slice,
    NodeKind.OPERATOR: Speller._operator, NodeKind.COMPARE: Speller._compare, NodeKind.BOOLEAN: Speller._boolean,
    NodeKind.CONDITIONAL: Speller._conditional, NodeKind.COLLECTION: Speller._collection, NodeKind.PAIR: Speller._pair,
    NodeKind.FORMAT: Speller._format, NodeKind.LAMBDA: Speller._anonymous, NodeKind.YIELD: Speller._yielded,
    NodeKind.COMPREHENSION: Speller._comprehension, NodeKind.GENERATOR: Speller._generator,
    NodeKind.AWAIT: Speller._awaited, NodeKind.WALRUS: Speller._walrus, NodeKind.PATTERN: Speller._pattern,
}  # fmt: skip
