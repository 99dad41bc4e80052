"""Where mistakes in exercise 45 lead: for each question, wrong answers by the mistake's name."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import satisfaction
from mktlab.course.questions import given_45
from mktlab.course.questions.given_45 import (
    CONTENT,
    KNOWN,
    MARKS,
    MENDS,
    YEAR,
    answers,
    asked,
    first,
    gains,
    marks,
    net,
    paying,
    shrunk_row,
    weights,
    zones,
)

if TYPE_CHECKING:
    from mktlab.company import Company

Lists = dict[str, list[Any]]


def points(told: pd.Series[Any], least: int = 9, most: int = 6) -> float:
    """A net promoter score from answers."""
    return float(100 * ((told >= least).mean() - (told <= most).mean()))


@lru_cache(maxsize=2)
def scores(company: Company) -> Lists:
    """Question 1: other weeks, other zones, one group of three, another whole."""
    ever, year = answers(company, ago=None), answers(company)
    zone = given_45.given(company)["zone"]
    here, told = ever[ever["zone"] == zone], year.loc[year["zone"] == zone, "nps"]
    starts = (company.today - pd.Timedelta(weeks=weeks) for weeks in (13, 26, 104))
    since = [here.loc[here["responded_date"] >= start, "nps"] for start in starts]
    up, down, between = told >= 9, told <= 6, told.between(7, 8)
    net, each = float(up.sum() - down.sum()), year.groupby("zone")["points"].mean()
    groups = (down, -1.0 * down, between)
    return {
        "other_weeks": [points(rows) for rows in since],
        "everybody": [points(ever["nps"]), each.mean(), points(year[year["zone"] != zone]["nps"])],
        "other_zone": list(each.drop(zone)),
        "eight_promotes": [points(told, 8, 7), points(told, 8, 5)],
        "one_group": [100 * float(group.mean()) for group in groups],
        "mean": [10 * told.mean(), told.median()],
        "counted": [float(len(told)), float(up.sum()), float(down.sum())],
        "other_whole": [100 * net / len(year), 100 * net / len(here)],
        "year_before": list(shrunk_row(company, zone=zone)[["nps", "shrunk"]]),
    }


@lru_cache(maxsize=2)
def contents(company: Company) -> Lists:
    """Question 2: another cut, column, mean, weight or part of the requests."""
    table = asked(company)
    told = table[table["answered"]]
    csat, effort = (told[column].astype(float) for column in ("csat", "effort"))
    weight = satisfaction.response_weights(table, "answered", KNOWN)[told.index]
    late = told["opened_at"] >= (company.today - YEAR).tz_localize("UTC")
    good, rate = csat >= CONTENT, float(table["answered"].mean())

    def means(*parts: pd.Series[Any]) -> list[float]:
        """With the weights, and without."""
        by = ((np.average(part, weights=weight[part.index]), part.mean()) for part in parts)
        return [float(mean) for two in by for mean in two]

    weighted, plain = means(good)
    other = (weight**2, told["hours"])
    return {
        "as_answered": [float(good.groupby(told["topic"]).mean().mean())],
        "other_cut": means(csat >= 5, csat >= 3, csat == CONTENT, csat <= 2),
        "effort": means(effort >= 4, effort >= 5, effort >= 6, effort <= 3),
        "mean": [y for x in means(csat) for y in (x, x / 5)],
        "turned": [float(np.average(good, weights=each)) for each in other],
        "silence": [rate * weighted, 1 - rate * (1 - plain), good.sum() / len(company.tickets)],
        "who_answered": [rate],
        "part_of_years": means(good[late], good[~late]),
    }


@lru_cache(maxsize=2)
def shrinkings(company: Company) -> Lists:
    """Question 3: another score, error, mean, share of the distance or zone."""
    table, row, small = zones(company), shrunk_row(company), given_45.small_zone(company)
    scores, error, number = table["nps"], table["error"], row["answers"]
    middle, spread = float(scores.mean()), float(scores.var())
    noise, between = row["error"] ** 2, max(spread - float((error**2).mean()), 0.0)
    far, told = row["nps"] - middle, [answers(company, ago=ago) for ago in (0, None)]
    kept = [between / (between + noise), spread / (spread + noise), 0.5, 1 - row["kept"]]
    kept += [number / (number + more) for more in (50, 100)]
    others = (error**2, 1.96 * error, error / 1.96)
    shrunk = satisfaction.shrink(table, value="nps", error="error")["shrunk"]
    ranks = [scores.rank(ascending=way)[small] for way in (True, False)]
    weighted = [np.average(scores, weights=size) for size in (table["answers"], 1 / error**2)]
    return {
        "measured": [float(rows.loc[rows["zone"] == small, "points"].mean()) for rows in told],
        "an_end": [row["nps"] + way * row["error"] for way in (-1, 1, -1.96, 1.96)],
        "step": [row["error"], number, far, far / row["error"], *ranks],
        "wrong_error": [shrunk_row(company, table.assign(error=e))["shrunk"] for e in others],
        "the_mean": [*weighted, scores.median(), scores.drop(small).mean(), shrunk.mean()],
        "other_share": [*(middle + share * far for share in kept), row["kept"] * row["nps"]]
        + [mean + row["kept"] * (row["nps"] - mean) for mean in weighted],
        "other_zone": list(shrunk.drop(small)),
    }


@lru_cache(maxsize=2)
def known(company: Company) -> Lists:
    """Question 4: other months, another brand, another use of the ghost."""
    panel, year, asked_for = company.awareness, given_45.panel(company), given_45.given(company)
    rival, ghost, month = asked_for["rival"], asked_for["ghost"], panel["month"]
    start, days = company.today - YEAR, sorted(month.unique())
    parts = [month < start, (month < start) & (month >= start - YEAR), month >= start - YEAR]
    parts += [month >= month.max(), month >= days[0], *(month >= days[-n] for n in (2, 3, 4, 6))]
    months = [satisfaction.aided_corrected(panel[part], ghost=ghost) for part in parts]
    of_rival = [table.set_index("brand").loc[rival] for table in months]
    table = satisfaction.aided_corrected(year, ghost=ghost).set_index("brand")
    sums = year.groupby("brand")[["asked", "aided", "spontaneous"]].sum()
    claimed, first_named = sums.loc[rival, ["aided", "spontaneous"]] / sums.loc[rival, "asked"]
    ghosts = float(sums["aided"][ghost] / sums["asked"][ghost])
    others = table.drop(rival)
    return {
        "claimed": [float(found["claimed"]) for found in of_rival],
        "other_months": [float(found["known"]) for found in of_rival],
        "only_subtracted": [claimed * (1 - ghosts), claimed / (1 - ghosts), claimed + ghosts]
        + [(claimed - ghosts) / (1 + ghosts), (claimed - ghosts) / claimed]
        + [float(found["claimed"]) - ghosts for found in of_rival],
        "spontaneous": [
            *(first_named / claimed, claimed + first_named, claimed - first_named),
            (first_named - ghosts) / (1 - ghosts),
        ],
        "other_brand": [*others["known"], *others["claimed"], table["known"].mean()],
        "other_whole": [sums["aided"][rival] / sums[column].sum() for column in ("asked", "aided")],
    }


@lru_cache(maxsize=2)
def chosen(company: Company) -> Lists:
    """Question 5: lists by one look at the table, and with a factor missing; no good ones."""
    table, by_mark = given_45.mends(company).set_index("mend"), marks(company)
    true, found = weights(company), by_mark["effect"]
    each, halo = pd.Series(1 / len(MARKS), MARKS), by_mark["correlation"]
    effects = [found, halo / halo.sum(), halo, by_mark["slope"], each, 5 * each]
    brings = [gains(company, by, meets=meets) for by in effects for meets in (True, False)]
    brings += [gains(company, by) / table["rise"] for by in (true, found)]
    one = [{name for name, mark, _ in MENDS if mark == of} for of in MARKS]
    of_mark = table.groupby("mark")
    picks = [of_mark["rise"].idxmin(), of_mark["cost"].idxmin(), of_mark["rise"].idxmax()]
    lists = {
        "worst_marks": [one[int(by_mark["mean"].argmin())]],
        "factor_missing": [paying(company, by) for by in brings[1:]],
        "largest_rise": _first(-table["rise"], table["cost"] / table["rise"]),
        "cheapest": _first(table["cost"], -table["cost"]),
        "cost_left_out": _first(-gains(company, true), -gains(company, found)),
        "in_order": [set(table.index[:n]) for n in range(2, 9)],
        "whole_marks": one + [a | b for a, b in combinations(one, 2)],
        "one_each": [set(pick) for pick in picks],
    }
    earns = net(company)
    right = paying(company, brings[0])  # by the lesson's effects
    enough = 0.9 * earns[earns > 0].sum()
    return {
        name: [some for some in made if earns[sorted(some)].sum() < enough and some != right]
        for name, made in lists.items()
    }


def _first(*rules: pd.Series[Any]) -> list[set[str]]:
    return [first(by, n) for by in rules for n in range(2, 8)]


def poorest(company: Company, name: str) -> set[str]:
    """Of the lists of one mistake that which earns least."""
    earns = net(company)
    found: set[str] = min(chosen(company)[name], key=lambda some: earns[sorted(some)].sum())
    return found


def farthest(found: list[float], right: float) -> float:
    """The wrong answer that lies farthest from the right one: no world takes it for that."""
    return float(max(found, key=lambda value: abs(value - right)))
