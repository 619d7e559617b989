"""Random functions as source text: small, valid, with all the statements that matter for control and data flow."""

from __future__ import annotations

from hypothesis import strategies as st

LOCALS = ("alpha", "beta", "gamma", "delta", "result")
CALLEES = ("load", "check", "emit")

names = st.sampled_from(LOCALS)
constants = st.sampled_from(["0", "1", "7", "'text'", "None", "True"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> str:
    """An expression over the locals."""
    if depth == 0:
        return draw(st.one_of(names, constants))
    inner = expressions(depth - 1)
    form = draw(st.integers(0, 13))
    a, b = draw(inner), draw(inner)
    match form:
        case 0 | 1 | 2:
            return draw(names)
        case 3:
            return f"{a} {draw(st.sampled_from(['+', '-', '*', '//']))} ({b})"
        case 4:
            return f"({a}) {draw(st.sampled_from(['<', '<=', '>', '==', '!=', 'in', 'is']))} ({b})"
        case 5:
            return f"{draw(st.sampled_from(CALLEES))}({a}, {b})"
        case 6:
            return f"{draw(names)}.{draw(st.sampled_from(['size', 'items']))}"
        case 7:
            return f"{draw(names)}[{a}]"
        case 8:
            return f"({a}) {draw(st.sampled_from(['and', 'or']))} ({b})"
        case 9:
            return f"[{draw(names)} + ({a}) for {draw(names)} in {draw(names)}]"
        case 10:
            return f"(({a}) if ({b}) else {draw(names)})"
        case 11:
            return f'f"{{{draw(names)}}}-{{{draw(names)}!r}}"'
        case 12:
            return f"not ({a})"
        case _:
            return f"{draw(names)}.{draw(st.sampled_from(['find', 'store']))}({a})"


@st.composite
def suites(draw: st.DrawFn, depth: int = 2, in_loop: bool = False) -> list[str]:
    """Lines of a suite, not indented."""
    out: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        out.extend(draw(statements(depth, in_loop)))
    return out


def indented(lines: list[str]) -> list[str]:
    """The lines one level deeper."""
    return [f"    {line}" for line in lines]


@st.composite
def statements(draw: st.DrawFn, depth: int, in_loop: bool) -> list[str]:
    """Lines of one statement."""
    form = draw(st.integers(0, 17 if depth else 9))
    value = draw(expressions())
    deeper = suites(depth - 1, in_loop)
    match form:
        case 0 | 1 | 2 | 3:
            return [f"{draw(names)} = {value}"]
        case 4:
            return [f"{draw(names)} {draw(st.sampled_from(['+=', '-=']))} {value}"]
        case 5:
            return [f"{draw(names)}.size = {value}"]
        case 6:
            return [f"{draw(st.sampled_from(CALLEES))}({value})"]
        case 7:
            return [f"return {value}"] if draw(st.booleans()) else [f"raise ValueError({value})"]
        case 8:
            return [draw(st.sampled_from(["break", "continue"]))] if in_loop else ["pass"]
        case 9:
            return [f"{draw(names)}, {draw(names)} = {value}, {draw(names)}"]
        case 10 | 11:
            lines = [f"if {value}:", *indented(draw(deeper))]
            return [*lines, "else:", *indented(draw(deeper))] if draw(st.booleans()) else lines
        case 12 | 13:
            body = draw(suites(depth - 1, in_loop=True))
            head = f"for {draw(names)} in {value}:" if form == 12 else f"while {value}:"
            lines = [head, *indented(body)]
            return [*lines, "else:", *indented(draw(deeper))] if draw(st.booleans()) else lines
        case 14 | 15:
            lines = ["try:", *indented(draw(deeper)), "except KeyError as error:", *indented(draw(deeper))]
            if draw(st.booleans()):
                lines += ["else:", *indented(draw(deeper))]
            return [*lines, "finally:", *indented(draw(deeper))] if draw(st.booleans()) else lines
        case 16:
            return [f"with load({value}) as {draw(names)}:", *indented(draw(deeper))]
        case _:
            return ["def inner(alpha, other=beta):", *indented(draw(suites(depth - 1, in_loop=False)))]


@st.composite
def functions(draw: st.DrawFn) -> str:
    """The source of one function; it binds all of the names, so that none is a global."""
    first = "gamma = delta = result = check(alpha, beta)"
    return "\n".join(["def function(alpha, beta=1, *rest):", *indented([first, *draw(suites())])]) + "\n"
