"""What would have happened otherwise: the last year played again, the same chance, another mix.

Each quantity compares the expected books of the year as it was with those of the year in which one
thing was different; people, prices, weather and luck are the same in both. `Rewind` holds the
market as it stood before the year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats
from mktlab.market.observed.sales import days
from mktlab.market.profit import REVENUE
from mktlab.market.state import History, Week, ledger
from mktlab.market.week import play
from mktlab.market.world import CATEGORIES
from mktlab.plan.mix import CHANNELS, DECIDED, Mix

MORE = 1.20
DEARER = 1.05
_YEAR = "the last 52 weeks (after a plan: the weeks of the plan)"


@dataclass(frozen=True)
class Year:
    """The expected books of a year."""

    weeks: list[Week]
    accounts: pd.DataFrame  # a row per week

    @classmethod
    def of(cls, history: History, start: int) -> Year:
        """The weeks of a market from `start` on."""
        weeks = history.weeks[start:]
        return cls(weeks, ledger(weeks, scale=history.people.scale, expected=True))

    @property
    def revenue(self) -> Floats:
        """Of each week, in euros."""
        return self.accounts[list(REVENUE)].sum(axis=1).to_numpy(dtype=float)

    @property
    def profit(self) -> float:
        """Of the year, in euros."""
        return float(self.accounts["profit"].sum())

    @property
    def newcomers(self) -> float:
        """New customers of the year."""
        return sum(week.expected.newcomers for week in self.weeks)

    @property
    def spend(self) -> Floats:
        """Of the year, by channel, in euros."""
        return np.asarray(np.sum([week.spend.sum(axis=1) for week in self.weeks], axis=0))

    @property
    def pieces(self) -> Floats:
        """Of the year, by category."""
        return np.asarray(np.sum([week.pieces.sum(axis=(0, 1)) for week in self.weeks], axis=0))


@dataclass(frozen=True)
class Rewind:
    """The market before its last year, and the mixes of that year."""

    before: History
    year: Year
    history: History

    @classmethod
    def of(cls, before: History, history: History) -> Rewind:
        """`history` is what became of `before`."""
        return cls(before, Year.of(history, len(before.weeks)), history)

    def play(self, levers: Mapping[str, float], **decided: Any) -> Year:
        """The year again: some levers multiplied every week, and what is `decided` by its name."""
        mixes = [deciding(with_levers(week.mix, levers), decided) for week in self.year.weeks]
        return self.carry_out(mixes.__getitem__)

    def carry_out(self, decide: Callable[[int], Mix]) -> Year:
        """The year again, with the mix of each of its weeks, counted from 0."""
        start = len(self.before.weeks)
        again = play(self.before.copy(), len(self.year.weeks), lambda week: decide(week - start))
        return Year.of(again, start)


def with_levers(mix: Mix, levers: Mapping[str, float]) -> Mix:
    """The mix with some levers multiplied.

    >>> with_levers(Mix(), {"price.beans": 0.5}).price.beans
    0.5
    """
    for path, factor in levers.items():
        group, name = path.split(".")
        value = float(mix.value(path)) * factor
        mix = replace(mix, **{group: replace(getattr(mix, group), **{name: value})})
    return mix


def deciding(mix: Mix, decided: Mapping[str, Any]) -> Mix:
    """The mix with other choices among names, each known by its own name.

    >>> deciding(Mix(), {"flows_off": ["basket"]}).promotion.flows_off
    ('basket',)
    """
    for lever in DECIDED.values():
        if lever.names and lever.name in decided:
            group = replace(getattr(mix, lever.group), **{lever.name: decided[lever.name]})
            mix = replace(mix, **{lever.group: group})
    return mix


def silent(*levers: str) -> dict[str, float]:
    """Levers of promotion switched off."""
    return {f"promotion.{name}": 0.0 for name in levers}


PROGRAMS = {
    "deals": silent("deal_chance"),
    "newsletters": silent("emails_per_week"),
    "points": silent("loyalty_earn"),
    "rewards for friends": silent("referral_reward"),
    "all advertising": silent(*CHANNELS),
    "all of it": silent(
        *CHANNELS, "deal_chance", "emails_per_week", "loyalty_earn", "referral_reward"
    ),
}


def channels(rewind: Rewind) -> pd.DataFrame:
    """What each paid channel brought, on average and at the margin."""
    year = rewind.year
    rows = []
    for number, name in enumerate(CHANNELS):
        off = rewind.play(silent(name))
        more = rewind.play({f"promotion.{name}": MORE})
        spend = float(year.spend[number])
        brought = float((year.revenue - off.revenue).sum())
        added = float((more.revenue - year.revenue).sum())
        extra = float(more.spend[number]) - spend
        rows.append(
            {
                "channel": name,
                "spend": spend,
                "revenue": brought,
                "profit": year.profit - off.profit,
                "newcomers": year.newcomers - off.newcomers,
                "roas": brought / spend if spend else np.nan,
                "marginal_roas": added / extra if extra else np.nan,
            }
        )
    return pd.DataFrame(rows)


def programs(rewind: Rewind) -> pd.DataFrame:
    """What deals, newsletters, points and rewards brought; and all of marketing together."""
    year = rewind.year
    rows = []
    for name, levers in PROGRAMS.items():
        off = rewind.play(levers)
        rows.append(
            {
                "program": name,
                "revenue": float((year.revenue - off.revenue).sum()),
                "profit": year.profit - off.profit,
                "newcomers": year.newcomers - off.newcomers,
            }
        )
    return pd.DataFrame(rows)


def without(rewind: Rewind) -> pd.DataFrame:
    """Expected revenue week by week, with and without marketing."""
    start = len(rewind.before.weeks)
    week = 7 * np.arange(start, start + len(rewind.year.weeks))
    return pd.DataFrame(
        {
            "week": days(week),
            "revenue": rewind.year.revenue,
            "without_advertising": rewind.play(PROGRAMS["all advertising"]).revenue,
            "without_marketing": rewind.play(PROGRAMS["all of it"]).revenue,
        }
    )


def price_response(rewind: Rewind) -> pd.DataFrame:
    """Elasticity of a year's pieces to the family's prices, everything included."""
    year = rewind.year
    rows = []
    for number, category in enumerate(CATEGORIES):
        dearer = rewind.play({f"price.{category.name}": DEARER})
        answer = np.log(dearer.pieces[number] / year.pieces[number]) / np.log(DEARER)
        rows.append({"category": category.name, "elasticity": float(answer)})
    return pd.DataFrame(rows)
