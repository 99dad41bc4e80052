"""What exercise 44 hands out, and the numbers from which its answers are made."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import attribution
from mktlab.geo_test import geo_test
from mktlab.orders import purchases
from mktlab.plan import LEVERS
from mktlab.plan.mix import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

MOVED = ("search_generic", "social", "retargeting")
"""Channels whose credit the models see differently."""
HALF_LIVES = (1.5, 2.0, 3.0, 4.0)
FACTOR_OF: tuple[attribution.Model, ...] = ("linear", "position", "markov")
QUARTER = 13
STEP = 10.0
OFF = 0.05
"""How far, on the log scale, the large tests of question 5 are off."""


def drawn(company: Company, most: int) -> int:
    return int(np.random.default_rng(len(company.orders)).integers(most))


@lru_cache(maxsize=2)
def paths(company: Company) -> pd.DataFrame:
    return attribution.paths(company)


@lru_cache(maxsize=64)
def credit(company: Company, **how: Any) -> pd.Series[float]:
    table = attribution.attribute(paths(company), **how)
    return table.set_index("channel")["credit"]


def paid(company: Company) -> list[str]:
    """The paid channels that last click credits, brand search, the lesson's own, left out."""
    known = credit(company).index
    return [name for name in CHANNELS if name in known and name != "search_brand"]


@lru_cache(maxsize=4)
def tests(company: Company, *, all_orders: bool = False) -> pd.DataFrame:
    """The tests of budgets, in orders for a euro."""
    people = company.customers[["customer_id", "zone"]]
    orders = company.orders if all_orders else purchases(company.orders)
    known = orders.merge(people, on="customer_id")
    week = known["order_date"].dt.to_period("W").dt.start_time
    sales = known.assign(week=week).groupby(["week", "zone"]).size()
    return geo_test(company.ad_spend, sales.astype(float)).set_index("channel")


@lru_cache(maxsize=16)
def lists(company: Company, weeks: int = QUARTER) -> pd.DataFrame:
    """Each audience in the last weeks: cost, orders of those shown ads and of those held out."""
    lists = company.audiences
    lists = lists[lists["week"] >= company.today - pd.Timedelta(weeks=weeks)]
    groups = lists.groupby(["audience", "held_out"])
    sums = groups[["conversions", "cost"]].sum().unstack()
    people = groups["people"].mean().unstack()
    shown, out = sums["conversions"][False], sums["conversions"][True]
    return pd.DataFrame(
        {
            "cost": sums["cost"][False],
            "shown": shown,
            "left_out": out,
            "added": shown - out * people[False] / people[True],
        }
    )


def today() -> pd.Series[float]:
    """Euros a week on each paid channel."""
    euros = [float(LEVERS[f"promotion.{name}"].base) for name in CHANNELS]
    return pd.Series(euros, pd.Index(CHANNELS, name="channel"), name="euros")


def returns(company: Company) -> pd.DataFrame:
    """What large tests found: sales for a euro of today's budget, a little off."""
    truth = company.truth.channels.set_index("channel")["roas"].reindex(CHANNELS)
    chance = np.random.default_rng(len(company.orders)).normal(size=len(CHANNELS))
    return pd.DataFrame({"today": today(), "per_euro": (truth * np.exp(OFF * chance)).round(2)})


def given(company: Company) -> Mapping[str, Any]:
    """The channels of questions 1 to 3, the list of question 4, the tests of question 5."""
    found = tests(company)
    found = found[found.index.isin(paid(company))]  # chance tests some channels, and not others
    return {
        "channel": MOVED[drawn(company, len(MOVED))],
        "half_life": HALF_LIVES[drawn(company, len(HALF_LIVES))],
        "model": FACTOR_OF[drawn(company, len(FACTOR_OF))],
        "tested": str((found["per_euro"] / found["error"]).idxmax()),
        "audience": str(lists(company)["added"].idxmax()),
        "returns": returns(company),
        "budget": float(today().sum()),
    }


def nearness(company: Company) -> pd.DataFrame:
    rows = paths(company).query("conversions == 1")
    return rows.assign(near=0.5 ** (rows["days_before"] / given(company)["half_life"]))


def orders_for_a_euro(
    company: Company,
    *,
    weeks: int = 0,
    model: attribution.Model | None = None,
    all_channels: bool = False,
) -> float:
    """Orders credited to the tested channel for each euro spent on it."""
    model = model or given(company)["model"]
    name, ads = given(company)["tested"], company.ad_spend
    since = company.touchpoints["touched_at"].min().tz_localize(None)
    since = company.today - pd.Timedelta(weeks=weeks) if weeks else since
    ads = ads[((ads["channel"] == name) | all_channels) & (ads["week"] >= since)]
    return float(credit(company, model=model)[name] / ads["spend"].sum())


def kept(company: Company) -> float:
    known = purchases(company.orders)
    return float((known["revenue"] - known["refunded"]).mean())
