"""The questions of lesson 44: last click, a half-life, a calibration factor, a list, a budget."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import attribution
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions import given_wrong_44 as wrong
from mktlab.course.questions.budget_44 import (
    all_on_one,
    best,
    budget_of,
    by_return,
    by_returns_of_next,
    guesses,
    moved,
    near,
    played,
    shared,
)
from mktlab.course.questions.given_44 import (
    QUARTER,
    STEP,
    credit,
    given,
    kept,
    lists,
    nearness,
    orders_for_a_euro,
    paths,
    returns,
    tests,
    today,
)
from mktlab.plan.mix import CHANNELS

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("44_attribution", given=given, step=STEP, quarter=QUARTER)


@sheet.share(digits=3)
def last_click(company: Company, model: attribution.Model = "last") -> float:
    found = credit(company, model=model)
    return float(found[given(company)["channel"]] / found.sum())


last_click.mistake("first", model="first")
last_click.mistake("spread", model="linear")
last_click.also("spread", *({"model": model} for model in ("position", "decay", "markov")))


@last_click.mistake("contacts")
def _of_contacts(company: Company) -> float:
    contacts = paths(company).query("conversions == 1")["channel"]
    return float((contacts == given(company)["channel"]).mean())


@last_click.mistake("all_paths")
def _of_all_contacts(company: Company) -> float:
    return float((paths(company)["channel"] == given(company)["channel"]).mean())


@last_click.also("all_paths")
def _of_all_paths(company: Company) -> list[float]:
    ends = paths(company).drop_duplicates("path_id", keep="last")
    asked = ends["channel"] == given(company)["channel"]
    weighted = ends.loc[asked, "weight"].sum() / ends["weight"].sum()
    return [float(asked.mean()), float(weighted)]


@last_click.mistake("of_paid")
def _of_paid(company: Company) -> float:
    found = credit(company)
    paid = found[found.index.isin(CHANNELS)]
    return float(paid[given(company)["channel"]] / paid.sum())


@last_click.mistake("any_contact")
def _on_the_path(company: Company) -> float:
    rows = paths(company).query("conversions == 1")
    return float(
        (rows["channel"] == given(company)["channel"]).groupby(rows["path_id"]).any().mean()
    )


@last_click.mistake("other_orders")
def _of_web_orders(company: Company) -> float:
    orders = int((company.orders["outlet"] == "web").sum())
    return float(credit(company)[given(company)["channel"]]) / orders


@last_click.also("other_orders")
def _of_other_counts(company: Company) -> list[float]:
    mine = float(credit(company)[given(company)["channel"]])
    return [mine / company.touchpoints["visitor_id"].nunique(), mine / len(company.orders)]


@last_click.mistake("converts")
def _converts(company: Company) -> float:
    rows = paths(company)
    return float(rows.loc[rows["channel"] == given(company)["channel"], "conversions"].mean())


@last_click.mistake("other_channel")
def _farthest_channel(company: Company) -> float:
    return wrong.farthest(wrong.last_clicks(company)["other_channel"], last_click(company))


last_click.mistake("no_orders", lambda company: wrong.last_clicks(company)["no_orders"][0])
last_click.leads(wrong.last_clicks, "spread", "all_paths", "converts", "other_channel", "no_orders")


@sheet.number(tolerance=0.5)
def by_decay(
    company: Company, model: attribution.Model = "decay", half_life: float | None = None
) -> float:
    asked = given(company)
    found = credit(company, model=model, half_life=half_life or asked["half_life"])
    return float(found[asked["channel"]])


by_decay.mistake("lessons_half_life", half_life=7.0)
by_decay.mistake("last", model="last")


@by_decay.mistake("another_half_life")
def _twice_the_half_life(company: Company) -> float:
    return float(by_decay(company, half_life=2 * given(company)["half_life"]))


@by_decay.mistake("turned")
def _far_ones_first(company: Company) -> float:
    rows = nearness(company)
    part = (1 / rows["near"]) / (1 / rows["near"]).groupby(rows["path_id"]).transform("sum")
    return float(part[rows["channel"] == given(company)["channel"]].sum())


by_decay.mistake("other_model", model="linear")
by_decay.also("other_model", *({"model": name} for name in ("first", "position", "markov")))


@by_decay.mistake("not_shared_out")
def _not_shared_out(company: Company) -> float:
    rows = nearness(company)
    return float(rows.loc[rows["channel"] == given(company)["channel"], "near"].sum())


@by_decay.mistake("share")
def _share_of_orders(company: Company) -> float:
    return float(by_decay(company)) / float(credit(company).sum())


@by_decay.mistake("e_folding")
def _e_folding(company: Company) -> float:
    """Decay by e instead of by half."""
    return float(by_decay(company, half_life=given(company)["half_life"] * np.log(2)))


@by_decay.mistake("other_channel")
def _farthest_credit(company: Company) -> float:
    return wrong.farthest(wrong.decays(company)["other_channel"], by_decay(company))


for kind in ("by_place", "counted"):
    by_decay.mistake(kind, partial(wrong.first_of, wrong.decays, kind))
by_decay.leads(wrong.decays, "another_half_life", "other_channel", "by_place", "counted", "share")
by_decay.leads(wrong.decays, "turned", "e_folding")


@sheet.number(tolerance=0.005)
def calibration(
    company: Company, end: str = "per_euro", turned: bool = False, **credited: Any
) -> float:
    found = float(tests(company).loc[given(company)["tested"], end])
    factor = found / orders_for_a_euro(company, **credited)
    return 1 / factor if turned else factor


calibration.mistake("turned", turned=True)
calibration.mistake("all_weeks", weeks=1000)
calibration.also("all_weeks", *({"weeks": weeks} for weeks in (52, 26, 13)))
calibration.mistake("all_channels", all_channels=True)
calibration.also("all_channels", {"all_channels": True, "weeks": 1000})
calibration.mistake("other_model", model="last")
calibration.also(
    "other_model", *({"model": name} for name in attribution.MODELS[:-1])
)  # all but Shapley
calibration.mistake("end", end="high")
calibration.also("end", {"end": "low"}, {"end": "lost"}, {"end": "error"})


@calibration.mistake("euros_over_orders")
def _euros_over_orders(company: Company) -> float:
    return float(calibration(company)) * kept(company)


@calibration.mistake("not_divided", tolerance=0.0005)
def _in_euros(company: Company) -> float:
    return float(tests(company).loc[given(company)["tested"], "per_euro"]) * kept(company)


for kind in ("other_sales", "compared", "claimed"):
    calibration.mistake(kind, partial(wrong.first_of, wrong.factors, kind), tolerance=0.0005)
calibration.leads(wrong.factors, "all_channels", "euros_over_orders", "not_divided", "other_sales")
calibration.leads(wrong.factors, "compared", "claimed")


@sheet.number(tolerance=0.005)
def per_added_order(company: Company, over: str = "added", weeks: int = QUARTER) -> float:
    row = lists(company, weeks).loc[given(company)["audience"]]
    return float(row["cost"] / row[over])


per_added_order.mistake("all_orders", over="shown")
per_added_order.mistake("held_out_orders", over="left_out")
per_added_order.mistake("all_weeks", weeks=1000)


@per_added_order.mistake("whole_cost")
def _whole_cost(company: Company) -> float:
    return float(lists(company).loc[given(company)["audience"], "cost"])


@per_added_order.mistake("not_scaled")
def _groups_not_alike(company: Company) -> float:
    row = lists(company).loc[given(company)["audience"]]
    return float(row["cost"] / (row["shown"] - row["left_out"]))


@per_added_order.mistake("turned")
def _orders_for_a_euro(company: Company) -> float:
    return 1 / float(per_added_order(company))


@per_added_order.mistake("another_list")
def _another_list(company: Company) -> float:
    rows = lists(company).drop(index=given(company)["audience"])
    best = rows["added"].idxmax()
    return float(rows.loc[best, "cost"] / rows.loc[best, "added"])


@per_added_order.mistake("all_lists")
def _all_lists(company: Company) -> float:
    rows = lists(company)
    return float(rows["cost"].sum() / rows["added"].sum())


for kind in ("revenue", "rates", "by_week"):
    per_added_order.mistake(kind, partial(wrong.first_of, wrong.costs, kind), tolerance=0.0005)
per_added_order.also("all_weeks", *({"weeks": weeks} for weeks in (4, 12, 14, 26, 52)))
per_added_order.leads(wrong.costs, "all_orders", "not_scaled", "turned", "whole_cost", "revenue")
per_added_order.leads(wrong.costs, "rates", "by_week", "another_list", "all_lists")


@sheet.decision(
    best=best,
    choices=lambda company: (CHANNELS, float(today().sum())),
    reads=budget_of,
    alike=near,
    amiss=by_returns_of_next,
    good_enough=0.95,
    guesses=guesses,
)
def next_budget(company: Company, budget: pd.Series[float]) -> float:
    """What a year with this budget earns, more than one with today's."""
    known = company.truth.parameters
    euros = tuple(float(round(value, 2)) for value in budget.reindex(list(CHANNELS)))
    return played(known["seed"], known["people"], euros)


