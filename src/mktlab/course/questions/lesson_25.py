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
    numbers_of,
    of_supports,
    played,
    shared,
)
from mktlab.course.questions.given_25 import (
    MONEY,
    SUPPORTS,
    by_net_reach,
    chances,
    given,
    model,
    new_customers,
    paid,
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

EUROS, WORTH = 6_000, 2.0
sheet = Sheet("25_promotion", given=given, money=MONEY, euros=EUROS, worth=WORTH)


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


def _of_others(company: Company) -> float:
    """The reach among all who are not of the target group."""
    panel = company.media_panel[~company.media_panel["target"]]
    found = media_plan(panel, company.media_tariffs, given(company)["campaign"])
    return float(found["reach"].iloc[-1])


def _of_adults(company: Company) -> float:
    """People of the target group who are met, over all adults."""
    whole = company.media_panel.drop_duplicates("person_id")
    part = whole.loc[whole["target"], "persons"].sum() / whole["persons"].sum()
    return float(net_reach(company)) * float(part)


def _mean_chances(company: Company, power: bool = False) -> Any:
    """The mean chance to be missed in each support of the campaign, by one insertion or by all."""
    chance, part = chances(target(company))
    numbers = pd.Series(given(company)["campaign"])
    missed = 1 - chance[numbers.index].mul(part, axis=0).sum()
    return missed**numbers if power else missed


@sheet.share(digits=3)
def net_reach(company: Company, **how: bool) -> float:
    return float(_plan(company, **how).loc["together", "reach"])


net_reach.mistake("added", lambda c: float(_plan(c)["reach"].drop("together").sum()))
net_reach.also("added")(lambda c: [float(_plan(c, everybody=True)["reach"].iloc[:2].sum())])
net_reach.mistake("everybody", everybody=True)
net_reach.mistake("unweighted", weighted=False)
net_reach.also("everybody")(lambda c: [_of_others(c), _of_adults(c)])
net_reach.also("unweighted", {"weighted": False, "everybody": True})
net_reach.mistake("one_support", lambda c: float(_plan(c)["reach"].iloc[0]))
net_reach.also("one_support")(lambda c: [float(_plan(c)["reach"].iloc[1])])
net_reach.mistake("both", lambda c: float(_plan(c)["reach"].iloc[:2].prod()))
net_reach.also("both")(lambda c: [_plan(c)["reach"].iloc[:2].sum() - net_reach(c)])
net_reach.mistake("alone", lambda c: 1 - float((1 - _plan(c)["reach"].iloc[:2]).prod()))
net_reach.also("alone")(lambda c: [1 - float(_mean_chances(c, power=True).prod())])
net_reach.also("points")(lambda c: [2 - float(_mean_chances(c).sum())])
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
point_cost.also("whole_price", {"column": "grp"}, {"column": "frequency"})
point_cost.also("whole_price")(lambda c: [point_cost(c, "price") / given(c)["insertions"]])


@point_cost.mistake("of_reach")
def _price_of_reach(company: Company) -> float:
    row = _plan(company, asked="support").iloc[0]
    return float(row["price"] / (100 * row["reach"]))


@point_cost.also("of_reach")
def _price_of_people(company: Company) -> list[float]:
    row = _plan(company, asked="support").iloc[0]
    people = target(company).drop_duplicates("person_id")["persons"].sum()
    return [1000 * float(row["price"]) / (float(row["reach"]) * float(people))]


@point_cost.mistake("other_support")
def _campaigns_point(company: Company) -> float:
    return float(_plan(company)["per_point"].iloc[-1])


@point_cost.also("other_support")
def _other_supports(company: Company) -> list[float]:
    hand = given(company)
    others = {name: hand["insertions"] for name in SUPPORTS if name != hand["support"]}
    found = media_plan(target(company), company.media_tariffs, others)
    return [float(_plan(company)["per_thousand"].iloc[-1]), *found["per_point"]]


@point_cost.mistake("one_insertion")
def _price_of_one(company: Company) -> float:
    hand = given(company)
    found = media_plan(target(company), company.media_tariffs, {hand["support"]: 1})
    return float(found["per_point"].iloc[0])


@point_cost.also("one_insertion")
def _not_the_rebate(company: Company) -> list[float]:
    row = _plan(company, asked="support").iloc[0]
    points, number = float(row["grp"]), float(row["insertions"])
    first = float(prices(company)[given(company)["support"]][1])
    return [
        first / points,
        first * number / points,
        float(row["price"]) / points * number,
        float(row["price"]) / points / number,
    ]


@lru_cache(maxsize=8)
def _returns(company: Company, what: str = "") -> Any:
    if what == "orders":
        people = company.customers[["customer_id", "zone"]]
        known = purchases(company.orders).merge(people, on="customer_id")
        week = known["order_date"].dt.to_period("W").dt.start_time
        sales = known.assign(week=week).groupby(["week", "zone"]).size().astype(float)
        return media_model(company.ad_spend, sales).returns()
    return model(company, told=what == "told").returns()


@sheet.number(tolerance=0.05)
def of_next(company: Company, what: str = "", column: str = "marginal") -> float:
    return EUROS * float(_returns(company, what).loc[given(company)["channel"], column])


of_next.mistake("mean_euro", column="per_euro")
of_next.mistake("of_orders", what="orders")
of_next.also("of_orders", {"what": "orders", "column": "per_euro"})
of_next.mistake("elsewhere", lambda c: of_next(c, what="told"), tolerance=0.03)
of_next.also("elsewhere", {"what": "told", "column": "per_euro"})
of_next.mistake("ends", lambda c: of_next(c, column="marginal_high"), tolerance=0.03)
of_next.also("ends", *({"column": name} for name in ("marginal_low", "low", "high")))
of_next.mistake("one_euro", lambda c: of_next(c) / EUROS, tolerance=0.0005)
of_next.also("one_euro")(lambda c: [of_next(c, column="per_euro") / EUROS, of_next(c) / 6])
of_next.mistake("cost", lambda c: EUROS / of_next(c))
of_next.also("cost")(lambda c: [EUROS**2 / of_next(c)])
of_next.mistake("weeks", lambda c: EUROS * float(by_weeks(c)[given(c)["channel"]]))


@of_next.mistake("test")
def _by_its_test(company: Company) -> float:
    found = geo_test(company.ad_spend, new_customers(company)).set_index("channel")["per_euro"]
    return EUROS * float(found.get(given(company)["channel"], -0.01))


@of_next.also("test")
def _ends_of_its_test(company: Company) -> list[float]:
    found = geo_test(company.ad_spend, new_customers(company)).set_index("channel")
    rows = found[found.index == given(company)["channel"]]
    return [EUROS * float(end) for end in rows[["low", "high"]].to_numpy().ravel()]


@of_next.mistake("whole_step")
def _whole_step(company: Company) -> float:
    """All of it on top of the budget of a year."""
    found, now = model(company), model(company).today
    more = now + (now.index == given(company)["channel"]) * EUROS / 52
    return 52 * float((found.brings(more) - found.brings(now)).mean())


@of_next.mistake("other_channel")
def _other_channel(company: Company) -> float:
    others = EUROS * _returns(company)["marginal"].drop(given(company)["channel"])
    return float(max(others, key=lambda value: abs(value - of_next(company))))


@of_next.also("other_channel")
def _other_channels(company: Company) -> list[float]:
    return list(EUROS * _returns(company)["marginal"].drop(given(company)["channel"]))


@sheet.decision(
    best=lambda company: of_supports(by_net_reach(company, SUPPORTS)),
    choices=lambda company: (prices(company), MONEY),
    reads=campaign_of,
    amiss=not_yet_met,
    alike=lambda plan, other: bool(plan.equals(other)),
    guesses=campaigns,
    good_enough=0.97,
)
def campaign(company: Company, plan: pd.Series[float]) -> float:
    """Margin of all in the target group whom the campaign truly meets, less its price."""
    adults = company.truth.media_audience.query("target").drop_duplicates(["age", "use"])
    people = float(adults["persons"].sum()) * true_reach(company, numbers_of(plan))
    return WORTH * people - paid(company, numbers_of(plan))


campaign.mistake("cheapest", lambda c: campaigns(c)["cheapest"])
campaign.mistake("thirds", lambda c: campaigns(c)["thirds"])
campaign.mistake("as_often", lambda c: campaigns(c)["as_often"])
campaign.mistake("only_one", lambda c: campaigns(c)[f"only_{SUPPORTS[0]}"])
campaign.also("only_one")(lambda c: [campaigns(c)[f"only_{name}"] for name in SUPPORTS[1:]])


@campaign.also("as_often")
def _nearly_as_often(company: Company) -> list[pd.Series[float]]:
    return [fitted(dict.fromkeys(SUPPORTS, number), company) for number in (4, 5)]


@sheet.decision(
    best=best_budget,
    choices=lambda company: (CHANNELS, float(today().sum())),
    reads=budget_of,
    alike=near,
    amiss=next_euro,
    good_enough=0.95,
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
