"""The questions of lesson 11: buyers, RFM of the cafés, concentration, a backtest, a mailing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.segmentation import SEGMENTS, rfm

if TYPE_CHECKING:
    from mktlab.company import Company

AS_OF = "2025-01-01"
WEEK = pd.Timedelta(weeks=1)
MEASURES = ["customer_id", "recency_days", "frequency", "monetary"]
COST, MARGIN_RATE = 0.75, 0.55
LIFTS = {"promising": 0.025, "newcomers": 0.04, "loyal": 0.03, "drifting": 0.05, "occasional": 0.12}
LIFTS |= {"at risk": 0.60, "fading": 0.15, "lost": 0.30}
RESPONDING = {"newcomers": 0.20, "loyal": 0.30, "drifting": 0.30}


def _lift(company: Company) -> pd.Series[Any]:
    """What a card adds to the margin of each segment: in each world, others respond to it.

    A segment pays far above a lift at which it just would, or stays far below: what 13 weeks of
    orders tell of a segment is rough. The promising would pay if all their money were margin.
    """
    drawn = np.random.default_rng(len(company.orders)).integers(2, 8)  # loyal, drifting or both
    high = [name for place, name in enumerate(RESPONDING) if drawn >> place & 1]
    return pd.Series(LIFTS | {name: RESPONDING[name] for name in high}, name="lift")


sheet = Sheet(
    "11_rfm",
    given=lambda company: {"lift": _lift(company)},
    cost=COST,
    margin_rate=MARGIN_RATE,
)


def _bought(company: Company, *, days: int | None = None) -> pd.DataFrame:
    kept = purchases(company.orders)
    if days is not None:
        kept = kept[kept["order_date"] >= company.today - pd.Timedelta(days=days)]
    return kept.assign(net=kept["revenue"] - kept["refunded"])


@sheet.number()
def buyers(company: Company, gross: bool = False, each: str = "customer_id") -> int:
    table = company.orders if gross else _bought(company)
    return int(table[each].nunique())


buyers.mistake("purchases_counted", each="order_id")
buyers.mistake("orders_counted", gross=True, each="order_id")
buyers.mistake("not_purchases", gross=True)


@sheet.table(
    key="customer_id",
    told=lambda found: {"people": len(found), "once": (found["frequency"] == 1).mean()},
)
def cafe_customers(
    company: Company,
    as_of: str | pd.Timestamp | None = AS_OF,
    gross: bool = False,
    everywhere: bool = False,
) -> pd.DataFrame:
    orders = company.orders[(company.orders["outlet"] == "cafe") | everywhere]
    if gross:
        orders = orders.assign(status="paid", refunded=0.0)
    measures: pd.DataFrame = rfm(orders, as_of=as_of or company.today).loc[:, MEASURES]
    return measures


cafe_customers.mistake("as_of_today", as_of=None)
cafe_customers.mistake("every_outlet", everywhere=True)
cafe_customers.mistake("cancelled_counted", gross=True)


@cafe_customers.mistake("elsewhere_too")
def _all_they_bought(company: Company) -> pd.DataFrame:
    """The customers of the cafés, with what they bought in any outlet."""
    everywhere: pd.DataFrame = cafe_customers(company, everywhere=True)
    then = company.orders["order_date"] < pd.Timestamp(AS_OF)
    cafe = purchases(company.orders[then & (company.orders["outlet"] == "cafe")])
    return everywhere[everywhere["customer_id"].isin(cafe["customer_id"])]


@cafe_customers.mistake("nothing_refunded")
def _refunds_of_purchases_kept(company: Company) -> pd.DataFrame:
    kept = _bought(company)
    measures = rfm(kept[kept["outlet"] == "cafe"].assign(refunded=0.0), as_of=AS_OF)
    return measures.loc[:, MEASURES]


@cafe_customers.mistake("money_per_purchase")
def _mean_money(company: Company) -> pd.DataFrame:
    right: pd.DataFrame = cafe_customers(company)
    return right.assign(monetary=right["monetary"] / right["frequency"])


@cafe_customers.mistake("later_orders")
def _without_day(company: Company) -> pd.DataFrame:
    """Orders up to the end of time, recency still counted from the day asked for."""
    late: pd.DataFrame = cafe_customers(company, as_of=None)
    days = (company.today - pd.Timestamp(AS_OF)).days
    return late.assign(recency_days=late["recency_days"] - days)


@sheet.number()
def top_fifth(
    company: Company,
    days: int | None = 7 * 52,
    each: str = "customer_id",
    part: float = 1 / 5,
    money: str = "net",
    end: str = "nlargest",
    how: str = "sum",
) -> float:
    sums = _bought(company, days=days).groupby(each)[money].sum()
    best = getattr(sums, end)(int(len(sums) * part))
    return float(best.agg(how))


top_fifth.mistake("all_weeks", days=None)
top_fifth.mistake("thirteen_weeks", days=7 * 13)
top_fifth.mistake("year_of_365_days", days=365)
top_fifth.mistake("without_first_day", days=7 * 52 - 1)
top_fifth.mistake("fifth_of_purchases", each="order_id")
top_fifth.mistake("everybody", part=1)
top_fifth.mistake("gross", money="revenue")
top_fifth.mistake("tenth", part=1 / 10)
top_fifth.mistake("half", part=1 / 2)
top_fifth.mistake("smallest", end="nsmallest")
top_fifth.mistake("mean", how="mean")
top_fifth.mistake("how_many", how="count")


@top_fifth.mistake("five_people")
def _of_five_people(company: Company) -> float:
    return float(
        _bought(company, days=7 * 52).groupby("customer_id")["net"].sum().nlargest(5).sum()
    )


@top_fifth.mistake("fifth_of_all_years")
def _a_fifth_of_everybody_ever(company: Company) -> float:
    sums = _bought(company, days=7 * 52).groupby("customer_id")["net"].sum()
    return float(sums.nlargest(_bought(company)["customer_id"].nunique() // 5).sum())


@top_fifth.mistake("share")
def _share_of_the_money(company: Company) -> float:
    return float(top_fifth(company) / top_fifth(company, part=1))


@top_fifth.mistake("all_orders")
def _of_all_orders(company: Company) -> float:
    orders = company.orders[company.orders["order_date"] >= company.today - 52 * WEEK]
    net = orders["revenue"] - orders["refunded"]
    sums = net.groupby(orders["customer_id"]).sum()
    return float(sums.nlargest(len(sums) // 5).sum())


@sheet.table(
    key="segment",
    digits=3,
    share=True,
    told=lambda found: {"around": found["champions"], "quiet": found["at risk"]},
)
def came_back(
    company: Company, leak: bool = False, of_these: bool = True, any_order: bool = False
) -> pd.Series[Any]:
    """`of_these`: of the segment's customers; else of all who came back."""
    then = company.today - 13 * WEEK
    table = rfm(company.orders, as_of=company.today if leak else then)
    since = company.orders if any_order else _bought(company)
    back = table["customer_id"].isin(since.loc[since["order_date"] >= then, "customer_id"])
    found = back.groupby(table["segment"]).agg(["sum", "size"])
    whole = found["size"] if of_these else back.sum()
    return (found["sum"] / whole).reindex(list(SEGMENTS)).rename("came_back")


