"""Pairs to calibrate the verifier's score: would a maintainer merge the two as equals, holes aside?

In: functions of packages, and folders of fixture cases. Out: `BehaviourPair`s. Label 1: a function beside its
transformed twin, renamed, with some or all values and attributes other, or with a statement more. Label 0: beside a
mutant, half of them disguised by transformations, so that a mutant is not known by being otherwise unchanged; or beside
the function of another package that the encoder finds nearest. Mutants are those of `mutations`, another exception, and
an argument less. Literals that hand in a value may differ in label 1; those that decide a bound (an index, a range, a
comparison) are mutants. Nothing is run: a few mutants are equivalent.

Source: our own; the mutants are those of `mutations`.
"""

from __future__ import annotations

import ast
import copy
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import numpy as np

from codesim.embed import Encoder, graph_arrays
from codesim.evaluate import function_graph
from codesim.source import Skipped, cut_fragments, parse_module, read_source
from codesim.train.augment import augment, edit
from codesim.train.behaviour import BehaviourPair
from codesim.train.corpus import SourceFunction
from codesim.train.mutations import MUTATIONS, mutate
from codesim.train.pairs import COMPOSED, parsed, source_text
from codesim.train.transforms import REWRITES, Function, scope
from codesim.train.transforms.edits import donor_statements
from codesim.train.transforms.renaming import rename_all

