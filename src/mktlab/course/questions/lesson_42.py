"""The questions of lesson 42: visits, the mix, a source, the shelf, which projects pay."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.journeys import STEPS, funnel
from mktlab.orders import purchases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mktlab.company import Company

MARGIN_RATE, TOP = 0.55, 8
DEVICES = ("desktop", "mobile")
TRUE_STEPS = ["views", "adds_to_cart", "begins_checkout", "purchases"]
PAYS, BARELY_NOT, NOT = 0.72, 1.19, 1.38  # cost of a project over what it brings


def visits(company: Company, rule: str = "visitor", days: int = 14) -> pd.DataFrame:
    """The visits that are left after a rule against robots, with their quarter of the log."""
    table = company.sessions
    day = table["started_at"].dt.tz_localize(None).dt.normalize()
    table = table.assign(quarter=1 + (day - day.min()).dt.days // days)
    pages = table.groupby("visitor_id")["pages"]
    outs = {
        "visitor": (pages.transform("size") >= 10) & (pages.transform("max") == 1),
        "one_page": table["pages"] == 1,
        "night": table["started_at"].dt.hour.between(1, 3),
        "none": pd.Series(data=False, index=table.index),
    }
    left: pd.DataFrame = table[~outs[rule]]
    return left


def _held(company: Company) -> float:
    return company.samples["sessions"]


def _rng(company: Company) -> np.random.Generator:
    return np.random.default_rng(len(company.orders))


def source(company: Company) -> str:
    """One of the three sources of which most visits with a purchase are known."""
    bought = visits(company).query("purchased and channel != 'unknown'")
    return str(bought["channel"].value_counts().index[int(_rng(company).integers(3))])


def margin(company: Company) -> float:
    """What the web shop earned in a year, in full thousands."""
    year = purchases(company.orders).query("outlet == 'web'")
    year = year[year["order_date"] >= company.today - pd.Timedelta(weeks=52)]
    return round(float(MARGIN_RATE * (year["revenue"] - year["refunded"]).sum()), -3)


def true_rates(company: Company) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Of the last two weeks, by device: each step's rate, and the share of all purchases."""
    truth = company.truth.sessions.query("device != 'all'")
    truth = truth[truth["week"] >= truth["week"].max() - pd.Timedelta(weeks=1)]
    rates = truth.groupby("device")[TRUE_STEPS].mean().set_axis(STEPS, axis=1)
    bought = (truth["visits"] * truth["conversion"]).groupby(truth["device"]).sum()
    return rates, bought / bought.sum()


def projects(company: Company) -> pd.DataFrame:
    """A project for each device and step: points more, and its cost a year.

    Four pay: neither a device nor a step tells which, and no list that needs no rates. Robots make
    the first step of the desktop look like one of them.
    """
    rng, year, (rates, part) = _rng(company), margin(company), true_rates(company)
    for _ in range(200):
        offered = _offer(rng, year, rates, part)
        earned = _earned(offered, year, rates, part)
        most = earned(set(offered.loc[offered["pays"], "project"]))
        if all(earned(some) < 0.8 * most for some in _simple_lists(offered).values()):
            break
    return offered.drop(columns="pays")


def _offer(
    rng: np.random.Generator, year: float, rates: pd.DataFrame, part: pd.Series[float]
) -> pd.DataFrame:
    """One draw: two projects pay on each device, and what one costs does not tell which."""
    rows: list[tuple[Any, ...]] = []
    rate = rates.T.to_dict()
    for name, not_paying in zip(DEVICES, (BARELY_NOT, NOT), strict=True):
        steps = STEPS[1:] if name == "desktop" else STEPS
        paying = {steps[place] for place in rng.permutation(len(steps))[:2]}
        for step in STEPS:
            per_point = year * part[name] * 0.01 / rate[name][step]
            first = name == "desktop" and step == STEPS[0]
            over = PAYS if step in paying else NOT if first else not_paying
            points = max(round(float(rng.uniform(1_200, 2_000)) / over / per_point, 2), 0.05)
            cost = int(round(over * per_point * points, -1))
            rows.append((f"P{len(rows) + 1}", name, step, points, cost, step in paying))
    return pd.DataFrame(rows, columns=["project", "device", "step", "points", "cost", "pays"])


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    made = {"source": source, "margin": margin, "projects": projects}
    return {name: make(company) for name, make in made.items()}


sheet = Sheet("42_funnel", given=given)


@sheet.number(tolerance=5)
def visits_of_people(company: Company, rule: str = "visitor", scaled: bool = True) -> float:
    return len(visits(company, rule)) / (_held(company) if scaled else 1)


