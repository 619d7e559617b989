from __future__ import annotations

import pytest
from cases import subject_of

from codesim.refactor import DataFlow, data_flow

METHOD = """
class Shop:
    def close(self, till, *rest, key=None, **options):
        global closed
        for self.last in rest:
            yield self.last, key
        total, self.total = till.count(), 0
        options["key"] = key
        del self.till[key], total
        with lock as self.lock:
            if not till:
                raise Empty(till) from None
        def inner():
            return hidden
        try:
            return inner()
        except OSError:
            raise
        return
"""


def test_what_a_method_takes_and_gives() -> None:
    flow = data_flow(subject_of(METHOD, "Shop.close"))
    assert flow.parameters == ("self", "till", "*rest", "key", "**options")
    assert flow.attributes == ("self.last", "self.total", "self.till", "self.lock")
    assert flow.free_names == ("Empty", "lock", "hidden")
    assert flow.returns == ("inner()",)
    assert flow.yields == ("self.last, key",)
    assert flow.raises == ("Empty(till)", "")
    assert flow.writes == ("closed", "self.last", "self.total", 'options["key"]', "self.till[key]", "self.lock")


def test_a_function_that_gives_nothing_has_empty_lists() -> None:
    assert data_flow(subject_of("def f(a):\n    b = a\n    a = b\n")) == DataFlow(("a",), (), (), (), (), (), ())


@pytest.mark.parametrize(
    ("text", "returns"), [("return 1", ("1",)), ("return\n    return None", ("None",)), ("lambda: (yield)", ())]
)
def test_a_bare_return_and_what_lambdas_do_are_no_output(text: str, returns: tuple[str, ...]) -> None:
    flow = data_flow(subject_of(f"def f():\n    {text}\n"))
    assert (flow.returns, flow.yields) == (returns, ())