EXCEPTION = "exception"
CHANGES = (*[kind for kind in MUTATIONS if kind != "constant"], EXCEPTION)  # another value can be a parameter
CLASSES = ("ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "RuntimeError", "OSError")
ARGUMENT, REWORDED, NEIGHBOUR, LOOKALIKE = "argument", "reworded", "neighbour", "lookalike"
DISGUISED = "/disguised"
_MUTANTS, _TWINS, _DONORS = 4, 2, 500


def make_judgements(functions: Sequence[SourceFunction], seed: int) -> Iterator[BehaviourPair]:
    """Yield the labelled pairs of functions of packages.

    Args:
        functions: of several packages; each gives up to five pairs of either label.
        seed: of the draw; each function draws from its own source.
    """
    donors = [statement for function in functions[:_DONORS] for statement in donor_statements(function.node)]
    nearest = _nearest(functions)
    for function, other in zip(functions, nearest, strict=True):
        group = f"{function.package}/{function.place}"
        source = source_text(function.node)
        if source is None:
            continue
        rng = Random(f"{seed}:{group}")  # noqa: S311
        made = [*_alike(source, rng, donors), *_unlike(function.node, rng)]
        text = source_text(functions[other].node) if other is not None else None
        shorter = without_argument(function.node, Random(f"{seed}:{group}:argument"))  # noqa: S311
        twin = reworded(source, Random(f"{seed}:{group}:reworded"))  # noqa: S311
        made += [(NEIGHBOUR, 0, text), (ARGUMENT, 0, shorter), (REWORDED, 1, twin)]
        for kind, label, changed in made:
            if changed is not None and changed != source:
                yield BehaviourPair(source, changed, label, kind, group)


def case_pairs(folder: Path) -> Iterator[BehaviourPair]:
    """Yield the pairs of fixture cases (folders with a `case.toml`) below a folder, in order of their paths.

    Raises:
        OSError, tomllib.TOMLDecodeError, KeyError: a case is not whole.
    """
    for file in sorted(folder.glob("**/case.toml")):
        case = tomllib.loads(file.read_text(encoding="utf-8"))
        texts = [_named_text(file.parent, case[side]) for side in ("a", "b")]
        label, kind = int(case["type"] > 0), f"type{case['type']}" if case["type"] else LOOKALIKE
        yield BehaviourPair(texts[0], texts[1], label, kind, f"fixtures/{file.parent.name}")


def _named_text(folder: Path, name: str) -> str:
    path, _, qualname = name.partition("::")
    source = read_source(folder / path, path)
    module = source if isinstance(source, Skipped) else parse_module(source)
    if isinstance(module, Skipped):
        raise OSError(module.reason)
    node = next(cut.node for cut in cut_fragments(path, module) if cut.fragment.qualname == qualname)
    return ast.unparse(node)


def _alike(source: str, rng: Random, donors: Sequence[ast.stmt]) -> list[tuple[str, int, str | None]]:
    twins: list[tuple[str, int, str | None]] = []
    kinds = rng.sample(sorted(REWRITES), len(REWRITES))
    while kinds and len(twins) < _TWINS:
        kind, copied = kinds.pop(), parsed(source)
        if REWRITES[kind](copied, rng):
            twins.append((f"twin/{kind}", 1, source_text(ast.fix_missing_locations(copied))))
    twins.append((f"twin/{COMPOSED}", 1, source_text(augment(parsed(source), rng))))
    other = parsed(source)
    renamed = rename_all(other, rng) if rng.random() < 0.7 else False
    valued = _other_values(other, rng) + _other_attribute(other, rng)
    if renamed or valued:
        kind = "renamed" if not valued else "values" if not renamed else "renamed, values"
        twins.append((kind, 1, source_text(ast.fix_missing_locations(other))))
    longer = edit(parsed(source), rng, donors, "insert") if rng.random() < 0.5 else None
    if longer is not None:
        twins.append(("statement", 1, source_text(longer)))
    return twins


def _unlike(node: Function, rng: Random) -> list[tuple[str, int, str | None]]:
    made: list[tuple[str, int, str | None]] = []
    for kind in rng.sample(CHANGES, len(CHANGES)):
        mutant = _with_exception(node, rng) if kind == EXCEPTION else mutate(node, kind, rng)
        if mutant is None:
            continue
        disguised = rng.random() < 0.5
        text = source_text(augment(mutant, rng) if disguised else mutant)
        made.append((f"{kind}{DISGUISED if disguised else '/plain'}", 0, text))
        if len(made) == _MUTANTS:
            break
    return made


def without_argument(node: Function, rng: Random) -> str | None:
    """The text of a copy in which one call has an argument less, None where none has two."""
    copied = copy.deepcopy(node)
    calls = [inner for inner in ast.walk(copied) if isinstance(inner, ast.Call)]
    calls = [call for call in calls if len(call.args) + len(call.keywords) > 1]
    if not calls:
        return None
    call = rng.choice(calls)
    given = call.keywords or call.args
    given.pop()
    return source_text(copied)


def reworded(source: str, rng: Random) -> str | None:
    """The same function for another matter: other names, and every value and attribute that could be a parameter.

    None where nothing but the names of variables could change.
    """
    function = parsed(source)
    rename_all(function, rng)
    if ast.get_docstring(function) is not None and len(function.body) > 1:
        del function.body[0]
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    if not function.name.startswith("__") and function.name not in used:
        function.name = f"{rng.choice(scope.WORDS)}_{rng.choice(scope.WORDS)}"
    changed = _other_values(function, rng, 1.0) + _other_attribute(function, rng, 1.0)
    return source_text(ast.fix_missing_locations(function)) if changed else None


def _with_exception(node: Function, rng: Random) -> Function | None:
    """Return a copy that raises or catches another class at one place, None where there is none."""
    copied = copy.deepcopy(node)
    places: list[ast.Name] = []
    for inner in ast.walk(copied):
        found = inner.exc if isinstance(inner, ast.Raise) else getattr(inner, "type", None)
        found = found.func if isinstance(found, ast.Call) else found
        if isinstance(found, ast.Name) and isinstance(inner, ast.Raise | ast.ExceptHandler) and found.id[0].isupper():
            places.append(found)
    if not places:
        return None
    place = rng.choice(places)
    place.id = rng.choice([name for name in CLASSES if name != place.id])
    return copied


def _other_values(function: Function, rng: Random, share: float = 0.5) -> bool:
    """Change a share of the literals that hand in a value: arguments of calls, and what is stored or returned."""
    places: list[ast.Constant] = []
    for node in scope.own_statements(function):
        for inner in ast.walk(node):
            given: list[ast.expr] = []
            if isinstance(inner, ast.Call) and not (isinstance(inner.func, ast.Name) and inner.func.id == "range"):
                given = [*inner.args, *[keyword.value for keyword in inner.keywords]]
            elif isinstance(inner, ast.Assign | ast.Return) and inner.value is not None:
                given = [inner.value]
            places += [one for one in given if isinstance(one, ast.Constant) and type(one.value) in (int, str)]
    places = list({id(place): place for place in places}.values())
    if not places:
        return False
    for place in rng.sample(places, max(1, round(share * len(places)))):
        value = place.value
        more = rng.choice((1, 2, 10)), rng.choice(scope.WORDS)
        place.value = value + more[0] if isinstance(value, int) else f"{value!s}{more[1]}" if share < 1.0 else more[1]
    return True


def _other_attribute(function: Function, rng: Random, share: float = 0.0) -> bool:
    """Look at other attributes, one or a share of them, wherever the function does; methods that it calls stay."""
    called = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    places = [node for node in ast.walk(function) if isinstance(node, ast.Attribute)]
    names = {place.attr for place in places} - {place.attr for place in places if id(place) in called}
    if not names:
        return False
    chosen = rng.sample(sorted(names), max(1, round(share * len(names))))
    other = {name: f"{rng.choice(scope.WORDS)}_{name if not share else rng.choice(scope.WORDS)}" for name in chosen}
    for place in places:
        place.attr = other.get(place.attr, place.attr)
    return True


def _nearest(functions: Sequence[SourceFunction]) -> list[int | None]:
    """For each function the one of another package whose vector is nearest."""
    graphs = [graph_arrays(function_graph(copy.deepcopy(function.node))) for function in functions]
    vectors = Encoder.load().embed(graphs)
    packages = np.array([function.package for function in functions])
    out: list[int | None] = []
    for position, vector in enumerate(vectors):
        cosines = np.where(packages == packages[position], -2.0, vectors @ vector)
        best = int(cosines.argmax())
        out.append(best if cosines[best] > -2.0 else None)
    return out
