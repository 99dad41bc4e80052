"""The rows from which exercise 23 estimates: by week and zone, by week, by wave and zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import price

if TYPE_CHECKING:
    from mktlab.company import Company

FAMILY = "capsules"


def panel_of(company: Company, family: str = FAMILY) -> pd.DataFrame:
    """A row per week and zone with the pieces and the price of a family."""
    return price.sales_panel(company, category=family)


def weeks_of(company: Company, family: str = FAMILY) -> pd.DataFrame:
    """One row per week, as the lesson makes them."""
    weeks = (
        panel_of(company, family)
        .groupby("week", as_index=False)
        .agg(
            pieces=("pieces", "sum"),
            price=("price", "mean"),
            on_promotion=("on_promotion", "max"),
            competitor=("competitor", "first"),
            green_coffee=("green_coffee", "first"),
        )
    )
    return weeks.assign(
        competitor=weeks["competitor"].interpolate(limit_direction="both"),
        green_before=weeks["green_coffee"].shift(6),
        month=weeks["week"].dt.month_name(),
        log_competitor=np.log(weeks["competitor"].interpolate(limit_direction="both")),
    )


def slope(rows: pd.DataFrame) -> float:
    """The slope of a straight line through logarithms."""
    pieces = np.log(rows["pieces"].clip(lower=0.5))
    return float(np.polyfit(np.log(rows["price"]), pieces, 1)[0])


def waves_of(company: Company) -> pd.DataFrame:
    """The zones in each wave of the test, as the lesson adds them up."""
    panel = panel_of(company)
    tested = panel[panel["price_test"].isin(["higher", "lower", "same"])]
    starts = tested["week"].drop_duplicates().sort_values()
    wave = (starts.diff() > pd.Timedelta(weeks=1)).cumsum()
    tested = tested.assign(wave=tested["week"].map(dict(zip(starts, wave, strict=True))))
    geometric = tested.assign(price=np.log(tested["price"])).groupby(["wave", "zone"])
    cells = geometric.agg(
        pieces=("pieces", "sum"), price=("price", "mean"), group=("price_test", "first")
    )
    return cells.assign(price=np.exp(cells["price"]))
