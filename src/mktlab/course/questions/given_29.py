"""What exercise 29 hands out: sales by week, a family, newcomers, the test, what may be chosen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import email, offers
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.slips import Slip
from mktlab.orders import margins
from mktlab.plan.mix import BUYERS, MECHANICS
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mktlab.company import Company

NONE = "none"
WEEKS, DAYS = 52, 91
KINDS = (NONE, *MECHANICS)


@lru_cache(maxsize=4)
def bought(company: Company) -> pd.DataFrame:
    """The purchases with their margin (kept revenue less goods), and whether each is the first."""
    table = margins(company.orders, company.order_lines, company.products)
    joined = table["customer_id"].map(company.customers.set_index("customer_id")["joined_date"])
    return table.assign(new=table["order_date"] == joined)


@lru_cache(maxsize=4)
def weeks(company: Company) -> pd.DataFrame:
    """Sales by week and family."""
    family = company.products.set_index("product_id")["category"]
    columns = bought(company)[["order_id", "order_date", "new"]]
    lines = company.order_lines.merge(columns, on="order_id")
    return offers.weekly(lines.assign(category=lines["product_id"].map(family)))


@lru_cache(maxsize=4)
def newcomers(company: Company) -> pd.DataFrame:
    """Each newcomer with the day of the first order, and whether it had a discount."""
    first = bought(company).query("new").drop_duplicates("customer_id")
    table = first[["customer_id", "order_date", "discount"]].rename(columns={"order_date": "date"})
    return table.assign(deal=table["discount"] > 0).drop(columns="discount").reset_index(drop=True)


@lru_cache(maxsize=4)
def test(company: Company) -> pd.DataFrame:
    """The test of offers with the orders in its two weeks and in the six after."""
    orders = bought(company)[["customer_id", "order_date"]]
    log = company.offer_test
    during = email.after(log, orders, 14)["orders"]
    whole = email.after(log, orders, 56)["orders"]
    return log.assign(during=during, after=whole - during)


def last_year(company: Company) -> pd.Timestamp:
    return company.today - pd.Timedelta(weeks=WEEKS)


@lru_cache(maxsize=4)
def sold(company: Company) -> pd.Series[float]:
    """Sales on deal of the last year by family, the largest first."""
    rows = weeks(company)
    rows = rows[rows["deal"] & (rows["week"] >= last_year(company))]
    sums: pd.Series[float] = rows.groupby("category")["sales"].sum()
    return sums.sort_values(ascending=False, kind="stable")


def family(company: Company) -> str:
    """The one with the second most sales on deal: the lesson looks at the first."""
    return str(sold(company).index[min(1, len(sold(company)) - 1)])


def margin(company: Company) -> float:
    """What an order brings on average, in whole cents."""
    return round(float(bought(company)["margin"].mean()), 2)


def options() -> pd.DataFrame:
    """All that may be chosen: one mechanic, or none, for each group."""
    rows = [(f"{group}-{kind}", group, kind) for group in BUYERS for kind in KINDS]
    return pd.DataFrame(rows, columns=["option", "buyer", "mechanic"])


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {
        "weeks": weeks(company),
        "family": family(company),
        "newcomers": newcomers(company),
        "orders": bought(company)[["customer_id", "order_date"]].reset_index(drop=True),
        "test": test(company),
        "margin": margin(company),
        "options": options(),
    }


@lru_cache(maxsize=4)
def worth(company: Company) -> pd.Series[float]:
    """What each option earns in a year, in truth."""
    told = company.truth.offer_test
    names = told["buyer"] + "-" + told["mechanic"]
    values = pd.Series(told["profit_year"].to_numpy(), index=names)
    nothing = pd.Series(0.0, index=[f"{group}-{NONE}" for group in BUYERS])
    whole: pd.Series[float] = pd.concat([values, nothing])
    return whole


def choose(*kinds: str) -> frozenset[str]:
    """A mechanic for each group, in the order of `BUYERS`."""
    return frozenset(f"{group}-{kind}" for group, kind in zip(BUYERS, kinds, strict=True))


def kinds_of(choice: Iterable[str]) -> dict[str, str]:
    parts = [name.partition("-") for name in choice]
    return {group: kind for group, _, kind in parts}


@lru_cache(maxsize=4)
def best(company: Company) -> frozenset[str]:
    values = worth(company)
    places = [values[[f"{group}-{kind}" for kind in KINDS]].argmax() for group in BUYERS]
    return choose(*(KINDS[place] for place in places))


def by_net(net: pd.Series[float]) -> frozenset[str]:
    """For each group the mechanic with the largest value, none where all are below 0."""
    wide = net.unstack().reindex(index=list(BUYERS))
    return choose(*(str(row.idxmax()) if row.max() > 0 else NONE for _, row in wide.iterrows()))


def read(answer: Any, choices: Any) -> Any:
    """One option for each group; a mapping of groups to mechanics will do."""
    if isinstance(answer, dict):
        answer = [f"{group}-{kind or NONE}" for group, kind in answer.items()]
    chosen = ids_among(answer, choices)
    if len(chosen) != len(BUYERS) or set(kinds_of(chosen)) != set(BUYERS):
        raise Unreadable(
            say(
                "Your answer holds {n:count} options: choose exactly one for each of the "
                "{groups:count} groups.",
                n=len(chosen),
                groups=len(BUYERS),
            )
        )
    return chosen


def amiss(company: Company | None, choice: Any, right: Any) -> Slip | None:
    """Which group has the wrong offer, without saying which would be right."""
    mine, so = kinds_of(choice), kinds_of(right)
    wrong = [group for group in BUYERS if mine[group] != so[group]]
    loses = company is not None and any(worth(company)[f"{g}-{mine[g]}"] < 0 for g in wrong)
    if loses:
        told = say(
            "A group gets an offer that costs more than its extra orders bring. Count the cost for "
            "all who order, not only for those who order more, and what is missing afterwards."
        )
        return Slip(say("an offer that costs more than it brings"), told)
    told = say(
        "No group loses, but one could earn more with another offer: compare all of them in `net`."
    )
    return Slip(say("there is a better offer for a group"), told)
