"""What the exercise of lesson 12 hands out: a quarter, and channels of which three pay."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.orders import purchases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

YEAR, MARGIN_RATE = pd.Timedelta(weeks=52), 0.55
QUARTERS = ("2023-10-01", "2024-01-01", "2024-04-01", "2024-07-01")
KNOWN, LATER = 4, 12
FACTORS = (0.88, 0.88, 0.88, 1.15, 1.15, 1.6, 1.6)
"""The price of a new customer over what she brings in a year, for seven channels in some order."""


def _rng(company: Company) -> np.random.Generator:
    return np.random.default_rng(len(company.orders))


def quarter(company: Company) -> pd.Timestamp:
    """The quarter of questions 1, 2 and 4."""
    return pd.Timestamp(QUARTERS[len(company.orders) % len(QUARTERS)])


@lru_cache(maxsize=4)
def all_bought(company: Company) -> pd.DataFrame:
    bought = purchases(company.orders)
    ages = bought["order_date"].dt.year * 4 + bought["order_date"].dt.quarter
    bought = bought.assign(net=bought["revenue"] - bought["refunded"], number=ages)
    return bought.assign(first=bought.groupby("customer_id")["order_date"].transform("min"))


@lru_cache(maxsize=4)
def true_worth(company: Company) -> pd.Series[float]:
    """By channel: the margin that a person who joined brings in 52 weeks, once a person."""
    truth, bought = company.truth.customers, all_bought(company)
    started = company.orders["order_date"].min()
    known = truth["joined_date"].between(started, company.today - YEAR)
    people = truth[known & (truth["duplicate_of"] == "")].set_index("customer_id")
    joined: pd.Series[Any] = people["joined_date"]
    person = bought["customer_id"].map(truth.set_index("customer_id")["person_id"])
    since = bought["order_date"] - person.map(joined)
    within = (since >= pd.Timedelta(0)) & (since < YEAR)
    brought = bought[within]["net"].groupby(person[within]).sum()
    channel = company.customers.set_index("customer_id")["acquisition_channel"]
    worth = MARGIN_RATE * brought.reindex(joined.index).fillna(0)
    means: pd.Series[float] = worth.groupby(channel.reindex(joined.index)).mean()
    return means


def by_channel(company: Company, values: pd.Series[Any]) -> pd.Series[float]:
    """The mean margin by channel of values by customer."""
    channel = company.customers.set_index("customer_id")["acquisition_channel"]
    means: pd.Series[float] = MARGIN_RATE * values.groupby(channel.reindex(values.index)).mean()
    return means


@lru_cache(maxsize=4)
def first_year(company: Company) -> pd.Series[float]:
    bought = all_bought(company)
    year = bought[bought["order_date"] < bought["first"] + YEAR]
    return year.groupby("customer_id")["net"].sum()


@lru_cache(maxsize=4)
def wrong_worths(company: Company) -> dict[str, pd.Series[float]]:
    """By channel, what a new customer seems to bring: mistake -> the mean that it takes."""
    bought = all_bought(company)
    first, last = (bought.groupby("customer_id")["order_date"].agg(how) for how in ("min", "max"))
    year, begins = first_year(company), company.orders["order_date"].min()
    joined = company.customers.set_index("customer_id")["joined_date"]
    since = bought["order_date"] - bought["customer_id"].map(joined)
    within = bought[(since >= pd.Timedelta(0)) & (since < YEAR)]
    new = joined.index[joined >= begins]
    values = {
        "first_seen": year[first <= company.today - YEAR],
        "first_quarter": year[first < begins + pd.Timedelta(weeks=13)],
        "all_first_years": year,
        "survivors": year[last >= company.today - YEAR / 2],
        "all_years": bought.groupby("customer_id")["net"].sum(),
        "unfinished": within.groupby("customer_id")["net"].sum().reindex(new).fillna(0),
    }
    found = {name: by_channel(company, value) for name, value in values.items()}
    return found | {"revenue": true_worth(company) / MARGIN_RATE}


@lru_cache(maxsize=4)
def offers(company: Company) -> pd.DataFrame:
    """What each channel asks for a new customer, and how many it can bring: three pay."""
    rng, worth = _rng(company), true_worth(company)
    for _ in range(500):
        factors = rng.permutation(FACTORS)
        price = (worth * factors).round()
        asked = pd.DataFrame({"price": price, "people": rng.integers(20, 60, len(worth)) * 10})
        gain = asked["people"] * (worth - asked["price"])
        lists = list(simple_lists(asked).values())
        lists += [set(asked.index[w > asked["price"]]) for w in wrong_worths(company).values()]
        lists += [set(worth.nlargest(n).index) for n in range(1, len(worth))]
        if all(gain[list(some)].sum() < 0.85 * gain.clip(lower=0).sum() for some in lists):
            break
    return asked.rename_axis("channel").reset_index()


def simple_lists(asked: pd.DataFrame) -> dict[str, set[str]]:
    """Lists that need no look at what customers bring."""
    made = {"every_channel": set(asked.index), "no_channel": set()}
    for n in range(1, len(asked)):
        made[f"cheapest_{n}"] = set(asked["price"].nsmallest(n).index)
        made[f"dearest_{n}"] = set(asked["price"].nlargest(n).index)
        made[f"most_people_{n}"] = set(asked["people"].nlargest(n).index)
        made[f"fewest_people_{n}"] = set(asked["people"].nsmallest(n).index)
    return made


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {"quarter": quarter(company), "offers": offers(company)}


def pays(company: Company, worth: pd.Series[float]) -> set[str]:
    asked = offers(company).set_index("channel")["price"]
    return set(asked.index[worth.reindex(asked.index).fillna(0) > asked])