visits_of_people.mistake("robots", rule="none")
visits_of_people.mistake("not_scaled", scaled=False)
visits_of_people.also("not_scaled", {"rule": "none", "scaled": False})
visits_of_people.mistake("other_rule", rule="one_page")
visits_of_people.also("other_rule", {"rule": "night"})
visits_of_people.also("not_scaled")(lambda c: [len(visits(c)) * _held(c)])
visits_of_people.mistake("visitors", lambda c: visits(c)["visitor_id"].nunique() / _held(c))
visits_of_people.also("visitors")(lambda c: [visits(c)["visitor_id"].nunique()])
visits_of_people.mistake("pages", lambda c: visits(c)["pages"].sum() / _held(c))
visits_of_people.mistake("robots_alone", lambda c: (len(c.sessions) - len(visits(c))) / _held(c))


@sheet.number(tolerance=0.005)
def mix_effect(
    company: Company,
    rule: str = "visitor",
    column: str = "added_to_cart",
    weights: tuple[float, float] = (0.5, 0.5),
    of: str = "mix",
    last: int = 4,
    days: int = 14,
) -> float:
    rows = visits(company, rule, days)
    (w0, r0), (w1, r1) = (
        (
            rows.loc[rows["quarter"] == q, "device"].value_counts(normalize=True),
            rows[rows["quarter"] == q].groupby("device")[column].mean(),
        )
        for q in (1, last)
    )
    mix = (w1 - w0) * (weights[0] * r0 + weights[1] * r1)
    rate = (r1 - r0) * (weights[1] * w0 + weights[0] * w1)
    found = {"mix": mix, "rate": rate, "total": mix + rate}
    return 100 * float(found[of].sum())


mix_effect.mistake("rate_effect", of="rate")
mix_effect.mistake("total", of="total")
mix_effect.mistake("robots_in", rule="none")
mix_effect.mistake("other_step", column="purchased")
mix_effect.also("other_step", {"column": "viewed_product"}, {"column": "began_checkout"})
mix_effect.mistake("one_period", weights=(1.0, 0.0))
mix_effect.also("one_period", {"weights": (0.0, 1.0)}, {"weights": (1.0, 1.0)})
mix_effect.mistake("other_period", last=2)
mix_effect.also("other_period", {"last": 3}, {"days": 28, "last": 2}, {"days": 7, "last": 8})


def by_source(company: Company, bought: bool = True) -> pd.Series[float]:
    """Visits in the sample that bought, or all, by source: the known ones weighed back."""
    people, keys = visits(company), ["device", "purchased"]
    known = people[people["channel"] != "unknown"]
    weight = people.groupby(keys).size() / known.groupby(keys).size()
    weighed = known.join(weight.rename("weight"), on=keys)
    kept = weighed[weighed["purchased"]] if bought else weighed
    return kept.groupby("channel")["weight"].sum()


@sheet.number(tolerance=0.5)
def orders_of_source(company: Company) -> float:
    return float(by_source(company)[source(company)] / _held(company))


def _known(company: Company, bought: bool = True) -> float:
    rows = visits(company)
    mine = rows[rows["channel"] == source(company)]
    return float((mine["purchased"].sum() if bought else len(mine)) / _held(company))


def _told(company: Company, rule: str) -> float:
    return float((visits(company, rule)["channel"] != "unknown").mean())


def _to_orders(company: Company) -> list[float]:
    """As if the sources added up to the orders of the shop: paid, or purchases."""
    web, found = company.orders.query("outlet == 'web'"), by_source(company)
    web = web[web["order_date"] >= company.today - pd.Timedelta(weeks=8)]
    return [float(found[source(company)] / found.sum() * len(o)) for o in (purchases(web), web)]


orders_of_source.mistake("known_alone", _known)
orders_of_source.also("known_alone")(lambda c: [_known(c) * _held(c)])
orders_of_source.mistake("sample_alone", lambda c: float(orders_of_source(c)) * _held(c))
orders_of_source.also("sample_alone")(lambda c: [float(orders_of_source(c)) * _held(c) ** 2])
orders_of_source.mistake("by_visits", lambda c: _known(c) / _told(c, "visitor"))
orders_of_source.also("by_visits")(lambda c: [_known(c) / x for x in (_told(c, "none"), 0.7)])
orders_of_source.mistake(
    "all_unknown",
    lambda c: _known(c) + visits(c).query("channel == 'unknown'")["purchased"].sum() / _held(c),
)
orders_of_source.mistake("visits", lambda c: _known(c, bought=False))
orders_of_source.also("visits")(lambda c: [by_source(c, bought=False)[source(c)] / _held(c)])
orders_of_source.mistake("to_orders", lambda c: _to_orders(c)[0])
orders_of_source.also("to_orders")(lambda c: _to_orders(c)[1:])