@next_budget.mistake("last_click")
def _by_last_click(company: Company) -> pd.Series[float]:
    return shared(credit(company))


@next_budget.mistake("other_models")
def _by_markov(company: Company) -> pd.Series[float]:
    return shared(credit(company, model="markov"))


@next_budget.also("other_models")
def _by_models(company: Company) -> list[pd.Series[float]]:
    found = [credit(company, model=name) for name in ("first", "linear", "position")]
    seen = company.ad_spend.groupby("channel")[["clicks", "claimed_conversions"]].sum()
    return [shared(part) for part in (*found, seen["clicks"], seen["claimed_conversions"])]


next_budget.mistake("as_today", lambda company: today())
next_budget.mistake("equal", lambda company: shared(pd.Series(1.0, list(CHANNELS))))
next_budget.mistake("by_return", by_return)
next_budget.mistake("all_on_one", all_on_one)


@next_budget.also("all_on_one")
def _all_on_others(company: Company) -> list[pd.Series[float]]:
    return [shared(pd.Series({name: 1.0})) for name in CHANNELS]


@next_budget.mistake("worst_to_best")
def _worst_to_best(company: Company) -> pd.Series[float]:
    """The euros of the two worst channels go to the best."""
    ranked = returns(company)["per_euro"].sort_values().index
    euros = today()
    euros[ranked[-1]] += euros[ranked[:2]].sum()
    euros[ranked[:2]] = 0.0
    return euros


@next_budget.mistake("brand_alone")
def _brand_to_radio(company: Company) -> pd.Series[float]:
    return moved(radio=1.0)


@next_budget.also("brand_alone")
def _brand_to_others(company: Company) -> list[pd.Series[float]]:
    return [moved(affiliates=1.0), moved(radio=0.5, affiliates=0.5)]
