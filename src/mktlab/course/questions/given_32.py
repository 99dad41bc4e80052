"""What exercise 32 rests on: the test with what was known that day, today's customers, the truth.

`gain` reads from the truth what a letter to each customer brings today; it prices the decision.
`today` and `lists` are the lesson's own, for its claims, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import churn, uplift
from mktlab.course.checking.slips import Slip
from mktlab.orders import margins
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

WINDOW, YEAR = 52, pd.Timedelta(weeks=52)
LETTERS, COST = 250, 1.1
SILENT = 91
LOSS = 0.015
COLUMNS = {"outcome": "stayed", "treated": "treated"}


@lru_cache(maxsize=2)
def bought(company: Company) -> pd.DataFrame:
    return margins(company.orders, company.order_lines, company.products)


def known(company: Company, day: pd.Timestamp) -> pd.DataFrame:
    """What was known on a day of those who had bought in the year before it."""
    before = bought(company)
    before = before[before["order_date"] < day]
    year = before[before["order_date"] >= day - YEAR].groupby("customer_id")["margin"].sum()
    rows = churn.snapshots(company, day, window_weeks=WINDOW, horizon_weeks=None)
    who = rows["customer_id"]
    orders = before.groupby("customer_id").size()
    return rows.assign(margin=who.map(year), orders=who.map(orders)).drop(columns="cut_date")


@lru_cache(maxsize=2)
def test(company: Company) -> pd.DataFrame:
    """The customers of the test who had bought in the year before, and what happened."""
    drawn = company.retention_campaign
    rows = known(company, drawn["assigned_date"].iloc[0]).merge(drawn, on="customer_id")
    rows = rows.assign(stayed=~rows["lapsed"], value=rows["margin"] * part_kept(company))
    return rows.drop(columns=["assigned_date", "lapsed"])


@lru_cache(maxsize=2)
def part_kept(company: Company) -> float:
    """Margin of a year over that of the year before, of customers with two orders or more."""
    then = company.today - YEAR
    old, rows = known(company, then), bought(company)
    old = old[old["orders"] >= 2]
    since = rows[(rows["order_date"] >= then) & rows["customer_id"].isin(old["customer_id"])]
    return float(since["margin"].sum() / old["margin"].sum())


def features(company: Company) -> list[str]:
    rows = test(company)
    return [name for name in churn.FEATURES if name in rows and rows[name].notna().any()]


@lru_cache(maxsize=2)
def today(company: Company) -> pd.DataFrame:
    """Customers with two orders or more, one of them in the last year; their risk and uplift."""
    rows, learned = known(company, company.today), test(company)
    rows = rows[rows["orders"] >= 2].reset_index(drop=True)
    names = features(company)
    without = learned[~learned["treated"]]
    risk = 1 - uplift.chance(without, rows, features=names, outcome="stayed")
    change = uplift.effects(learned, rows, features=names, **COLUMNS)  # type: ignore[arg-type]
    value = rows["margin"] * part_kept(company)
    return rows.assign(value=value, risk=risk, uplift=change)


def waiting(company: Company) -> pd.DataFrame:
    """Today's customers who were not drawn for the offer in the test."""
    rows, drawn = today(company), company.retention_campaign
    had = drawn.loc[drawn["treated"], "customer_id"]
    rows = rows[~rows["customer_id"].isin(had)]
    mixed = rows.sample(frac=1, random_state=32)  # or the first were the oldest
    return mixed.reset_index(drop=True)


def effect(company: Company) -> pd.Series[float]:
    """By how much the offer lowers the chance to leave, today; 0 for those who have left."""
    table = company.truth.retention_offer.set_index("customer_id")
    change = table["chance_untreated"] - table["chance_treated"]
    people = company.truth.customers
    who = people["customer_id"].mask(people["duplicate_of"] != "", people["duplicate_of"])
    return pd.Series(who.map(change).fillna(0).to_numpy(), pd.Index(people["customer_id"]))


def gain(company: Company) -> pd.Series[float]:
    """What a letter brings today, before its cost: effect times what she brings if she stays.

    Whoever leaves within 12 weeks brings half of the quarter's margin first.
    """
    people = company.truth.customers.set_index("customer_id")
    stays = people["expected_margin_52w"] - people["expected_margin_13w"] / 2
    return effect(company) * stays


def first(rows: pd.DataFrame, score: str, letters: int = LETTERS) -> set[str]:
    return set(rows.nlargest(letters, score)["customer_id"])


def lists(rows: pd.DataFrame, letters: int) -> dict[str, set[str]]:
    """As many customers by risk, by learned uplift and by margin."""
    return {name: first(rows, name, letters) for name in ("risk", "uplift", "margin")}


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    drawn = company.retention_campaign
    return {
        "test": test(company),
        "part_kept": round(part_kept(company), 2),
        "waiting": waiting(company).drop(columns=["risk", "uplift", "value"]),
        "stayed": float(1 - drawn.loc[~drawn["treated"], "lapsed"].mean()),
    }


def amiss(company: Company, chosen: set[str], _: set[str]) -> Slip:
    """What is wrong with a list: who has left, or what those on it are worth."""
    rows, truth = waiting(company), company.truth.customers.set_index("customer_id")
    ids = list(chosen)
    gone = float((truth["status"].reindex(ids) == "gone").mean())
    worth = float(rows.set_index("customer_id")["margin"].reindex(ids).mean())
    if gone > 0.2:
        told = say(
            "{part:share} of them have left, and read no letter. Long silence and high risk are "
            "the marks of those.",
            part=gone,
        )
        return Slip(say("many of these have left"), told)
    if worth < 1.5 * float(rows["margin"].mean()):
        told = say(
            "The offer keeps few of a hundred, whoever they are. What does it bring if one of "
            "these stays?"
        )
        return Slip(say("these customers are worth no more than others"), told)
    told = say(
        "They are worth more than most, and others are worth more still. What is learned from a "
        "small test may be luck: give it less weight, or none."
    )
    return Slip(say("others are worth more"), told)
