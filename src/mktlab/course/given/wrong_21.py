"""Where further mistakes in exercise 21 lead: for each question, answers by their name."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.given.cafes_21 import LONG_WAIT, YEAR, weeks_of
from mktlab.course.given.lesson_21 import actions, offer, profits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mktlab.company import Company

Lists = dict[str, list[Any]]


def _periods(company: Company) -> list[pd.DataFrame]:
    """Weeks of the cafés that are not the last year's."""
    parts = [weeks_of(company, last=n) for n in (4, 13, 26, 50, 53, 54, 104)]
    ever = weeks_of(company, last=None)
    old = ever[ever["week"] < company.today - pd.Timedelta(weeks=YEAR)]
    parts += [old, old[old["week"] >= company.today - pd.Timedelta(weeks=2 * YEAR)]]
    parts += [rows for _, rows in ever.groupby(ever["week"].dt.year)]
    return [*parts, ever.head(YEAR), ever.head(4 * YEAR), ever.tail(YEAR)]


def visits(company: Company) -> Lists:
    """Wrong answers to question 1."""
    cafes, ever = weeks_of(company), weeks_of(company, last=None)
    whole = float(ever["visits"].sum())
    years = ever["week"].dt.year.nunique()
    cafe = company.orders[company.orders["outlet"] == "cafe"]
    late = cafe[cafe["order_date"] >= company.today - pd.Timedelta(weeks=YEAR)]
    sums = cafes["visits"].sum() + cafes["sales"].sum()
    return {
        "all_years": [*(part["visits"].sum() for part in _periods(company)), whole / years],
        "one_cafe": [*cafes.groupby("zone")["visits"].sum()],
        "buyers": [sums, len(late), late["customer_id"].nunique(), cafes["sales"].sum() / sums],
        "a_week": [
            cafes["visits"].median(),
            *cafes.groupby("week")["visits"].sum().agg(["max", "min"]),
        ],
    }


def _met(rows: pd.DataFrame, column: str = "visits") -> float:
    return float(rows.loc[rows["long"], column].sum() / rows[column].sum())


def waits(company: Company) -> Lists:
    """Wrong answers to question 2."""
    cafes = weeks_of(company)
    limits = [weeks_of(company, limit=limit) for limit in (3.5, 4.0, 4.5, 6.5, 7.0, 8.0)]
    limits.append(cafes.assign(long=cafes["wait_minutes"] >= LONG_WAIT))
    left = cafes.assign(left=cafes["visits"] - cafes["sales"])
    mean = cafes["visits"].mean()
    return {
        "all_years": [_met(part) for part in _periods(company)],
        "other_limit": [_met(part) for part in limits],
        "one_cafe": [_met(rows) for _, rows in cafes.groupby("zone")],
        "buyers": [_met(left, "left"), left["left"].sum() / cafes["visits"].sum()],
        "share_of_weeks": [
            *(cafes.groupby(by)["long"].any().mean() for by in ("week", "zone")),
            *(cafes.loc[cafes["long"], "visits"].mean() / mean, 1 / YEAR),
        ],
    }


def letters_of(known: Iterable[str], valid: set[str], usable: set[str]) -> Lists:
    """Wrong answers to question 3: every list of letters, by what is wrong with it."""
    names = sorted(known)
    lists = [set(some) for n in range(len(names), -1, -1) for some in combinations(names, n)]
    return {
        "not_sound": [some for some in lists if some - valid],
        "well_formed_only": [some for some in lists if some <= valid and some - usable],
        "some_missing": [some for some in lists if some < usable],
    }


def pieces(company: Company) -> Lists:
    """Wrong answers to question 4."""
    given = offer(company)
    price, cost, cut = given["on_shelf"] / (1 + given["vat_rate"]), given["unit_cost"], given["cut"]
    sold, leaflet, margin = given["pieces"], given["leaflet"], price - given["unit_cost"]
    left, lost = price * (1 - cut) - cost, sold * cut * price
    right = np.ceil(round((lost + leaflet) / left, 6))
    shelf_cut = price - cut * given["on_shelf"] - cost
    return {
        "full_margin": [np.ceil(lost / margin), (lost + leaflet) / margin],
        "euros": [lost, left, leaflet, sold * margin, sold * left, margin, leaflet / sold, price],
        "nothing_less": [np.ceil(leaflet / x) for x in (price, given["on_shelf"], price * cut)],
        "as_the_cut": [
            sold * cut,
            sold * (1 + cut),
            sold * cut / (1 - cut),
            cut * price / margin,
            cut,
        ],
        "with_tax": [
            np.ceil((lost + leaflet) / x) for x in (shelf_cut, left + price * given["vat_rate"])
        ],
        "not_rounded_up": [right + 1, right - 1, right + 2],
        "other_weeks": [4 * right, right / 13, right / 52, 52 * right / 13],
    }


def fours(company: Company) -> Lists:
    """Every set of four actions, the worst first."""
    sets = map(frozenset, combinations(actions(company), 4))
    return {"earns_less": [set(four) for four in sorted(sets, key=profits().__getitem__)]}
