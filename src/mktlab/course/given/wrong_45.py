"""Where mistakes in exercise 45 lead: for each question, answers by the name of the mistake."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import satisfaction
from mktlab.course.given import lesson_45 as given_45
from mktlab.course.given.lesson_45 import CONTENT, KNOWN, MENDS, YEAR, answers, asked, zones

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mktlab.company import Company

DAY, WEEK = pd.Timedelta(days=1), pd.Timedelta(weeks=1)
Lists = dict[str, list[Any]]


def farthest_first(found: Lists, right: float) -> Lists:
    """Each list with its answers in order, those farthest from the right one first."""
    return {
        name: sorted(map(float, listed), key=lambda value: -abs(value - right))
        for name, listed in found.items()
    }


def points(told: pd.Series[Any], least: int = 9, most: int = 6) -> float:
    """A net promoter score from answers."""
    return 100 * float((told >= least).mean() - (told <= most).mean())


@lru_cache(maxsize=2)
def scores(company: Company) -> Lists:
    """Wrong answers to question 1."""
    ever, year = answers(company, ago=None), answers(company)
    zone, today = given_45.given(company)["zone"], company.today
    here, told = ever[ever["zone"] == zone], year.loc[year["zone"] == zone, "nps"]
    ends = (26 * WEEK, 13 * WEEK, 4 * WEEK, 2 * YEAR, 365 * DAY, 366 * DAY, 53 * WEEK, 51 * WEEK)
    since = [here.loc[here["responded_date"] >= today - back, "nps"] for back in ends]
    since += [rows for _, rows in here.groupby(here["responded_date"].dt.year)["nps"]]
    up, down, between = told >= 9, told <= 6, told.between(7, 8)
    others = year[year["zone"] != zone].groupby("zone")["nps"]
    net = float(up.sum() - down.sum())
    shrunk = given_45.shrunk_row(company, zone=zone)
    found = {
        "all_years": [points(rows) for rows in since],
        "everybody": [points(ever["nps"]), points(year.loc[year["zone"] != zone, "nps"])],
        "other_zone": [points(rows) for _, rows in others],
        "eight_promotes": [points(told, 8, 7), points(told, 8, 5)],
        "promoters_only": [
            *(100 * part.mean() for part in (up, down, between)),
            *(part.mean() for part in (up, down, between)),
            *(-100 * down.mean(), 100 * (up.mean() - between.mean()), 100 * (1 - down.mean())),
        ],
        "mean": [told.median(), told.mean() - 7, told.std(), 10 * (told.mean() - 5)],
        "counted": [len(told), up.sum(), down.sum(), between.sum(), len(year), len(here)],
        "other_whole": [
            *(100 * net / (up.sum() + down.sum()), 100 * up.sum() / (up.sum() + down.sum())),
            *(100 * net / len(year), 100 * net / len(here), up.sum() / max(down.sum(), 1)),
        ],
        "year_before": [zones(company)["nps"][zone], *shrunk[["shrunk", "low", "high"]]],
    }
    each = year.groupby("zone")["nps"].apply(points)
    found["everybody"] += [each.mean(), each.median(), each.drop(zone).mean()]
    return farthest_first(found, points(told))


@lru_cache(maxsize=2)
def contents(company: Company) -> Lists:
    """Wrong answers to question 2."""
    table = asked(company)
    told = table[table["answered"]]
    csat, effort = (told[column].astype(float) for column in ("csat", "effort"))
    each = satisfaction.response_weights(table, "answered", KNOWN)[told.index]
    late = told["opened_at"] >= (company.today - YEAR).tz_localize("UTC")
    good, rate = csat >= CONTENT, float(table["answered"].mean())

    def both(part: pd.Series[Any]) -> list[float]:
        return [float(np.average(part, weights=each)), float(part.mean())]

    survey = company.survey_responses
    squared, by_hours = each**2, told["hours"]
    right = both(good)[0]
    found = {
        "as_answered": [good.groupby(told["topic"]).mean().mean()],
        "other_cut": [
            x
            for part in (csat >= 5, csat >= 3, csat == 4, csat <= 2, csat <= 3)
            for x in both(part)
        ],
        "effort": [
            x for part in (effort >= 4, effort >= 5, effort >= 6, effort <= 3) for x in both(part)
        ],
        "mean": [y for x in both(csat) for y in (x / 5, (x - 1) / 4, x)],
        "turned": [np.average(good, weights=by) for by in (squared, by_hours, 1 / by_hours)],
        "silence_is_zero": [
            *(rate * right, rate * both(good)[1], good.sum() / len(company.tickets)),
            1 - rate + rate * both(good)[1],
        ],
        "who_answered": [rate, 1 - rate, len(told) / len(company.tickets)],
        "late": [np.average(good[late], weights=each[late]), good[late].mean(), good[~late].mean()],
        "survey": [
            *((survey["service"].dropna() >= least).mean() for least in (8, 9)),
            *((survey["nps"] >= least).mean() for least in (8, 9)),
        ],
    }
    return farthest_first(found, right)


@lru_cache(maxsize=2)
def shrinkings(company: Company) -> Lists:
    """Wrong answers to question 3."""
    table, row = zones(company), given_45.shrunk_row(company)
    small, nps = given_45.small_zone(company), table["nps"]
    ever = answers(company, ago=None)
    ever = ever[ever["zone"] == small]
    year = ever[ever["responded_date"] >= company.today - YEAR]
    far, n = row["nps"] - nps.mean(), row["answers"]
    means = [nps.mean(), np.average(nps, weights=table["answers"])]
    means.append(np.average(nps, weights=1 / table["error"] ** 2))
    kept = [row["kept"], 1 - row["kept"], 0.5, *(n / (n + more) for more in (50, 100, 200))]
    kept += [n / (n + table["answers"].mean()), 1 - row["error"] ** 2 / nps.var()]
    kept += [n / table["answers"].sum()]
    shrunk = satisfaction.shrink(table, value="nps", error="error")["shrunk"]

    def with_error(error: pd.Series[float]) -> float:
        return float(given_45.shrunk_row(company, table.assign(error=error))["shrunk"])

    error, z = row["error"], 1.96
    found = {
        "measured": [points(year["nps"]), points(ever["nps"])],
        "an_end": [row["nps"] + way * error for way in (-z, -1, 1, z)],
        "kept": [
            *(error, n, far, far / error, row["high"] - row["low"], error**2, nps.std()),
            *(
                ranks[small]
                for by in (nps, shrunk)
                for ranks in (by.rank(), by.rank(ascending=False))
            ),
        ],
        "wrong_error": [with_error(error_) for error_ in (table["error"] * z, table["error"] / z)],
        "the_mean": [nps.median(), nps.drop(small).mean(), shrunk.mean(), nps.max(), nps.min()],
        "other_share": [
            *(mean + part * (row["nps"] - mean) for mean in means for part in kept),
            *(part * row["nps"] for part in kept),
        ],
    }
    return farthest_first(found, float(row["shrunk"]))


@lru_cache(maxsize=2)
def known(company: Company) -> Lists:
    """Wrong answers to question 4."""
    panel, year, hand = company.awareness, given_45.panel(company), given_45.given(company)
    rival, ghost = hand["rival"], hand["ghost"]
    sums = year.groupby("brand")[["asked", "aided", "spontaneous"]].sum()
    asked_, aided, first = sums.loc[rival]
    claimed, ghosts = aided / asked_, sums["aided"][ghost] / sums["asked"][ghost]
    months = [rows for _, rows in panel.groupby("month")]
    start, today = company.today - YEAR, company.today
    parts = [months[-1], months[0], *(pd.concat(months[-n:]) for n in (2, 3, 4, 6, 8, 9, 13, 24))]
    parts += [panel[(panel["month"] < start) & (panel["month"] >= start - YEAR)]]
    parts += [panel[panel["month"] < start], panel[panel["month"] >= today - 13 * WEEK]]
    parts += [rows for _, rows in panel.groupby(panel["month"].dt.year)]
    parts += [rows for _, rows in year.groupby(np.arange(len(year)) < len(year) // 2)]
    fixed = [
        satisfaction.aided_corrected(p, ghost=ghost).set_index("brand")["known"] for p in parts
    ]
    right = float((claimed - ghosts) / (1 - ghosts))
    raw = [p[p["brand"] == rival] for p in (*parts, panel)]
    share = sums["aided"] / sums["asked"]
    once = sums["spontaneous"][ghost] / sums["asked"][ghost]
    every = satisfaction.aided_corrected(year, ghost=ghost)["known"]
    found = {
        "claimed": [rows["aided"].sum() / rows["asked"].sum() for rows in raw],
        "all_years": [each[rival] for each in fixed],
        "only_subtracted": [
            *((claimed - ghosts) / claimed, (claimed - ghosts) / (1 + ghosts), claimed + ghosts),
            *((claimed - once, claimed / ghosts, (claimed - ghosts) / ghosts)),
        ],
        "spontaneous": [
            *(first / aided, (aided + first) / asked_, (aided - first) / asked_),
            *((first / asked_ - ghosts) / (1 - ghosts), (first / asked_ - ghosts)),
        ],
        "other_brand": [*share.drop([rival, ghost]), every.mean(), share.mean()],
        "other_whole": [aided / sums["aided"].sum(), aided / sums["asked"].sum()],
    }
    return farthest_first(found, right)


def subsets(names: Iterable[str]) -> list[set[str]]:
    """All subsets, the whole one first."""
    names = sorted(names)
    return [set(some) for n in range(len(names), -1, -1) for some in combinations(names, n)]


@lru_cache(maxsize=2)
def lists_of_mends(company: Company) -> Lists:
    """Lists of mends by one look at the table, most of them in every length."""
    table = given_45.mends(company).set_index("mend")
    effects = given_45.weights(company), given_45.marks(company)["effect"]
    brings = [given_45.gains(company, effect) for effect in effects]

    def ranked(by: pd.Series[Any]) -> list[set[str]]:
        return [given_45.first(by, n) for n in range(2, len(MENDS))]

    by_mark = [set(rows.index) for _, rows in table.groupby("mark")]
    picks = [
        table.groupby("mark")[by].agg(how)
        for by in ("rise", "cost")
        for how in ("idxmax", "idxmin")
    ]
    return {
        "nothing": [set()],
        "in_order": [set(table.index[:n]) for n in range(2, 10)]
        + [set(table.index[-n:]) for n in range(2, 10)],
        "cheapest": ranked(table["cost"]) + ranked(-table["cost"]),
        "largest_rise": ranked(-table["rise"])
        + ranked(table["rise"])
        + ranked(table["cost"] / table["rise"]),
        "whole_marks": [set().union(*some) for n in (1, 2, 3) for some in combinations(by_mark, n)],
        "one_each": [set(pick) for pick in picks],
        "cost_left_out": ranked(-brings[0]) + ranked(-brings[1]),
    }
