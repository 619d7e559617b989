"""Scan reports built by hand: an ordinary one, and one that holds every hostile text we could think of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codesim.refactor import (
    CandidateKind,
    ClassDifference,
    Helper,
    Member,
    RankPart,
    RefactoringCandidate,
    Site,
    Verdict,
)
from codesim.report import Rejected, ScanReport, Summary, Timings
from codesim.source import Skipped
from codesim.verify import DifferenceKind

READ_USERS = '''
    def read_users(self, path):
        """Read the users of a file."""
        users = []
        with open(path, encoding="utf-8") as stream:
            header = next(stream).strip().split(",")
            for line in stream:
                cells = line.strip().split(",")
                if len(cells) != len(header):
                    self.log.warning("bad line %r", line)
                    continue
                record = dict(zip(header, cells))
                record["kind"] = "user"
                users.append(record)
        return users
'''
READ_ORDERS = '''
def read_orders(path, log):
    """Read the orders of a file."""
    orders = []
    with open(path, encoding="latin-1") as stream:
        header = next(stream).strip().split(",")
        for line in stream:
            cells = line.strip().split(",")
            if len(cells) != len(header):
                log.warning("bad line %r", line)
                continue
            record = dict(zip(header, cells))
            record["kind"] = "order"
            orders.append(record)
    log.info("%d orders", len(orders))
    return orders
'''
READ_ITEMS = READ_ORDERS.replace("order", "item").replace("latin-1", "ascii")
READ_HELPER = '''
def read_records(path, log, encoding, kind):
    """Read the records of a file."""
    records = []
    with open(path, encoding=encoding) as stream:
        header = next(stream).strip().split(",")
        for line in stream:
            cells = line.strip().split(",")
            if len(cells) != len(header):
                log.warning("bad line %r", line)
                continue
            record = dict(zip(header, cells))
            record["kind"] = kind
            records.append(record)
    return records
'''
MEAN_LOOP = """
def mean(values):
    total = 0
    for value in values:
        total += value
    return total / len(values)
"""
MEAN_SUM = """
def average(numbers):
    return sum(numbers) / len(numbers)
"""
TEST_SETUP = """\
        shop.add("Schachtel", price=3)
        shop.add("große Schachtel", price=5)
        shop.add("Truhe", price=80)
        shop.open()
        order = shop.order("große Schachtel")
        order.pay(5)
        self.assertTrue(order.paid)
        self.assertEqual(order.change, 0)
        self.assertEqual(order.items, ["große Schachtel"])
"""
TEST_LEFT = f"""
    def test_größe_in_zoll(self):
        shop = Shop(currency="€", country="Österreich")
{TEST_SETUP}        self.assertEqual(shop.size("große Schachtel", unit="Zoll"), 12)
        shop.close()
"""
TEST_RIGHT = f"""
    def test_größe_in_cm(self):
        shop = Shop(currency="€", country="Österreich")
{TEST_SETUP}        if not shop.metric:
            self.skipTest("metrisch")
        self.assertEqual(shop.size("große Schachtel", unit="cm"), 30)
        shop.close()