came_back.mistake("segments_of_today", leak=True)
came_back.mistake("survivors_only", of_these=False)
came_back.mistake("any_order", any_order=True)


@came_back.mistake("everybody_came_back")
def _only_who_came_back(company: Company) -> pd.Series[Any]:
    segments = pd.Index(list(SEGMENTS), name="segment")
    return pd.Series(1.0, index=segments, name="came_back")


@came_back.mistake("stayed_away")
def _stayed_away(company: Company) -> pd.Series[Any]:
    right: pd.Series[Any] = came_back(company)
    return 1 - right


@came_back.mistake("counted")
def _counted(company: Company) -> pd.Series[Any]:
    table = rfm(company.orders, as_of=company.today - 13 * WEEK)
    back = table["customer_id"].isin(_bought(company, days=7 * 13)["customer_id"])
    return back.groupby(table["segment"]).sum().astype(float).rename("came_back")


OTHERS = [name for name in SEGMENTS if name != "champions"]


def _segment(company: Company, *names: str) -> set[str]:
    table = rfm(company.orders, as_of=company.today)
    return set(table.loc[table["segment"].isin(names), "customer_id"])


def _best_segments(company: Company) -> set[str]:
    """Everybody in the segments to which a card pays."""
    whole = (_segment(company, name) for name in OTHERS)
    return set().union(*(people for people in whole if card(company, people) > 0))


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no look at what the segments did."""
    table = rfm(company.orders, as_of=company.today).query("segment != 'champions'")
    table = table.sort_values(["monetary", "customer_id"], ascending=[False, True])
    lists = {"all": table, "r of 4 or 5": table.query("r >= 4"), "r of 3": table.query("r >= 3")}
    made = {name: set(chosen["customer_id"]) for name, chosen in lists.items()}
    for name, chosen in lists.items():
        for most in (200, 500, 1000, 1500, 2000):
            made[f"{name}, the {most} who spent most"] = set(chosen["customer_id"].head(most))
    lift = _lift(company)
    for least in sorted(set(lift)):
        made[f"a lift of {least}"] = _segment(company, *lift[lift >= least].index)
    scores = table["r"] + table["f"] + table["m"]
    for least in range(5, 12):
        made[f"scores of {least} in all"] = set(table.loc[scores >= least, "customer_id"])
    return made


@sheet.decision(
    best=_best_segments,
    choices=lambda company: pd.Series(sorted(_segment(company, *OTHERS)), name="customer_id"),
    good_enough=0.98,
    guesses=_guesses,
)
def card(company: Company, chosen: set[str]) -> float:
    """The profit of the cards; who has two records has one purse."""
    truth: pd.DataFrame = company.truth.customers
    twice = truth["duplicate_of"] != ""
    person = truth["customer_id"].mask(twice, truth["duplicate_of"])
    people = truth.assign(person=person)[truth["customer_id"].isin(chosen)]
    people = people.drop_duplicates("person")
    segment = rfm(company.orders, as_of=company.today).set_index("customer_id")["segment"]
    lift = people["customer_id"].map(segment).map(_lift(company)).astype(float)
    return float((lift * people["expected_margin_13w"]).sum() - COST * len(chosen))


@card.mistake("everybody")
def _everybody(company: Company) -> set[str]:
    return _segment(company, *OTHERS)


@card.mistake("at_risk")
def _at_risk(company: Company) -> set[str]:
    return _segment(company, "at risk")


@card.mistake("largest_lifts")
def _largest_lifts(company: Company) -> set[str]:
    lift = _lift(company)
    return _segment(company, *lift[lift >= 0.3].index)


@card.mistake("not_silent")
def _not_silent(company: Company) -> set[str]:
    return _segment(company, *(name for name in OTHERS if SEGMENTS[name][0] != "low"))


@card.mistake("revenue")
def _of_revenue(company: Company) -> set[str]:
    return _best_segments(company) | _segment(company, "promising")


@card.mistake("segments_of_today")
def _segments_of_today(company: Company) -> set[str]:
    table = rfm(company.orders, as_of=company.today)
    after = _bought(company, days=7 * 13).groupby("customer_id")["net"].sum()
    brought = table["customer_id"].map(after).fillna(0).groupby(table["segment"]).mean()
    gain = _lift(company) * MARGIN_RATE * brought - COST
    return _segment(company, *gain[gain > 0].index)
