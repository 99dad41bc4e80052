"""The questions of lesson 44: last click, a half-life, a calibration factor, a list, a budget."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import attribution
from mktlab.course.checking.compare import difference, pairs
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.sheet import Sheet
from mktlab.geo_test import geo_test
from mktlab.orders import purchases
from mktlab.plan import LEVERS, Plan
from mktlab.plan.mix import CHANNELS
from mktlab.show.words import say

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
MOST = 5_000.0


def _drawn(company: Company, most: int) -> int:
    return int(np.random.default_rng(len(company.orders)).integers(most))


def credit(company: Company, **how: Any) -> pd.Series[float]:
    table = attribution.attribute(attribution.paths(company), **how)
    return table.set_index("channel")["credit"]


def _paid(company: Company) -> list[str]:
    """The paid channels that last click credits, brand search, the lesson's own, left out."""
    known = credit(company).index
    return [name for name in CHANNELS if name in known and name != "search_brand"]


def _tests(company: Company) -> pd.DataFrame:
    """The tests of budgets, in orders for a euro."""
    people = company.customers[["customer_id", "zone"]]
    known = purchases(company.orders).merge(people, on="customer_id")
    week = known["order_date"].dt.to_period("W").dt.start_time
    sales = known.assign(week=week).groupby(["week", "zone"]).size()
    return geo_test(company.ad_spend, sales.astype(float)).set_index("channel")


def _lists(company: Company, weeks: int = QUARTER) -> pd.DataFrame:
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
    tests = _tests(company)
    tests = tests[tests.index.isin(_paid(company))]  # chance tests some channels, and not others
    return {
        "channel": MOVED[_drawn(company, len(MOVED))],
        "half_life": HALF_LIVES[_drawn(company, len(HALF_LIVES))],
        "model": FACTOR_OF[_drawn(company, len(FACTOR_OF))],
        "tested": str((tests["per_euro"] / tests["error"]).idxmax()),
        "audience": str(_lists(company)["added"].idxmax()),
        "returns": returns(company),
        "budget": float(today().sum()),
    }


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
    contacts = attribution.paths(company).query("conversions == 1")["channel"]
    return float((contacts == given(company)["channel"]).mean())


@last_click.mistake("all_paths")
def _of_all_contacts(company: Company) -> float:
    return float((attribution.paths(company)["channel"] == given(company)["channel"]).mean())


@last_click.also("all_paths")
def _of_all_paths(company: Company) -> list[float]:
    ends = attribution.paths(company).drop_duplicates("path_id", keep="last")
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
    rows = attribution.paths(company).query("conversions == 1")
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
    rows = attribution.paths(company)
    return float(rows.loc[rows["channel"] == given(company)["channel"], "conversions"].mean())


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


@by_decay.also("another_half_life")
def _other_half_lives(company: Company) -> list[float]:
    asked = given(company)["half_life"]
    others = (asked / 2, 1 / asked, 7 * asked, asked / 7, 14.0, 30.0)
    return [float(by_decay(company, half_life=days)) for days in others if days != asked]


@by_decay.mistake("turned")
def _far_ones_first(company: Company) -> float:
    rows = _nearness(company)
    part = (1 / rows["near"]) / (1 / rows["near"]).groupby(rows["path_id"]).transform("sum")
    return float(part[rows["channel"] == given(company)["channel"]].sum())


by_decay.mistake("other_model", model="linear")
by_decay.also("other_model", *({"model": name} for name in ("first", "position", "markov")))


def _nearness(company: Company) -> pd.DataFrame:
    rows = attribution.paths(company).query("conversions == 1")
    return rows.assign(near=0.5 ** (rows["days_before"] / given(company)["half_life"]))


@by_decay.mistake("not_shared_out")
def _not_shared_out(company: Company) -> float:
    rows = _nearness(company)
    return float(rows.loc[rows["channel"] == given(company)["channel"], "near"].sum())


@by_decay.mistake("share")
def _share_of_orders(company: Company) -> float:
    return float(by_decay(company)) / float(credit(company).sum())


@by_decay.mistake("e_folding")
def _e_folding(company: Company) -> float:
    """Decay by e instead of by half."""
    return float(by_decay(company, half_life=given(company)["half_life"] * np.log(2)))