@sheet.ids()
def wanted(
    company: Company,
    drawn: tuple[bool, ...] = (True,),
    top: str = "cart_adds",
    bottom: str | None = "views",
) -> set[str]:
    shown = company.listings[company.listings["order_drawn"].isin(drawn)]
    sums = shown.groupby("product_id")[["cart_adds", "clicks", "views"]].sum()
    value = sums[top] / sums[bottom] if bottom else sums[top]
    return set(value.nlargest(TOP).index)


@wanted.mistake("usual_days")
def _usual_days(company: Company) -> set[str]:
    """As on usual days; where these lead to the right list, the places themselves."""
    found: set[str] = wanted(company, drawn=(False,))
    return found if found != wanted(company) else _on_top(company)


@wanted.also("usual_days")
def _all_days(company: Company) -> list[set[str]]:
    lists = [wanted(company, drawn=(True, False), bottom=b) for b in ("views", None)]
    lists.append(wanted(company, drawn=(False,), top="clicks"))
    return [found for found in lists if found != wanted(company)]


wanted.mistake("per_click", bottom="clicks")
wanted.also("per_click", {"bottom": "clicks", "drawn": (False,)})


@wanted.mistake("on_top")
def _on_top(company: Company) -> set[str]:
    usual = company.listings[~company.listings["order_drawn"]]
    return set(usual.groupby("product_id")["position"].mean().nsmallest(TOP).index)


def _earned(
    offered: pd.DataFrame, year: float, rates: pd.DataFrame, part: pd.Series[float]
) -> Callable[[Iterable[str]], float]:
    """What lists of projects add to a year's margin, less their cost, at these rates and shares."""
    rows, rate, shares = offered.set_index("project").T.to_dict(), rates.T.to_dict(), part.to_dict()

    def earned(chosen: Iterable[str]) -> float:
        factors, cost = dict.fromkeys(shares, 1.0), 0.0
        for row in (rows[name] for name in chosen):
            factors[row["device"]] *= 1 + row["points"] / 100 / rate[row["device"]][row["step"]]
            cost += row["cost"]
        return float(year * sum(shares[d] * (factors[d] - 1) for d in shares) - cost)

    return earned


def _best_of(company: Company, rates: pd.DataFrame, part: pd.Series[float]) -> set[str]:
    """What pays at these rates and shares."""
    offered = projects(company)
    earned = _earned(offered, margin(company), rates, part)
    lists = (combinations(offered["project"], n) for n in range(len(offered) + 1))
    return set(max(chain.from_iterable(lists), key=earned))


def _simple_lists(offered: pd.DataFrame) -> dict[str, set[str]]:
    """Lists that need no look at rates and shares."""
    table = offered.set_index("project")
    made = {"every_project": set(table.index)}
    for name in DEVICES:
        made[name] = set(table.index[table["device"] == name])
    for step in STEPS:
        made[step] = set(table.index[table["step"] == step])
    for n in range(1, 8):
        made[f"cheapest_{n}"] = set(table["cost"].nsmallest(n).index)
        made[f"most_points_{n}"] = set(table["points"].nlargest(n).index)
        made[f"cheapest_points_{n}"] = set((table["cost"] / table["points"]).nsmallest(n).index)
    return made


@sheet.decision(
    best=lambda company: _best_of(company, *true_rates(company)),
    choices=lambda company: projects(company)["project"],
    good_enough=0.95,
    guesses=lambda company: _simple_lists(projects(company)),
)
def pays(company: Company, chosen: set[str]) -> float:
    return _earned(projects(company), margin(company), *true_rates(company))(chosen)


def _as_shown(company: Company) -> tuple[pd.DataFrame, pd.Series[float]]:
    """The first step as all visits show it, the rest as it is; the purchases of the whole log."""
    seen = funnel(company.sessions, by="device").set_index("device")
    rates = true_rates(company)[0].assign(viewed_product=seen["viewed_product"] / seen["visited"])
    return rates, seen["purchased"] / seen["purchased"].sum()


pays.mistake("with_robots", lambda c: _best_of(c, _as_shown(c)[0], true_rates(c)[1]))
pays.mistake("old_mix", lambda c: _best_of(c, true_rates(c)[0], _as_shown(c)[1]))
pays.mistake("both_wrong", lambda c: _best_of(c, *_as_shown(c)))
pays.mistake("all_devices", lambda c: _best_of(c, true_rates(c)[0], true_rates(c)[1] * 0 + 1))


@pays.mistake("visits_mix")
def _visits_mix(company: Company) -> set[str]:
    late = visits(company).query("quarter == 4")["device"].value_counts(normalize=True)
    return _best_of(company, true_rates(company)[0], late)
