"""Where mistakes in exercise 44 lead: for each question, wrong answers by the mistake's name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.questions import given_44
from mktlab.course.questions.given_44 import (
    QUARTER,
    credit,
    kept,
    lists,
    nearness,
    orders_for_a_euro,
    paths,
    tests,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mktlab.company import Company

Lists = dict[str, list[float]]


@lru_cache(maxsize=2)
def last_clicks(company: Company) -> Lists:
    """Question 1: other paths and contacts, another channel, money and clicks."""
    rows, asked = paths(company), given_44.given(company)["channel"]
    bought, touches = rows[rows["conversions"] == 1], company.touchpoints
    last = bought.drop_duplicates("path_id", keep="last")["channel"]
    led = bought[bought["channel"] != "direct"].drop_duplicates("path_id", keep="last")["channel"]
    mine = float((last == asked).sum())
    visitors = touches.sort_values("touched_at").drop_duplicates("visitor_id", keep="last")
    ads = company.ad_spend.groupby("channel")[["spend", "clicks", "claimed_conversions"]].sum()
    firsts = rows.drop_duplicates("path_id")["channel"]
    return {
        "spread": [float((led == asked).mean()), float((led == asked).sum() / len(last))],
        "all_paths": [
            float((firsts == asked).mean()),
            float((rows["channel"] == asked).groupby(rows["path_id"]).any().mean()),
            float((visitors["channel"] == asked).mean()),
            mine / len(firsts),
        ],
        "converts": [mine / float((some["channel"] == asked).sum()) for some in (rows, bought)],
        "other_channel": list(last.value_counts(normalize=True).drop(asked)),
        "no_orders": list(ads.loc[asked] / ads.sum()),
    }


@lru_cache(maxsize=2)
def decays(company: Company) -> Lists:
    """Question 2: other half-lives, places for days, other channels, contacts."""
    rows, asked = nearness(company), given_44.given(company)["channel"]
    half, days, every = given_44.given(company)["half_life"], rows["days_before"], paths(company)
    mine = rows["channel"] == asked

    def shared(raw: pd.Series[Any], some: pd.DataFrame = rows) -> float:
        part = raw / raw.groupby(some["path_id"]).transform("sum")
        return float(part[some["channel"] == asked].sum())

    lives = (1.0, 14.0, 30.0, half / 2, 1 / half, 7 * half, half / 7, 24 * half)
    back = rows.groupby("path_id").cumcount(ascending=False)
    found = credit(company, model="decay", half_life=half)
    near = 0.5 ** (every["days_before"] / half)
    part = near / near.groupby(every["path_id"]).transform("sum")
    weighted = (part * every["weight"])[every["channel"] == asked].sum()
    return {
        "another_half_life": [
            float(credit(company, model="decay", half_life=other)[asked])
            for other in lives
            if other != half
        ],
        "turned": [shared(0.5 ** rows.groupby("path_id").cumcount())],
        "e_folding": [shared(np.exp(-days * half))],
        "by_place": [shared(raw) for raw in _by_place(back, days, half)],
        "other_channel": [*found.drop(asked), float(found.sum())],
        "counted": [
            float(mine.sum()),
            float(mine.groupby(rows["path_id"]).any().sum()),
            float((every["channel"] == asked).sum()),
            shared(near, every),
            float(weighted),
        ],
        "share": [100 * float(found[asked] / found.sum())],
    }


def _by_place(back: pd.Series[int], days: pd.Series[float], half: float) -> list[pd.Series[float]]:
    """Nearness by places on the path, and by days that are rounded: down, or to the nearest."""
    down = days // 1
    return [0.5 ** (far / half) for far in (back * half, down, days.round())]


@lru_cache(maxsize=2)
def factors(company: Company) -> Lists:
    """Question 3: other sales, claims, a difference; one of the two numbers, or what it is of."""
    asked, ads = given_44.given(company)["tested"], company.ad_spend
    since = company.touchpoints["touched_at"].min().tz_localize(None)
    late = ads[ads["week"] >= since]
    mine = late[late["channel"] == asked]
    spent, all_credit = float(mine["spend"].sum()), credit(company, model=_model(company))
    per, credited = float(tests(company).loc[asked, "per_euro"]), orders_for_a_euro(company)
    every = float(tests(company, all_orders=True).loc[asked, "per_euro"])
    claimed, own = float(mine["claimed_conversions"].sum()) / spent, float(all_credit[asked])
    right, share = per / credited, own / float(all_credit.sum())
    return {
        "all_channels": [
            per / (all_credit.sum() / spent),
            per / (all_credit.sum() / late["spend"].sum()),
        ],
        "euros_over_orders": [right / kept(company)],
        "not_divided": [
            per,
            credited,
            credited * kept(company),
            own,
            spent,
            1 / per,
            1 / credited,
            share,
            per / share,
            per * spent,
            right * own,
        ],
        "other_sales": [every / credited, every],
        "compared": [per - credited, credited - per, right - 1, 1 - right],
        "claimed": [per / claimed, claimed / per, claimed, credited / claimed],
    }


def _model(company: Company) -> Any:
    return given_44.given(company)["model"]


@lru_cache(maxsize=2)
def costs(company: Company) -> Lists:
    """Question 4: revenue, rates, weeks one by one; other orders and lists."""
    asked, table = given_44.given(company)["audience"], company.audiences
    late = table[table["week"] >= company.today - pd.Timedelta(weeks=QUARTER)]
    every = lists(company)
    cost, shown, out, added = every.loc[asked, ["cost", "shown", "left_out", "added"]]
    anyway, groups = shown - added, late[late["audience"] == asked].groupby("held_out")
    people, revenue = groups["people"].mean(), groups["revenue"].sum()
    scale = people[False] / people[True]
    more = revenue[False] - revenue[True] * scale
    rates = shown / people[False], out / people[True]
    lift = rates[0] / rates[1] - 1
    weeks = late[late["audience"] == asked].pivot_table(
        index="week", columns="held_out", values=["conversions", "cost"], aggfunc="sum"
    )
    of_week = weeks["conversions"][False] - weeks["conversions"][True] * scale
    paid = weeks["cost"][False]
    others, sums, whole = every.drop(asked), every.sum(), lists(company, 1000).sum()
    size = late.groupby("held_out")["people"].sum()
    pooled = sums["shown"] - sums["left_out"] * size[False] / size[True]
    found = {
        "all_orders": [cost / (shown + out), cost / anyway],
        "whole_cost": [cost / QUARTER, cost / people[False]],
        "not_scaled": [cost / (shown - out / scale), cost / (shown / scale - out)],
        "turned": [1000 * added / cost, added, anyway, shown, out, shown - out],
        "revenue": [
            cost / more,
            more / cost,
            revenue[False] / cost,
            cost / revenue[False],
            0.55 * more - cost,
            more / added,
        ],
        "rates": [
            lift,
            rates[0] - rates[1],
            cost / lift,
            cost / (rates[0] - rates[1]),
            added / shown,
            anyway / shown,
            *rates,
        ],
        "by_week": [(paid / of_week)[of_week != 0].mean(), cost / of_week.clip(lower=0).sum()],
        "another_list": [*(others["cost"] / others["added"]), *(others["cost"] / others["shown"])],
        "all_lists": [
            sums["cost"] / pooled,
            sums["cost"] / sums["shown"],
            whole["cost"] / whole["added"],
        ],
    }
    return {name: [float(value) for value in listed] for name, listed in found.items()}


def first_of(lists_of: Callable[[Company], Lists], name: str, company: Company) -> float:
    """Where a mistake leads first of all."""
    return lists_of(company)[name][0]


def farthest(found: list[float], right: float) -> float:
    """The wrong answer that lies farthest from the right one: no world takes it for that."""
    return float(max(found, key=lambda value: abs(value - right)))
