"""What lesson 21 claims: what pays alone need not pay together, and two of four earn more."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mktlab.course.claims import Claim
from mktlab.plan import Plan

if TYPE_CHECKING:
    from mktlab.company import Company

CURES: dict[str, dict[str, Any]] = {
    "price": {"cafe": 1.1},
    "people": {"training": 0.7},
    "process": {"order_ahead": True},
}
"""Actions that shorten the line at the counter."""
FILL: dict[str, dict[str, Any]] = {"physical_evidence": {"ambience": 0.75}}
"""One that brings guests to it."""
PAIR = {"price": CURES["price"]} | FILL


@lru_cache(maxsize=2)
def _profits(seed: int, people: int) -> tuple[list[float], float, float]:
    """A year's profit in expectation: of the four alone, of all four, of two."""
    from mktlab import market

    def earns(actions: dict[str, Any]) -> float:
        plan = Plan.baseline().but(budget=1_000_000, **actions)
        books = market.start(plan, seed=seed, people=people).advance(52).pnl()
        return float(books.set_index("account")["expected_difference"]["profit"])

    four = CURES | FILL
    return [earns({p: lever}) for p, lever in four.items()], earns(four), earns(PAIR)


def _of(company: Company) -> tuple[list[float], float, float]:
    known = company.truth.parameters
    return _profits(known["seed"], known["people"])


def less_than_their_sum(company: Company) -> bool:
    """All four earn less together than those that pay earn alone, added up."""
    alone, four, _ = _of(company)
    return four < sum(profit for profit in alone if profit > 0)


def two_earn_more(company: Company) -> bool:
    """One action that makes room and one that fills it earn more than all four."""
    _, four, two = _of(company)
    return two > four


def room_helps(company: Company) -> bool:
    """Nicer cafés and dearer coffee earn more together than the two do alone, added up."""
    (dearer, *_, nicer), _, two = _of(company)
    return two > dearer + nicer


CLAIMS = (
    Claim(
        "Four actions that meet in the line of the cafés earn less together than those of them "
        "that pay earn alone, added up.",
        less_than_their_sum,
        at_least=18,
    ),
    Claim(
        "Two of them, one that makes room and one that fills it, earn more than all four.",
        two_earn_more,
        at_least=18,
    ),
    Claim(
        "These two earn more together than they do alone, added up.",
        room_helps,
        at_least=18,
    ),
)
