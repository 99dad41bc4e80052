"""The markets in which realism is measured: played once, and their last year again at will.

`World` is one market with its tables, its truth and its last year; `replay` plays that year again
with some levers multiplied, the same people and the same chance. What a market does not have yet
is `NotThereYet`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import SimpleNamespace

import pandas as pd
from scipy.special import beta

from mktlab.company import Company
from mktlab.market.flaws import DEFAULT_FLAWS
from mktlab.market.observed import relations, sales, service
from mktlab.market.prices import START
from mktlab.market.run import PEOPLE, SEED, WEEKS, YEAR, company_of
from mktlab.market.state import History
from mktlab.market.truth.counterfactual import Rewind, Year
from mktlab.market.week import begin, play

SEEDS = (SEED, 7101, 7102, 7103)
"""The published market, and three more."""
LARGE_SEEDS = (7201, 7202, 7203)
LARGE = 60_000
"""People in the large markets, for what is rare or breaks with size; they show few tables."""


class NotThereYet(Exception):  # noqa: N818 - reads as a sentence
    """The market has no such thing."""


def media_reach(audience: pd.DataFrame, plan: Mapping[str, int]) -> float:
    """Share of adults that some insertions in each support meet, in closed form."""
    number = audience["support"].map(plan).fillna(0)
    missed = beta(audience["shape_a"], audience["shape_b"] + number) / beta(
        audience["shape_a"], audience["shape_b"]
    )
    groups = audience.assign(missed=missed).groupby(["age", "target", "use"])
    persons = groups["persons"].first()
    return 1 - float((groups["missed"].prod() * persons).sum() / persons.sum())


class World:
    """One market, played when it is asked for."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.people = LARGE if seed in LARGE_SEEDS else PEOPLE
        self._replays: dict[tuple[tuple[str, float], ...], Year] = {}

    @cached_property
    def before(self) -> History:
        """The market before its last year."""
        return play(begin(people=self.people, weeks=WEEKS, seed=self.seed), WEEKS - YEAR)

    @cached_property
    def history(self) -> History:
        """The market today."""
        return play(self.before.copy(), YEAR)

    @cached_property
    def company(self) -> Company | SimpleNamespace:
        """Its tables and its truth, as published; of a large one, clean and few."""
        if self.people == PEOPLE:
            return company_of(self.before, self.history, flaws=DEFAULT_FLAWS)
        return SimpleNamespace(
            today=pd.Timestamp(START) + pd.Timedelta(weeks=WEEKS),
            customers=sales.customers(self.history),
            orders=sales.orders_and_lines(self.history)[0],
            referrals=relations.referrals(self.history),
            tickets=service.tickets(self.history),
        )

    @cached_property
    def rewind(self) -> Rewind:
        """The last year, to be played again."""
        return Rewind.of(self.before, self.history)

    @property
    def year(self) -> Year:
        """The last year as it was."""
        return self.rewind.year

    def replay(self, **levers: float) -> Year:
        """The last year with some levers multiplied, each named group__lever."""
        changed = {name.replace("__", "."): factor for name, factor in levers.items()}
        key = tuple(sorted(changed.items()))
        if key not in self._replays:
            self._replays[key] = self.rewind.play(changed)
        return self._replays[key]

    def table(self, name: str) -> pd.DataFrame:
        """One table that an analyst sees."""
        try:
            return getattr(self.company, name)
        except AttributeError:
            raise NotThereYet(name) from None

    def truth(self, name: str) -> pd.DataFrame:
        """One table of the truth."""
        return getattr(self.company.truth, name)
