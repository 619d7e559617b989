"""Explanations of classes from source texts: small ones, hostile ones, long ones."""

from __future__ import annotations

from dataclasses import replace

from refactor.classes import candidate_of

from codesim.pipeline import explain_candidate
from codesim.refactor import RankPart
from codesim.report import Explanation
from codesim.verify import ScorePart

BUY = '''
def buy(self, order, limit=10):
    """Buy what was ordered."""
    total = 0
    started = self.clock()
    for line in order.lines:
        if line.amount > limit:
            raise TooMuch("too many to buy", line)
        total += line.amount * line.price
    self.ledger.debit(total)
    self.log("bought")
    return total, started
'''
SELL = '''
def sell(self, offer, limit=20):
    """Sell what was offered."""
    value = 0
    for row in offer.lines:
        if row.amount >= limit:
            raise TooMuch("too many to sell", row)
        value = value + row.amount * row.price
    begun = self.clock()
    self.ledger.credit(value)
    if self.loud:
        self.log("sold")
    return value, begun
'''
LEND = '''
def lend(self, order, limit=10):
    """Lend what was ordered."""
    total = 0
    started = self.clock()
    for line in order.lines:
        if line.amount > limit:
            raise TooMuch("too many to lend", line)
        total += line.amount * line.price
    self.ledger.debit(total)
    self.log("lent")
    return total, started
'''
HOSTILE_LEFT = (
    "def show(x):\n"
    '\tbegin = "größe 漢字 [bold red]markup[/] [/nope]"; end = "left"\n'
    "    # \x1b[31mred\x1b[0m \x1b]8;;http://evil.invalid\x07link \u202edesrever\n"
    '    text = "\u200b</pre><script>alert(1)</script>" + str(x)\n'
    "    wide = text.join(['漢字かな交じり文'] * 3) + '" + "a" * 900 + "'\n"
    "    if x:\n"
    "        print(begin, end, wide)\n"
    "    return [x for x in wide]\n"
).replace("\tbegin", "    begin")
HOSTILE_RIGHT = HOSTILE_LEFT.replace('"left"', '"right"').replace("alert(1)", "alert(2)").replace("* 3", "* 4")

SCORE_PARTS = (
    ScorePart("bias", 1.0, 3.0, 3.0),
    ScorePart("change", 0.125, -8.0, -1.0),
    ScorePart("gap", 0.0, -9.5, -0.0),
)
RANK_PARTS = (RankPart("lines", 12.0, "lines that go"), RankPart("certainty", 0.5, "what is left of them [red]"))


def explanation_of(*texts: str, only: int | None = None, rank: int = 3, qualname: str | None = None) -> Explanation:
    """The explanation of a class of methods `Shop.f`, or of functions named otherwise."""
    names = [qualname] * len(texts) if qualname else ()
    candidate = candidate_of(*texts, qualnames=names)
    return explain_candidate(candidate, only, rank, 17 if rank else 0)


def with_fixed_figures(explanation: Explanation) -> Explanation:
    """The same with figures that do not hang on the weights of the score and the ranking."""
    pairs = {
        pair.number: replace(pair, score=0.8808, score_parts=SCORE_PARTS)
        for pair in (*explanation.pairs, explanation.deciding, explanation.typing)
    }
    return replace(
        explanation,
        candidate=replace(explanation.candidate, score=0.8808),
        pairs=tuple(pairs[pair.number] for pair in explanation.pairs),
        deciding=pairs[explanation.deciding.number],
        typing=pairs[explanation.typing.number],
        rank_parts=RANK_PARTS,
        value=6.0,
        rank_rule="best first",
    )