"""


def member(path: str, qualname: str, start_line: int, source: str) -> Member:
    lines = tuple(source.strip("\n").split("\n"))
    return Member(path, qualname, start_line, start_line + len(lines) - 1, lines)


def difference(kind: DifferenceKind, *where: tuple[str, int, str]) -> ClassDifference:
    return ClassDifference(kind, tuple(Site(*site) for site in where))


def near_miss() -> RefactoringCandidate:
    users, orders, items = "shop/users.py", "shop/orders.py", "shop/stock/items.py"
    return RefactoringCandidate(
        id="3f9ac41e0b7d2a66",
        kind=CandidateKind.FUNCTION,
        clone_type=3,
        score=0.971234,
        similarity=0.98766,
        lines_saved=24,
        verdict=Verdict(True, ("the copies use the same free names", "what differs fits into 2 parameters")),
        helper=Helper(
            "read_records", ("path", "log", "encoding", "kind"), ("encoding", "kind"), READ_HELPER.strip("\n")
        ),
        members=(
            member(users, "Importer.read_users", 41, READ_USERS),
            member(orders, "read_orders", 8, READ_ORDERS),
            member(items, "read_items", 112, READ_ITEMS),
        ),
        differences=(
            difference(
                DifferenceKind.LITERAL, (users, 44, '"utf-8"'), (orders, 11, '"latin-1"'), (items, 115, '"ascii"')
            ),
            difference(DifferenceKind.LITERAL, (users, 52, '"user"'), (orders, 19, '"order"'), (items, 123, '"item"')),
            difference(
                DifferenceKind.STATEMENT,
                (users, 54, ""),
                (orders, 21, 'log.info("%d orders", len(orders))'),
                (items, 125, 'log.info("%d items", len(items))'),
            ),
        ),
        correspondence=(*((41 + i, 8 + i) for i in range(13)), (None, 21), (54, 22)),
        advice="Extract read_records(path, log, encoding, kind) and call it from the 3 copies.",
    )


def same_behaviour() -> RefactoringCandidate:
    return RefactoringCandidate(
        id="00b1e55ed0000001",
        kind=CandidateKind.FUNCTION,
        clone_type=4,
        score=0.8,
        similarity=0.91,
        lines_saved=0,
        verdict=Verdict(False, ("the copies raise different errors on an empty list",)),
        helper=None,
        members=(
            member("stats/basic.py", "mean", 1, MEAN_LOOP),
            member("stats/more statistics.py", "Summary.average", 230, MEAN_SUM),
        ),
        differences=(),
        correspondence=((1, 230), (2, None), (3, None), (4, None), (5, 231)),
        advice="Keep one of the two and import it in the other module.",
    )


def repeated_tests() -> RefactoringCandidate:
    path = "tests/test_shop.py"
    return RefactoringCandidate(
        id="7e57000000000002",
        kind=CandidateKind.TESTS,
        clone_type=3,
        score=0.75,
        similarity=0.9,
        lines_saved=1,
        verdict=Verdict(True, ()),
        helper=None,
        members=(
            member(path, "ShopTest.test_größe_in_zoll", 10, TEST_LEFT),
            member(path, "ShopTest.test_größe_in_cm", 25, TEST_RIGHT),
        ),
        differences=(
            difference(DifferenceKind.GUARD, (path, 21, ""), (path, 36, "if not shop.metric")),
            difference(DifferenceKind.LITERAL, (path, 21, '"Zoll"'), (path, 38, '"cm"')),
            difference(DifferenceKind.LITERAL, (path, 21, "12"), (path, 38, "30")),
        ),
        correspondence=(*((10 + i, 25 + i) for i in range(11)), (None, 36), (None, 37), (21, 38), (22, 39)),
        advice="Parametrize one test over unit and expected size.",
    )


HOSTILE_LEFT = (
    "def f(x):",
    '\tx = "</script><script>alert(1)</script>" # [bold red]not markup[/] [/nope]',
    '    y = "\x1b[31mred\x1b[0m\x1b]8;;http://evil.invalid\x07link\x9b2J" # \u202etxet desrever\u202c',
    '    z = "<img src=x onerror=alert(2)>" + \'"\' # :smile: &amp; &lt;',
    "    long = " + " + ".join(f"name_{i}" for i in range(900)),
    "    blob = '" + "a" * 5000 + "'",
    "    wide = '漢字かな交じり文' # \udc80 \ufeff\u00a0{braces} {0} %s",
    "    return x\r",
)
HOSTILE_RIGHT = (
    *HOSTILE_LEFT[:5],
    "    blob = '" + "a" * 4999 + "b'",
    *HOSTILE_LEFT[6:7],
    "    return [link=x]y[/link]",
)


def hostile() -> RefactoringCandidate:
    left, right = 'a/<b onload="x">\x1b[2J.py', "a/[bold]b[/bold]\u202e.py"
    return RefactoringCandidate(
        id="dead00000000beef",
        kind=CandidateKind.FUNCTION,
        clone_type=2,
        score=1.0,
        similarity=-0.00001,
        lines_saved=-3,
        verdict=Verdict(False, ("[red]reason[/red] <b>bold</b> \x1b[5m",)),
        helper=Helper("g", ("[x]",), (), "def g():\n    '''</pre><script>alert(3)</script>'''\n\x07"),
        members=(
            Member(left, "<lambda>.[i]f[/i]", 1, 8, HOSTILE_LEFT),
            Member(right, "f\x1b]0;title\x07", 1, 8, HOSTILE_RIGHT),
            *(Member(f"copy_{i}.py", "</details>", 1, 8, HOSTILE_LEFT) for i in range(14)),
        ),
        differences=tuple(
            difference(
                DifferenceKind.EXPRESSION, (left, 8, "x\n\x1b[31m"), (right, 8, "<script>alert(4)</script> [/link]")
            )
            for _ in range(20)
        ),
        correspondence=(*((i, i) for i in range(1, 9)), (99, None), (None, None)),
        advice="<style>*{display:none}</style>[blink]advice[/blink]",
    )


SUMMARY = Summary(
    880, 158012, 7310, (Skipped("old/py2.py", "line 3: invalid syntax"), Skipped("x.py", "not UTF-8 (byte 17)"))
)


@pytest.fixture
def report() -> ScanReport:
    """Three ordinary candidates."""
    return ScanReport("1.2.3", "pdg-gin 0a1b2c3d", SUMMARY, (near_miss(), repeated_tests(), same_behaviour()))


@pytest.fixture
def rejected_report(report: ScanReport) -> ScanReport:
    """The same with what was left out."""
    members = near_miss().members
    hostile = Member("bad\x1b[1m<i>.py", "[red]f", 1, 3, ())
    rejected = (
        Rejected(members, "value", "value 1.2, below 1.5"),
        Rejected((hostile, hostile), "boilerplate:table-of-cases", "<b>table</b> [bold]of cases\x07"),
        Rejected(members * 3, "value", "value 0.3, below 1.5"),
    )
    return replace(report, rejected=rejected)


@pytest.fixture
def hostile_report() -> ScanReport:
    """A candidate and a summary full of markup, control characters and overlong lines."""
    skipped = tuple(Skipped(f"bad\x1b[{i}m<i>.py", "[red]\x07</ul>\u2028") for i in range(13))
    timings = Timings(1.0, 2.25, 0.5, 0.125, 0.75, 0.0, 3.0)
    return ScanReport("1.2.3", "<w>", Summary(14, 100, 30, skipped), (hostile(), near_miss()), timings)


@pytest.fixture
def empty_report() -> ScanReport:
    """A scan that found nothing."""
    return ScanReport("1.2.3", "pdg-gin 0a1b2c3d", Summary(3, 90, 12, ()), ())


@pytest.fixture
def graded_report(report: ScanReport) -> ScanReport:
    """The ordinary candidates, and a small gain behind them."""
    small = replace(
        same_behaviour(),
        id="5ma11000000000ff",
        clone_type=2,
        lines_saved=2,
        rank_parts=(RankPart("gain", 1.2, "lines gained"),),
    )
    return replace(report, candidates=(*report.candidates, small))
