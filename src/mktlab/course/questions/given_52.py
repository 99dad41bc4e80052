"""What exercise 52 hands out: days with posts and readers, tastings, and what the year may buy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

if TYPE_CHECKING:
    from mktlab.company import Company

AGENCY = ("posts", "press")
TASTINGS = 13  # a year
LAGS = ("on", "on_1", "on_2", "on_3")
CALENDAR = "launch+C(weekday)+C(month)"


@lru_cache(maxsize=4)
def days(company: Company) -> pd.DataFrame:
    """The days, with readers in 100,000s, and whether there were posts on the days before."""
    readers = company.press.groupby("date")["audience"].sum() / 100_000
    table: pd.DataFrame = company.content_days.sort_values("date").reset_index(drop=True)
    table = table[["date", "drawn", "launch", "posts", "orders", "margin", "cost"]].assign(
        readers=table["date"].map(readers).fillna(0),
        on=(table["posts"] > 0).astype(int),
        weekday=table["date"].dt.day_of_week,
        month=table["date"].dt.to_period("M").astype(str),
    )
    for lag, name in enumerate(LAGS[1:], start=1):
        table[name] = table["on"].shift(lag)
    return table.dropna().astype({"launch": int} | dict.fromkeys(LAGS, int))


def slope(rows: pd.DataFrame, formula: str, *names: str) -> float:
    """The sum of these coefficients of a regression."""
    return float(smf.ols(formula, rows).fit().params[list(names)].sum())


def events(company: Company, drawn: bool | None = True) -> pd.DataFrame:
    """Places and months: those of the draw, those before it, or all."""
    table: pd.DataFrame = company.field_events
    return table if drawn is None else table[table["drawn"] == drawn]


def each_visitor(company: Company, drawn: bool | None = True, over: str = "visitors") -> float:
    """Bags that a tasting brings for each visitor."""
    rows = events(company, drawn)
    bags = rows.groupby("tasting")["bags"].mean()
    return float((bags[True] - bags[False]) / rows.loc[rows["tasting"], over].mean())


@lru_cache(maxsize=4)
def visitors(company: Company) -> pd.Series[float]:
    """Visitors of a usual Saturday at each place."""
    return events(company).groupby("place")["visitors"].mean()


@lru_cache(maxsize=4)
def costs(company: Company) -> pd.Series[float]:
    """What a tasting will cost at each place: a team on the road, near or far."""
    places = visitors(company).index
    rng = np.random.default_rng(52)
    far = rng.random(len(places)) < 0.5
    euros = 10.0 * rng.integers(10, 17, len(places)) + 280.0 * far
    return pd.Series(euros, places, name="cost")


@lru_cache(maxsize=4)
def bag_margin(company: Company) -> float:
    """What a bag leaves."""
    rows = events(company)
    return float(rows["margin"].sum() / rows["bags"].sum())


def places_by(company: Company, rate: float, *, margin: float | None = None) -> set[str]:
    """Places where a tasting pays, if each visitor takes so many bags more."""
    each = bag_margin(company) if margin is None else margin
    pays = visitors(company) * rate * each > costs(company)
    return set(pays.index[pays])


@lru_cache(maxsize=4)
def gains(company: Company) -> pd.Series[float]:
    """Euros that a year of each thing earns, in truth, at the costs of the exercise."""
    truth = company.truth.content_gains.set_index("what")
    brings = truth["amount_52w"] * truth["effect"] * truth["margin_each"]
    yearly = truth["cost_52w"].copy()
    yearly.update(TASTINGS * costs(company))
    return brings - yearly


def best_of(company: Company) -> float:
    """What someone who knows the truth earns."""
    euros = gains(company)
    return float(euros[euros > 0].sum())


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {"days": days(company), "events": events(company, None), "costs": costs(company)}
