"""The questions of lesson 11: buyers, RFM of the cafés, concentration, a backtest, a mailing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.segmentation import SEGMENTS, rfm

if TYPE_CHECKING:
    from mktlab.company import Company

AS_OF = "2025-01-01"
WEEK = pd.Timedelta(weeks=1)
MEASURES = ["customer_id", "recency_days", "frequency", "monetary"]
LIFT, COST, MARGIN_RATE = 0.25, 0.75, 0.55

sheet = Sheet("11_rfm", lift=LIFT, cost=COST, margin_rate=MARGIN_RATE, pays=COST / LIFT)


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


@sheet.share()
def top_fifth(
    company: Company,
    days: int | None = 7 * 52,
    each: str = "customer_id",
    fifth: bool = True,
    money: str = "net",
) -> float:
    sums = _bought(company, days=days).groupby(each)[money].sum()
    best = sums.nlargest(len(sums) // 5 if fifth else 5)
    return float(best.sum() / sums.sum())


top_fifth.mistake("all_weeks", days=None)
top_fifth.mistake("fifth_of_orders", each="order_id")
top_fifth.mistake("five_people", fifth=False)
top_fifth.mistake("gross", money="revenue")
top_fifth.mistake("thirteen_weeks", days=7 * 13)


@top_fifth.mistake("all_orders")
def _of_all_orders(company: Company) -> float:
    orders = company.orders[company.orders["order_date"] >= company.today - 52 * WEEK]
    net = orders["revenue"] - orders["refunded"]
    sums = net.groupby(orders["customer_id"]).sum()
    return float(sums.nlargest(len(sums) // 5).sum() / sums.sum())


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
    table = rfm(company.orders, as_of=company.today).query("segment != 'champions'")
    whole = table.groupby("segment")["customer_id"].agg(set)
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
    margin = people.drop_duplicates("person")["expected_margin_13w"].sum()
    return float(LIFT * margin - COST * len(chosen))


@card.mistake("everybody")
def _everybody(company: Company) -> set[str]:
    return _segment(company, *OTHERS)


@card.mistake("at_risk")
def _at_risk(company: Company) -> set[str]:
    return _segment(company, "at risk")


@card.mistake("still_around")
def _still_around(company: Company) -> set[str]:
    return _segment(company, "promising", "newcomers")


@card.mistake("occasional")
def _middle_recency_too(company: Company) -> set[str]:
    return _segment(company, "promising", "newcomers", "loyal", "drifting", "occasional")
