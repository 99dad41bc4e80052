"""Defects of what machines log: visits, clicks and what advertising platforms claim."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import uniforms
from mktlab.market.flaws.log import Tables, logged, lot

BOTS = 0.18  # of all rows in the end
CONSENT_LOST = 0.30
RAGE = 0.06
GRID = 0.04
CLAIMED = 1.30  # conversions that all platforms claim together, over web orders
_CLAIMS = {"search_brand": 0.30, "search_generic": 0.16, "social": 0.22, "retargeting": 0.22,
           "radio": 0.0, "affiliates": 0.10}  # fmt: skip


def bots(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Robots visit at night, look at a page and are gone; none fills a cart."""
    visits = tables["sessions"]
    size = round(BOTS / (1 - BOTS) * len(visits))
    chance = uniforms(seed, "bots", 3 * size).reshape(-1, 3)
    like = visits.iloc[(chance[:, 0] * len(visits)).astype(int)].reset_index(drop=True)
    night = like["started_at"].dt.normalize() + pd.to_timedelta(
        (18_000 * chance[:, 1]).astype(int), unit="s"
    )
    number = np.arange(len(visits) + 1, len(visits) + size + 1)
    ids = "W" + pd.Series(number).astype("str").str.zfill(7)
    stages = ["viewed_product", "added_to_cart", "began_checkout", "purchased"]
    robots = like.assign(
        session_id=ids,
        visitor_id="V99" + pd.Series((chance[:, 2] * 40).astype(int)).astype("str").str.zfill(6),
        customer_id=pd.Series(np.nan, index=like.index, dtype="str"),
        started_at=night.astype(visits["started_at"].dtype),
        pages=1,
        **dict.fromkeys(stages, False),
    )
    both = pd.concat([visits, robots]).sort_values(["started_at", "session_id"], ignore_index=True)
    return {"sessions": both}, logged("sessions", ids, "bots", "a robot's visit", "")


def consent_loss(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Who declines cookies is nobody and comes from nowhere: no customer, channel unknown."""
    visits = tables["sessions"]
    people = np.sort(visits["visitor_id"].unique())
    declines = people[uniforms(seed, "consent", len(people)) < CONSENT_LOST]
    lost = visits["visitor_id"].isin(declines) & (visits["channel"] != "unknown")
    was = visits.loc[lost, "channel"] + " " + visits.loc[lost, "customer_id"].fillna("stranger")
    after = visits.assign(
        customer_id=visits["customer_id"].mask(lost),
        channel=visits["channel"].mask(lost, "unknown"),
    )
    log = logged("sessions", visits.loc[lost, "session_id"], "consent_loss", "declined", was)
    return {"sessions": after}, log


def rage_clicks(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Impatient visitors click four times where they clicked once."""
    clicks = tables["page_clicks"]
    angry = np.sort(lot(seed, "rage", len(clicks))[: round(RAGE * len(clicks) / 3)])
    again = clicks.iloc[np.repeat(angry, 3)].reset_index(drop=True)
    more, ids = _numbered_after(clicks, again)
    both = pd.concat([clicks, more], ignore_index=True)
    return {"page_clicks": both}, logged("page_clicks", ids, "rage_clicks", "one of a burst", "")


def grid_clicks(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """A robot tries every spot of the page, a hundred pixels apart."""
    clicks = tables["page_clicks"]
    size = round(GRID / (1 - GRID) * len(clicks))
    spots = np.arange(size)
    like = clicks.iloc[lot(seed, "grid", len(clicks))[:size]].reset_index(drop=True)
    tried = like.assign(
        element=pd.Series(np.nan, index=like.index, dtype="str"),
        x=100.0 * (spots % 14),
        y=100.0 * (spots // 14 % 30),
        screen_width=1440,
    )
    more, ids = _numbered_after(clicks, tried)
    both = pd.concat([clicks, more], ignore_index=True)
    return {"page_clicks": both}, logged("page_clicks", ids, "grid_clicks", "a robot's click", "")


def _numbered_after(
    clicks: pd.DataFrame, more: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series[str]]:
    last = int(clicks["click_id"].str[1:].astype("int64").max())
    number = pd.Series(np.arange(last + 1, last + 1 + len(more)))
    ids = "K" + number.astype("str").str.zfill(6)
    return more.assign(click_id=ids), ids


def platform_claims(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Every platform counts the orders it touched: together a third more than there were."""
    bill, orders = tables["ad_spend"], tables["orders"]
    web = orders[(orders["outlet"] == "web") & (orders["status"] == "paid")]
    monday = web["order_date"] - pd.to_timedelta(web["order_date"].dt.day_of_week, unit="D")
    per_week = bill["week"].map(monday.value_counts()).fillna(0)
    total = bill.groupby(["week", "channel"])["spend"].transform("sum")
    share = (bill["spend"] / total.where(total > 0)).fillna(0.0)
    noise = 0.7 + 0.6 * uniforms(seed, "claims", len(bill))
    claims = CLAIMED * per_week * bill["channel"].map(_CLAIMS) * share * noise
    detail = "claimed_conversions is what each platform counts as its own, not what it brought"
    log = logged("ad_spend", ["*"], "platform_claims", detail, "")
    return {"ad_spend": bill.assign(claimed_conversions=claims.round(1))}, log
