"""What exercise 33 rests on: newcomers, their models, a price list, and what they bring in truth.

`newer`, `naive_worth` and `true_worth` are the lesson's own, for its claims, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import lifetime
from mktlab.course.checking.slips import Slip
from mktlab.orders import margins
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

YEAR = pd.Timedelta(weeks=52)
EACH, PRICES = 20, 8
GROUP = ["channel", "basket"]


@lru_cache(maxsize=2)
def bought(company: Company) -> pd.DataFrame:
    """The purchases with their margin, and the day when each customer was first seen."""
    rows = margins(company.orders, company.order_lines, company.products)
    return rows.assign(first_day=rows.groupby("customer_id")["order_date"].transform("min"))


@lru_cache(maxsize=2)
def newer(company: Company) -> pd.DataFrame:
    """The purchases of those who were first seen after the first half-year of the file."""
    return lifetime.newcomers(bought(company), until=company.today)


@lru_cache(maxsize=2)
def rate(company: Company) -> float:
    rows = bought(company)
    return round(float(rows["margin"].sum() / rows["kept"].sum()), 3)


@lru_cache(maxsize=4)
def fitted(company: Company, everybody: bool = False) -> tuple[Any, Any]:
    """MBG/NBD and Gamma-Gamma, of newcomers or of everybody in the file."""
    rows = bought(company) if everybody else newer(company)
    histories = lifetime.summary(rows, unit="week", until=company.today)
    return lifetime.fit_mbgnbd(histories), lifetime.fit_gamma_gamma(histories)


@lru_cache(maxsize=4)
def online(company: Company, late: bool = True) -> pd.DataFrame:
    """The purchases of newcomers (or, without `late`, of all) whose first one was on the web."""
    rows = (newer(company) if late else bought(company)).sort_values(["order_date", "order_id"])
    first = rows.drop_duplicates("customer_id").set_index("customer_id")["outlet"]
    return rows[rows["customer_id"].map(first) == "web"]


@lru_cache(maxsize=16)
def learned(company: Company, kind: str = "mbgnbd", cut: bool = False, unit: str = "week") -> Any:
    """A model of those who came online: of today, or of a year ago; in days under a wrong name."""
    until = company.today - YEAR if cut else company.today
    histories = lifetime.summary(online(company), unit=unit, until=until)
    names = {"recency_days": "recency_weeks", "age_days": "age_weeks"}
    return getattr(lifetime, f"fit_{kind}")(histories.rename(columns=names))


def first_basket(company: Company) -> float:
    """What those who came online spent on their first day, on average."""
    rows = online(company)
    spent = rows.loc[rows["order_date"] == rows["first_day"], "kept"].sum()
    return round(float(spent / rows["customer_id"].nunique()), 2)


def to_come(company: Company) -> pd.Series[float]:
    """Money that each newcomer is expected to spend in the next 52 weeks."""
    model, spend = fitted(company)
    return pd.Series(model.expected_purchases(52) * spend.expected_spend())


def true_worth(company: Company) -> pd.Series[float]:
    """Margin expected of each customer in the next 52 weeks, in truth."""
    return company.truth.customers.set_index("customer_id")["expected_margin_52w"]


def naive_worth(company: Company) -> float:
    """What a buyer of the last year spent, times the years that buyers stay."""
    rows, today = bought(company), company.today
    last = rows[rows["order_date"] >= today - YEAR]
    before = rows[(rows["order_date"] < today - YEAR) & (rows["order_date"] >= today - 2 * YEAR)]
    came_again = float(before["customer_id"].drop_duplicates().isin(last["customer_id"]).mean())
    return float(last.groupby("customer_id")["kept"].sum().mean() / (1 - came_again))


@lru_cache(maxsize=2)
def cohort(company: Company) -> pd.DataFrame:
    """Who was first seen in the year before last: channel, first basket, what she left so far."""
    rows, today = bought(company), company.today
    rows = rows[(rows["first_day"] >= today - 2 * YEAR) & (rows["first_day"] < today - YEAR)]
    each = rows.groupby("customer_id").agg(revenue=("kept", "sum"), margin=("margin", "sum"))
    first = rows[rows["order_date"] == rows["first_day"]].groupby("customer_id")
    each["first_margin"], spent = first["margin"].sum(), first["kept"].sum()
    known = company.customers.drop_duplicates("customer_id").set_index("customer_id")
    each["channel"] = known["acquisition_channel"].reindex(each.index)
    each["basket"] = (spent > spent.median()).map({True: "large", False: "small"})
    each = each[each.index.isin(true_worth(company).index)].dropna(subset="channel")
    return each.reset_index()[["customer_id", *GROUP, "revenue", "margin", "first_margin"]]


def by_group(company: Company, worth: pd.Series[float]) -> pd.Series[float]:
    """The mean of a number per newcomer of the cohort, by channel and first basket."""
    rows = cohort(company)
    keys = [rows[name] for name in GROUP]
    return pd.Series(worth.to_numpy(), rows.index).groupby(keys).mean()


def worths(company: Company) -> dict[str, pd.Series[float]]:
    """What a newcomer of each group is worth until a year from today, by several methods."""
    rows = cohort(company)
    ahead = rows["customer_id"].map(to_come(company)).fillna(0)
    margin, share = rows["margin"], rate(company)
    told = {
        "true": margin + rows["customer_id"].map(true_worth(company)),
        "right": margin + share * ahead,
        "revenue": rows["revenue"] + ahead,
        "so_far": margin,
        "ahead": share * ahead,
        "without_first": margin - rows["first_margin"] + share * ahead,
        "same_for_all": 0 * margin + (margin + share * ahead).mean(),
    }
    return {name: by_group(company, worth) for name, worth in told.items()}


@lru_cache(maxsize=2)
def steps(company: Company) -> pd.DataFrame:
    """The price list: of each group, eight times 20 newcomers, each at its price.

    Prices have nothing to do with what a group is worth: they are drawn around one mean.
    """
    groups, luck = worths(company)["right"], np.random.default_rng(33)
    middle = float(groups.mean())
    drawn = (np.arange(PRICES) + luck.random((len(groups), PRICES))) / PRICES
    price = (middle * (0.6 + 0.7 * drawn)).round().ravel()
    rows = groups.index.repeat(PRICES).to_frame(index=False).assign(price=price)
    rows = rows.sample(frac=1, random_state=33).reset_index(drop=True)
    return rows.assign(step=[f"S{place:03}" for place in range(1, len(rows) + 1)])


def below(company: Company, method: str) -> set[str]:
    """The steps whose price is below what a method says."""
    rows = steps(company).join(worths(company)[method].rename("worth"), on=GROUP)
    return set(rows.loc[rows["price"] < rows["worth"], "step"])


def gain(company: Company) -> pd.Series[float]:
    """What each step brings in truth, less its price."""
    rows = steps(company).join(worths(company)["true"].rename("worth"), on=GROUP)
    return EACH * (rows["worth"] - rows["price"]).set_axis(rows["step"])


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    columns, more = ["step", *GROUP, "price"], ["kept", "margin", "first_day"]
    return {
        "online": online(company).drop(columns=more).reset_index(drop=True),
        "newer": newer(company).drop(columns=more).reset_index(drop=True),
        "first_basket": first_basket(company),
        "margin_rate": rate(company),
        "newcomers": cohort(company),
        "steps": steps(company)[columns],
    }


def amiss(company: Company, chosen: set[str], best: set[str]) -> Slip:
    """What is wrong with a choice of steps: too dear for some groups, left out for others."""
    if len(chosen) > 1.15 * len(best):
        told = say(
            "For many of these you pay more than they bring. Count margin, not revenue, and "
            "nothing beyond the year to come."
        )
        return Slip(say("too many are bought"), told)
    if len(chosen) < 0.85 * len(best):
        told = say(
            "You leave out newcomers who bring more than they cost. Is the first purchase in it, "
            "what they left so far, and what is still to come?"
        )
        return Slip(say("too few are bought"), told)
    told = say(
        "About as many as they should be, but of other groups: compare each price with the worth "
        "of its own channel and first basket."
    )
    return Slip(say("these are other groups"), told)