def _credited(
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


@sheet.number(tolerance=0.005)
def calibration(
    company: Company, end: str = "per_euro", turned: bool = False, **credited: Any
) -> float:
    found = float(_tests(company).loc[given(company)["tested"], end])
    factor = found / _credited(company, **credited)
    return 1 / factor if turned else factor


calibration.mistake("turned", turned=True)
calibration.mistake("all_weeks", weeks=1000)
calibration.also("all_weeks", {"weeks": 52})
calibration.mistake("all_channels", all_channels=True)
calibration.mistake("other_model", model="last")
calibration.also("other_model", {"model": "first"})
calibration.mistake("end", end="high")
calibration.also("end", {"end": "low"}, {"end": "lost"})


def _kept(company: Company) -> float:
    known = purchases(company.orders)
    return float((known["revenue"] - known["refunded"]).mean())


@calibration.mistake("euros_over_orders")
def _euros_over_orders(company: Company) -> float:
    return float(calibration(company)) * _kept(company)


@calibration.also("euros_over_orders")
def _orders_over_euros(company: Company) -> list[float]:
    return [float(calibration(company)) / _kept(company)]


@calibration.mistake("not_divided")
def _in_euros(company: Company) -> float:
    return float(_tests(company).loc[given(company)["tested"], "per_euro"]) * _kept(company)


@calibration.also("not_divided")
def _in_orders(company: Company) -> list[float]:
    asked = given(company)["tested"]
    found = float(_tests(company).loc[asked, "per_euro"])
    credited = _credited(company)
    return [
        found,
        credited,
        credited * _kept(company),
        float(credit(company, model=given(company)["model"])[asked]),
    ]


@sheet.number(tolerance=0.005)
def per_added_order(company: Company, over: str = "added", weeks: int = QUARTER) -> float:
    row = _lists(company, weeks).loc[given(company)["audience"]]
    return float(row["cost"] / row[over])


per_added_order.mistake("all_orders", over="shown")
per_added_order.mistake("held_out_orders", over="left_out")
per_added_order.mistake("all_weeks", weeks=1000)


@per_added_order.also("all_orders")
def _both_groups(company: Company) -> list[float]:
    row = _lists(company).loc[given(company)["audience"]]
    return [float(row["cost"] / (row["shown"] + row["left_out"]))]


@per_added_order.mistake("whole_cost")
def _whole_cost(company: Company) -> float:
    return float(_lists(company).loc[given(company)["audience"], "cost"])


@per_added_order.mistake("not_scaled")
def _groups_not_alike(company: Company) -> float:
    row = _lists(company).loc[given(company)["audience"]]
    return float(row["cost"] / (row["shown"] - row["left_out"]))


@per_added_order.also("not_scaled")
def _scaled_the_other_way(company: Company) -> list[float]:
    row = _lists(company).loc[given(company)["audience"]]
    scale = (row["shown"] - row["added"]) / row["left_out"]
    return [float(row["cost"] / (row["shown"] - row["left_out"] / scale))]


@per_added_order.mistake("turned")
def _orders_for_a_euro(company: Company) -> float:
    return 1 / float(per_added_order(company))


@per_added_order.also("turned")
def _orders_for_a_thousand(company: Company) -> list[float]:
    row = _lists(company).loc[given(company)["audience"]]
    return [1000 / float(per_added_order(company)), float(row["added"])]


@per_added_order.mistake("another_list")
def _another_list(company: Company) -> float:
    rows = _lists(company).drop(index=given(company)["audience"])
    best = rows["added"].idxmax()
    return float(rows.loc[best, "cost"] / rows.loc[best, "added"])


@per_added_order.mistake("all_lists")
def _all_lists(company: Company) -> float:
    rows = _lists(company)
    return float(rows["cost"].sum() / rows["added"].sum())


def _budget(answer: Any, choices: tuple[tuple[str, ...], float]) -> pd.Series[float]:
    """A budget: euros a week for each channel, today's total in all."""
    names, most = choices
    answer = pd.Series(answer, dtype=object) if type(answer) is dict else answer
    index = pd.Index(names, name="channel")
    places = pd.Series(np.arange(float(len(names))), index, name="euros")
    found = pairs(answer, places)
    if not found:
        asked = say("Give the euros a week for each channel.")
        raise Unreadable(difference(answer, places) or asked)
    (pair,) = found.values()
    euros = pair.mine[np.argsort(pair.theirs)]
    budget = pd.Series(euros, index, name="euros", dtype=float)
    total = float(budget.sum())
    if not np.isfinite(budget).all() or (budget < 0).any():
        raise Unreadable(say("A channel has a budget below 0, or none: give 0 or more euros."))
    if total <= 1.5:
        raise Unreadable(
            say("Your budget adds up to {sum}: give euros a week, not shares.", sum=round(total, 2))
        )
    if 98 < total < 102:
        raise Unreadable(say("Your budget adds up to 100: give euros a week, not percents."))
    if abs(total - most) > 0.01 * most:
        raise Unreadable(
            say(
                "Your budget adds up to {total:count} euros a week: share out all {most:count}.",
                total=total,
                most=most,
            )
        )
    return budget


def _near(budget: pd.Series[float], other: pd.Series[float]) -> bool:
    """Budgets of which at most 4% lie elsewhere."""
    return float((budget - other).abs().sum()) <= 0.08 * float(other.sum())


def _shared(part: pd.Series[float]) -> pd.Series[float]:
    """Today's euros, shared out in this proportion."""
    part = part.reindex(today().index).fillna(0.0)
    return (today().sum() * part / part.sum()).rename("euros")


def _best(company: Company) -> pd.Series[float]:
    """Each ten euros go where, by the tests, they bring most."""
    table = returns(company)
    now, per_euro = table["today"], table["per_euro"]
    euros = 0.0 * now

    def brings(spent: pd.Series[float]) -> pd.Series[float]:
        return per_euro * now * 2 * spent / (spent + now)

    for _ in range(round(now.sum() / STEP)):
        euros.iloc[int((brings(euros + STEP) - brings(euros)).to_numpy().argmax())] += STEP
    return euros.rename("euros")


@lru_cache(maxsize=256)
def _played(seed: int, people: int, euros: tuple[float, ...]) -> float:
    from mktlab import market

    promotion = dict(zip(CHANNELS, euros, strict=True))
    plan = Plan.baseline().but(budget=1_000_000, promotion=promotion)
    books = market.start(plan, seed=seed, people=people).advance(52).pnl()
    return float(books.set_index("account")["expected_difference"]["profit"])


def _by_return(company: Company) -> pd.Series[float]:
    return _shared(returns(company)["per_euro"])


def _all_on_one(company: Company) -> pd.Series[float]:
    per_euro = returns(company)["per_euro"]
    return _shared((per_euro == per_euro.max()).astype(float))


def _guesses(company: Company) -> dict[str, pd.Series[float]]:
    """Budgets that need no look at what the next euro brings."""
    now, best = today(), returns(company)["per_euro"].nlargest(3).index
    made = {model: _shared(credit(company, model=model)) for model in attribution.MODELS}
    made["brand_to_radio"] = _moved(radio=1.0)
    made["best_three"] = _shared(pd.Series(1.0, best))
    made["best_three_as_today"] = _shared(now[best])
    made["round"] = pd.Series([0.0, 300, 300, 100, 330, 300], now.index)
    made["round_thirds"] = pd.Series([0.0, 300, 300, 0, 430, 300], now.index)
    made["double_the_best"] = pd.Series([0.0, 280, 330, 180, 360, 180], now.index)
    made["round_by_rank"] = pd.Series([50.0, 250, 250, 100, 380, 300], now.index)
    return made


@sheet.decision(
    best=_best,
    choices=lambda company: (CHANNELS, float(today().sum())),
    reads=_budget,
    alike=_near,
    good_enough=0.95,
    guesses=_guesses,
)
def next_budget(company: Company, budget: pd.Series[float]) -> float:
    """What a year with this budget earns, more than one with today's."""
    known = company.truth.parameters
    euros = tuple(float(round(value, 2)) for value in budget.reindex(list(CHANNELS)))
    return _played(known["seed"], known["people"], euros)


@next_budget.mistake("last_click")
def _by_last_click(company: Company) -> pd.Series[float]:
    return _shared(credit(company))


@next_budget.mistake("other_models")
def _by_markov(company: Company) -> pd.Series[float]:
    return _shared(credit(company, model="markov"))


@next_budget.also("other_models")
def _by_models(company: Company) -> list[pd.Series[float]]:
    return [_shared(credit(company, model=name)) for name in ("first", "linear", "position")]


next_budget.mistake("as_today", lambda company: today())
next_budget.mistake("equal", lambda company: _shared(pd.Series(1.0, list(CHANNELS))))
next_budget.mistake("by_return", _by_return)
next_budget.mistake("all_on_one", _all_on_one)


@next_budget.also("all_on_one")
def _all_on_others(company: Company) -> list[pd.Series[float]]:
    return [_shared(pd.Series({name: 1.0})) for name in CHANNELS]


@next_budget.mistake("worst_to_best")
def _worst_to_best(company: Company) -> pd.Series[float]:
    """The euros of the two worst channels go to the best."""
    ranked = returns(company)["per_euro"].sort_values().index
    euros = today()
    euros[ranked[-1]] += euros[ranked[:2]].sum()
    euros[ranked[:2]] = 0.0
    return euros


def _moved(**to: float) -> pd.Series[float]:
    """Today's budget, but what brand search has goes elsewhere."""
    euros = today()
    spare = float(euros["search_brand"])
    euros["search_brand"] = 0.0
    for name, part in to.items():
        euros[name] += part * spare
    return euros


@next_budget.mistake("brand_alone")
def _brand_to_radio(company: Company) -> pd.Series[float]:
    return _moved(radio=1.0)


@next_budget.also("brand_alone")
def _brand_to_others(company: Company) -> list[pd.Series[float]]:
    return [_moved(affiliates=1.0), _moved(radio=0.5, affiliates=0.5)]
