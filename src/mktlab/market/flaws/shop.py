"""Defects of what the web shop and its customers leave behind: listings, audiences, opinions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import uniforms
from mktlab.market.flaws.log import Flaw, Tables, logged, lot
from mktlab.market.observed.listings import TOP

ROBOTS = 1.0  # robots' views over those of people
GAP = 5  # days
UNMATCHED = 4  # weeks in which orders of people held out are lost
LOST = 0.6  # of them


def _day_and_product(rows: pd.DataFrame) -> pd.Series[str]:
    day: pd.Series[str] = rows["date"].dt.strftime("%Y-%m-%d")
    return day + "/" + rows["product_id"]


def robot_views(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """In a week of drawn order robots open the page: they see its first places and click nothing.

    A rate of clicks then falls at the top alone, as if places mattered less.
    """
    shown = tables["listings"]
    drawn = shown.loc[shown["order_drawn"], "date"].drop_duplicates()
    week = lot(seed, "robot_week", len(drawn) // 7)[:1]
    hit = shown["date"].isin(drawn.iloc[[7 * w + day for w in week for day in range(7)]])
    hit &= (shown["position"] <= TOP) & (shown["views"] > 0)
    more = (ROBOTS * shown["views"]).round().astype("int64")
    after = shown.assign(views=shown["views"] + more.where(hit, 0))
    was = shown.loc[hit, "views"].astype("str")
    log = logged("listings", _day_and_product(shown[hit]), "robot_views", "robots", was)
    return {"listings": after}, log


def unlisted_days(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """One product is missing for some days, though the page showed it."""
    shown = tables["listings"]
    products, dates = shown["product_id"].unique(), shown["date"].unique()
    chance = uniforms(seed, "unlisted", 2)
    first = int(chance[0] * (len(dates) - GAP))
    gone = shown["product_id"] == products[int(chance[1] * len(products))]
    gone &= shown["date"].isin(dates[first : first + GAP])
    log = logged("listings", _day_and_product(shown[gone]), "unlisted_days", "missing", "")
    return {"listings": shown[~gone].reset_index(drop=True)}, log


def unmatched_orders(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """For some weeks many orders of site visitors who were held out are not matched to the list.

    The others then seem to owe more to the ads than they do.
    """
    counted = tables["audiences"]
    weeks = counted["week"].unique()
    first = int(uniforms(seed, "unmatched", 1)[0] * max(len(weeks) - UNMATCHED, 1))
    hit = counted["held_out"] & (counted["audience"] == "site_visitors")
    hit &= counted["week"].isin(weeks[first : first + UNMATCHED]) & (counted["conversions"] > 0)
    left = np.floor((1 - LOST) * counted["conversions"]) / counted["conversions"].clip(lower=1)
    share = left.where(hit, 1.0)
    after = counted.assign(
        conversions=(counted["conversions"] * share).round().astype("int64"),
        revenue=(counted["revenue"] * share).round(2),
    )
    rows = counted[hit]
    keys = rows["week"].dt.strftime("%Y-%m-%d") + "/" + rows["audience"] + "/True"
    was = rows["conversions"].astype("str") + "/" + rows["revenue"].map("{:.2f}".format)
    return {"audiences": after}, logged("audiences", keys, "unmatched_orders", "lost", was)


SHOP_FLAWS: dict[str, Flaw] = {
    "robot_views": robot_views,
    "unlisted_days": unlisted_days,
    "unmatched_orders": unmatched_orders,
}
"""Name -> flaw, in the order in which they strike."""
