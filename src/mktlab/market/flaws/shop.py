"""Defects of what the web shop and its customers leave behind: listings, audiences, opinions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import uniforms
from mktlab.market.flaws.log import Flaw, Tables, logged, lot
from mktlab.market.observed.listings import TOP
from mktlab.market.observed.opinions import review_ids

GAP = 5  # days
UNMATCHED = 4  # weeks in which orders of people held out are lost
KEPT = 0.4  # of them
BURSTS, BURST, BURST_DAYS = 3, 12, 4  # of reviews bought: how often, how many, within how many days
REPEATED = 0.03  # of the reviews, once more
REVERSED = 0.08  # of the answers on effort


def _keys(rows: pd.DataFrame, day: str, *others: str) -> pd.Series[str]:
    keys: pd.Series[str] = rows[day].dt.strftime("%Y-%m-%d")
    for other in others:
        keys = keys + "/" + rows[other].astype("str")
    return keys


def robot_views(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """In a week of drawn order robots open the page: they see its first places and click nothing.

    A rate of clicks then falls at the top alone, as if places mattered less.
    """
    shown = tables["listings"]
    drawn = shown.loc[shown["order_drawn"], "date"].drop_duplicates()
    week = lot(seed, "robot_week", len(drawn) // 7)[:1]
    hit = shown["date"].isin(drawn.iloc[[7 * w + day for w in week for day in range(7)]])
    hit &= (shown["position"] <= TOP) & (shown["views"] > 0)
    after = shown.assign(views=shown["views"] + shown["views"].where(hit, 0))
    was = shown.loc[hit, "views"].astype("str")
    log = logged("listings", _keys(shown[hit], "date", "product_id"), "robot_views", "robots", was)
    return {"listings": after}, log


def unlisted_days(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """One product is missing for some days, though the page showed it."""
    shown = tables["listings"]
    products, dates = shown["product_id"].unique(), shown["date"].unique()
    chance = uniforms(seed, "unlisted", 2)
    first = int(chance[0] * (len(dates) - GAP))
    gone = shown["product_id"] == products[int(chance[1] * len(products))]
    gone &= shown["date"].isin(dates[first : first + GAP])
    log = logged(
        "listings", _keys(shown[gone], "date", "product_id"), "unlisted_days", "missing", ""
    )
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
    kept = np.ceil(KEPT * counted["conversions"]).astype("int64")
    after = counted.assign(
        conversions=counted["conversions"].mask(hit, kept),
        revenue=counted["revenue"].mask(hit, (KEPT * counted["revenue"]).round(2)),
    )
    rows = counted[hit]
    keys = _keys(rows, "week", "audience", "held_out")
    was = rows["conversions"].astype("str") + "/" + rows["revenue"].astype("str")
    return {"audiences": after}, logged("audiences", keys, "unmatched_orders", "lost", was)


def bought_reviews(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Somebody paid for praise: bursts of five stars for the product with the fewest, unverified.

    The words are taken from other reviews, so some of them are about another product.
    """
    written = tables["reviews"]
    of_products = written.dropna(subset=["product_id", "comment"])
    praise = of_products[of_products["stars"] == 5]
    if praise.empty:  # a market so small that hardly anybody writes
        return {}, logged("reviews", [], "bought_reviews", "", "")
    products = written.groupby("product_id")["stars"].agg(["mean", "size"])
    usual = products[products["size"] >= products["size"].median()]
    chance = uniforms(seed, "bought", BURSTS * (1 + 2 * BURST))
    within, which = chance[BURSTS:].reshape(2, -1)
    first, last = written["review_date"].min(), written["review_date"].max()
    day = np.floor(np.repeat(chance[:BURSTS], BURST) * (last - first).days + BURST_DAYS * within)
    fakes = praise.take((which * len(praise)).astype(int)).assign(
        review_id=review_ids(len(written) + np.arange(len(day))).to_numpy(),
        customer_id=np.nan,
        review_date=(first + pd.to_timedelta(day, unit="D")).to_numpy(),
        outlet="web",
        product_id=str(usual["mean"].idxmin()),
        verified=False,
    )
    fakes = fakes.assign(review_date=fakes["review_date"].clip(upper=last)).astype(written.dtypes)
    log = logged("reviews", fakes["review_id"], "bought_reviews", "bought", "")
    return {"reviews": _by_day(written, fakes)}, log


def repeated_reviews(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some reviews were taken over twice from another site, under another number."""
    written = tables["reviews"]
    some = written.iloc[lot(seed, "repeated", len(written))[: round(REPEATED * len(written) + 0.5)]]
    again = some.assign(review_id=review_ids(len(written) + np.arange(len(some))).to_numpy())
    log = logged("reviews", again["review_id"], "repeated_reviews", "repeated", some["review_id"])
    return {"reviews": _by_day(written, again)}, log


def reversed_effort(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some take 7 for much effort, though it stands for little: they answer the wrong way round."""
    told = tables["ticket_answers"]
    wrong = (uniforms(seed, "reversed", len(told)) < REVERSED) & told["effort"].notna()
    wrong &= told["effort"] != 4
    after = told.assign(effort=told["effort"].mask(wrong, 8 - told["effort"]))
    was = told.loc[wrong, "effort"].astype("str")
    keys = told.loc[wrong, "ticket_id"]
    return {"ticket_answers": after}, logged(
        "ticket_answers", keys, "reversed_effort", "reversed", was
    )


def _by_day(written: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    both = pd.concat([written, more], ignore_index=True)
    return both.sort_values(["review_date", "review_id"], ignore_index=True)


SHOP_FLAWS: dict[str, Flaw] = {
    "robot_views": robot_views,
    "unlisted_days": unlisted_days,
    "unmatched_orders": unmatched_orders,
    "bought_reviews": bought_reviews,
    "repeated_reviews": repeated_reviews,
    "reversed_effort": reversed_effort,
}
"""Name -> flaw, in the order in which they strike."""
