"""The household panel by taste: the same households as `market_panel`, one table further.

Two things happen in it, in quarters drawn by lot: a small brand is launched, which `market_panel`
counts among the others, and a new taste spreads in all brands. All else that moves is seasons, the
market's own shocks, and who happened to be in the panel. `tastes` is its truth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, uniforms
from mktlab.market.observed.panel import market_panel, spent_by_households
from mktlab.market.rivals import OTHERS, brands, market, residents
from mktlab.market.state import History

LAUNCHED = "Lunéa"
TASTES = ("classic", "dark", "fruity")
KILO = 24.0  # euros at a price index of 100
GROWS: Floats = np.array([0.010, 0.018, 0.024, 0.028])  # of the market, by quarter since the launch
SPREADS = 0.16  # log odds that the new taste gains in a quarter
_LIGHT: Floats = np.array([0.16, 0.06, 0.04, 0.03, 0.12, 0.30, 0.10])  # by brand, before it spreads
_DARK: Floats = np.array([0.30, 0.42, 0.50, 0.46, 0.38, 0.22, 0.40])  # of what is not light
_DEARER: Floats = np.array([1.0, 0.95, 1.25])  # a kilo, by taste


class _Events(NamedTuple):
    launch: int  # quarter, from 0
    taste: int


def _events(seed: int, quarters: int) -> _Events:
    """When the brand was launched (3 to 5 quarters ago) and the taste began (5 to 8)."""
    lot = uniforms(seed, "panel_events", 2)
    launch, taste = 3 + int(3 * lot[0]), 5 + int(4 * lot[1])
    return _Events(max(quarters - launch, 0), max(quarters - taste, 0))


def tastes(history: History) -> pd.DataFrame:
    """Sales by quarter, brand and taste, as they are, and which event moves them."""
    truth = _split(history)
    shares = truth.pop("tastes").to_numpy()
    part = np.array([*shares]).reshape(-1, len(TASTES))
    table = truth.loc[truth.index.repeat(len(TASTES))].reset_index(drop=True)
    taste = np.tile(np.arange(len(TASTES)), len(truth))
    quarter = _number(table)
    events = _events(history.seed, int(quarter.max(initial=-1)) + 1)
    new = (taste == len(TASTES) - 1) & (quarter >= events.taste)
    return table.assign(
        taste=pd.array(TASTES, dtype="str").take(taste),
        sales=table["sales"] * part.ravel(),
        event=np.where(table["brand"] == LAUNCHED, "launch", np.where(new, "new_taste", "none")),
    )[["quarter", "brand", "taste", "sales", "event"]]


def _number(table: pd.DataFrame) -> Ints:
    """The quarter of each row, from 0."""
    months = table["quarter"].to_numpy().astype("M8[M]").astype(np.int64) // 3
    return np.asarray(months - months.min(initial=1 << 40))


def _split(history: History) -> pd.DataFrame:
    """The truth of `market_panel` with the new brand apart, and each row's shares of the tastes."""
    whole = market(history)
    quarter = _number(whole)
    events = _events(history.seed, int(quarter.max(initial=-1)) + 1)
    since = np.clip(quarter - events.launch, -1, len(GROWS) - 1)
    total = whole.groupby("quarter")["sales"].transform("sum").to_numpy()
    sold = whole["sales"].to_numpy()
    nova = np.where(since < 0, 0, GROWS[since] * total).clip(0, 0.5 * sold)
    nova = np.where(whole["brand"] == OTHERS, nova, 0.0)
    odds = np.log(_LIGHT / (1 - _LIGHT))[[brands().index(b) for b in whole["brand"]]]
    light = 1 / (1 + np.exp(-odds - SPREADS * np.maximum(quarter + 1 - events.taste, 0)))
    dark = (1 - light) * _DARK[[brands().index(b) for b in whole["brand"]]]
    mixed = [*np.column_stack([1 - light - dark, dark, light])]
    table = whole[["quarter", "brand"]].assign(sales=sold - nova, tastes=mixed)
    new = table[nova > 0].assign(brand=LAUNCHED, sales=nova[nova > 0])
    parts = pd.concat([table, new]) if len(new) else table
    return parts.sort_values("quarter", kind="stable", ignore_index=True)


def panel_tastes(history: History) -> pd.DataFrame:
    """Buyers, sales and kilos by quarter, brand and taste, projected as in `market_panel`."""
    whole, people = market(history), residents(history.people)
    spent = spent_by_households(history.seed, whole, people=people)
    keys = pd.MultiIndex.from_frame(whole[["quarter", "brand"]])
    index = market_panel(history)["price_index"].to_numpy()
    rows = []
    for quarter, brand, sales, shares in _split(history).itertuples(index=False):
        old = OTHERS if brand == LAUNCHED else brand
        place, households = keys.get_loc((quarter, old)), spent.shape[1]
        week = quarter.year * 4 + quarter.quarter
        lot = uniforms(history.seed, f"taste_{old}", 2 * households, week=week)
        kept = sales / max(whole["sales"].iloc[place], sales, 1e-9)  # the rest is the new brand's
        mine = lot[:households] >= 1 - kept if brand == LAUNCHED else lot[:households] < kept
        taste = np.searchsorted(shares.cumsum()[:-1], lot[households:], side="right")
        for t, name in enumerate(TASTES):
            paid = np.where(mine & (taste == t), spent[place], 0.0)
            error = paid.std(ddof=1) / np.sqrt(households)
            kilos = paid.mean() / (KILO * _DEARER[t] * index[place] / 100)
            told = [people * value for value in (paid.mean(), error, kilos)]
            rows.append((quarter, brand, name, households, (paid > 0).sum(), *told))
    kinds = {"quarter": "datetime64[us]", "brand": "str", "taste": "str", "households": "int64"}
    kinds |= {"buyers": "int64", "sales": "float64", "sales_error": "float64", "kilos": "float64"}
    table = pd.DataFrame(rows, columns=[*kinds]).astype(kinds)
    return table.round({"sales": 0, "sales_error": 0, "kilos": 1})
