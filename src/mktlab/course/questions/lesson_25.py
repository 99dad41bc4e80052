"""The questions of lesson 25: net reach, a point's price, the next euro, a campaign, a budget."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.budget_25 import (
    best_budget,
    budget_of,
    budgets,
    by_weeks,
    campaign_of,
    campaigns,
    fitted,
    near,
    next_euro,
    not_yet_met,
    played,
    shared,
)
from mktlab.course.questions.given_25 import (
    MONEY,
    SUPPORTS,
    by_net_reach,
    given,
    model,
    new_customers,
    prices,
    target,
    today,
    true_reach,
)
from mktlab.geo_test import geo_test
from mktlab.orders import purchases
from mktlab.plan.mix import CHANNELS
from mktlab.promotion import media_model, media_plan

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("25_promotion", given=given, money=MONEY)


@lru_cache(maxsize=32)
def _plan(
    company: Company, everybody: bool = False, weighted: bool = True, asked: str = "campaign"
) -> Any:
    panel = company.media_panel if everybody else target(company)
    panel = panel if weighted else panel.drop(columns="persons")
    hand = given(company)
    one = {hand["support"]: hand["insertions"]}
    return media_plan(
        panel, company.media_tariffs, hand["campaign"] if asked == "campaign" else one
    )


@sheet.share(digits=3)
def net_reach(company: Company, **how: bool) -> float:
    return float(_plan(company, **how).loc["together", "reach"])


net_reach.mistake("added", lambda c: float(_plan(c)["reach"].drop("together").sum()))
net_reach.also("added")(lambda c: [float(_plan(c, everybody=True)["reach"].iloc[:2].sum())])
net_reach.mistake("everybody", everybody=True)
net_reach.mistake("unweighted", weighted=False)
net_reach.also("unweighted", {"weighted": False, "everybody": True})
net_reach.mistake("one_support", lambda c: float(_plan(c)["reach"].iloc[0]))
net_reach.also("one_support")(lambda c: [float(_plan(c)["reach"].iloc[1])])
net_reach.mistake("both", lambda c: float(_plan(c)["reach"].iloc[:2].prod()))
net_reach.also("both")(lambda c: [_plan(c)["reach"].iloc[:2].sum() - net_reach(c)])
net_reach.mistake("alone", lambda c: 1 - float((1 - _plan(c)["reach"].iloc[:2]).prod()))
net_reach.mistake("points", lambda c: float(_plan(c).loc["together", "grp"]) / 100)
net_reach.also("points")(lambda c: [float(_plan(c).loc["together", "frequency"])])
net_reach.also("points")(lambda c: [float(_plan(c).loc["together", "grp"])])
net_reach.mistake("ends", lambda c: float(_plan(c).loc["together", "high"]))
net_reach.also("ends")(lambda c: [float(_plan(c).loc["together", "low"])])


@net_reach.mistake("once")
def _one_insertion(company: Company) -> float:
    once = dict.fromkeys(given(company)["campaign"], 1)
    found = media_plan(target(company), company.media_tariffs, once)
    return float(found["reach"].iloc[-1])


@sheet.number(tolerance=0.05)
def point_cost(company: Company, column: str = "per_point", **how: bool) -> float:
    return float(_plan(company, asked="support", **how)[column].iloc[0])


point_cost.mistake("thousand", column="per_thousand")
point_cost.also("thousand", {"column": "per_thousand", "everybody": True})
point_cost.mistake("everybody", everybody=True)
point_cost.mistake("unweighted", weighted=False)
point_cost.mistake("whole_price", column="price")
point_cost.also("whole_price", {"column": "grp"})


@point_cost.mistake("of_reach")
def _price_of_reach(company: Company) -> float:
    row = _plan(company, asked="support").iloc[0]
    return float(row["price"] / (100 * row["reach"]))


@point_cost.mistake("one_insertion")
def _price_of_one(company: Company) -> float:
    hand = given(company)
    found = media_plan(target(company), company.media_tariffs, {hand["support"]: 1})
    return float(found["per_point"].iloc[0])


@point_cost.also("one_insertion")
def _not_the_rebate(company: Company) -> list[float]:
    row = _plan(company, asked="support").iloc[0]
    points, number = float(row["grp"]), float(row["insertions"])
    return [float(row["price"]) / points * number, float(row["price"]) / points / number]


@lru_cache(maxsize=8)
def _returns(company: Company, what: str = "") -> Any:
    if what == "orders":
        people = company.customers[["customer_id", "zone"]]
        known = purchases(company.orders).merge(people, on="customer_id")
        week = known["order_date"].dt.to_period("W").dt.start_time
        sales = known.assign(week=week).groupby(["week", "zone"]).size().astype(float)
        return media_model(company.ad_spend, sales).returns()
    return model(company, told=what == "told").returns()


@sheet.number(tolerance=0.1)
def of_next(company: Company, what: str = "", column: str = "marginal") -> float:
    return 1000 * float(_returns(company, what).loc[given(company)["channel"], column])


of_next.mistake("mean_euro", column="per_euro")
of_next.mistake("of_orders", what="orders")
of_next.also("of_orders", {"what": "orders", "column": "per_euro"})
of_next.mistake("elsewhere", what="told")
of_next.also("elsewhere", {"what": "told", "column": "per_euro"})
of_next.mistake("ends", column="marginal_high")
of_next.also("ends", *({"column": name} for name in ("marginal_low", "low", "high")))
of_next.mistake("one_euro", lambda c: of_next(c) / 1000, tolerance=0.0005)
of_next.mistake("weeks", lambda c: 1000 * float(by_weeks(c)[given(c)["channel"]]))


@of_next.mistake("test")
def _by_its_test(company: Company) -> float:
    found = geo_test(company.ad_spend, new_customers(company)).set_index("channel")["per_euro"]
    return 1000 * float(found.get(given(company)["channel"], -0.01))


@of_next.mistake("other_channel")
def _other_channel(company: Company) -> float:
    others = 1000 * _returns(company)["marginal"].drop(given(company)["channel"])
    return float(max(others, key=lambda value: abs(value - of_next(company))))


@of_next.also("other_channel")
def _other_channels(company: Company) -> list[float]:
    return list(1000 * _returns(company)["marginal"].drop(given(company)["channel"]))


@sheet.decision(
    best=lambda company: by_net_reach(company, SUPPORTS),
    choices=lambda company: (prices(company), MONEY),
    reads=campaign_of,
    amiss=not_yet_met,
    alike=lambda plan, other: plan == other,
    guesses=campaigns,
    good_enough=0.97,
)
def campaign(company: Company, plan: dict[str, int]) -> float:
    """People of the target group whom the campaign truly meets."""
    adults = company.truth.media_audience.query("target").drop_duplicates(["age", "use"])
    return float(adults["persons"].sum()) * true_reach(company, plan)


campaign.mistake("cheapest", lambda c: campaigns(c)["cheapest"])
campaign.mistake("thirds", lambda c: campaigns(c)["thirds"])
campaign.mistake("as_often", lambda c: campaigns(c)["as_often"])
campaign.mistake("only_one", lambda c: campaigns(c)[f"only_{SUPPORTS[0]}"])
campaign.also("only_one")(lambda c: [campaigns(c)[f"only_{name}"] for name in SUPPORTS[1:]])


@campaign.also("as_often")
def _nearly_as_often(company: Company) -> list[dict[str, int]]:
    return [fitted(dict.fromkeys(SUPPORTS, number), company) for number in (4, 5)]


@sheet.decision(
    best=best_budget,
    choices=lambda company: (CHANNELS, float(today().sum())),
    reads=budget_of,
    alike=near,
    amiss=next_euro,
    good_enough=0.85,
    guesses=budgets,
)
def next_budget(company: Company, budget: pd.Series[float]) -> float:
    """What a year with this budget earns, more than one with today's."""
    known = company.truth.parameters
    euros = tuple(float(round(value, 2)) for value in budget.reindex(list(CHANNELS)))
    return played(known["seed"], known["people"], euros)


def _budget(name: str) -> Any:
    return lambda company: budgets(company)[name]


for kind in ("last_click", "the_weeks", "own_tests", "by_return", "equal", "as_today"):
    next_budget.mistake(kind, _budget(kind))
next_budget.mistake("all_on_one", _budget("all_on_one"))
next_budget.mistake("brand_alone", _budget("brand_alone"))


@next_budget.also("all_on_one")
def _all_on_others(company: Company) -> list[pd.Series[float]]:
    return [shared(pd.Series({name: 1.0})) for name in CHANNELS]
