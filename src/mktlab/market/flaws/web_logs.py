"""What goes wrong in tables that machines log: bots, refused cookies, rage, boastful platforms.

Each flaw takes the tables and a seed and gives back the damaged tables with a log, as those in
`flaws` do. `LOGGED_FLAWS` lists them in the order in which they strike: bots come last, because
they refuse no cookie and lose no temper.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import Ints, normals, uniforms
from mktlab.market.flaws.log import Flaw, Tables, logged
from mktlab.market.observed.media import DAY
from mktlab.market.observed.relations import instants
from mktlab.market.observed.sales import numbered

REFUSING = 0.30  # of the browsers
RAGE = 0.06  # of all clicks
BOTS = 0.18  # of all visits
BOT_CLICKS = 0.04  # of all clicks
CLAIMED = 1.30  # conversions claimed by all platforms together, over the paid web orders
_CLAIMS = {  # share of each platform in what is claimed; nobody claims for radio
    "search_brand": 0.30,
    "search_generic": 0.20,
    "social": 0.25,
    "retargeting": 0.15,
    "affiliates": 0.10,
}
_VISITS_PER_BOT = 25
_CLICKS_PER_BOT_VISIT = 36
_GRID = 40  # pixels


def platform_claims(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """A column in which each platform claims every order it ever touched: 130% of them in all.

    What is claimed depends on the orders of the week and on the campaign's share of the channel's
    spend that week, not on what the advertising did.
    """
    billed, orders = tables["ad_spend"], tables["orders"]
    paid = orders[(orders["outlet"] == "web") & (orders["status"] == "paid")]["order_date"]
    per_week = (paid - pd.to_timedelta(paid.dt.day_of_week, unit="D")).value_counts()
    spend = billed["spend"]
    of_channel = spend.groupby([billed["week"], billed["channel"]]).transform("sum")
    share = (spend / of_channel.where(of_channel > 0)).fillna(0.0)
    wanted = CLAIMED * billed["week"].map(per_week).fillna(0) * billed["channel"].map(_CLAIMS)
    claims = np.floor(wanted * share + uniforms(seed, "platform claims", len(billed)))
    claims = claims.mask(claims.notna() & (spend == 0), 0.0)
    detail = "each platform counts every order it touched; together 130% of the web orders"
    return {"ad_spend": billed.assign(claimed_conversions=claims.astype("Int64"))}, logged(
        "ad_spend", ["*"], "platform_claims", detail, ""
    )


def consent_loss(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """30% of browsers refuse cookies: nobody knows whose visits these are or whence they came.

    Their channel reads "unknown", which is not the same as "direct", and their customer is missing.
    """
    visits = tables["sessions"]
    browser, names = pd.factorize(visits["visitor_id"], sort=True)
    refuses = (uniforms(seed, "consent", len(names)) < REFUSING)[browser]
    was = visits["channel"] + "/" + visits["customer_id"].fillna("")
    unknown = visits.assign(
        channel=visits["channel"].mask(refuses, "unknown"),
        customer_id=visits["customer_id"].mask(refuses),
    )
    detail = "no consent: channel and customer are lost"
    keys = visits.loc[refuses, "session_id"]
    return {"sessions": unknown}, logged("sessions", keys, "consent_loss", detail, was[refuses])


def rage_clicks(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """People who hit the same spot again and again: 6% of the clicks, in bursts of three to seven.

    They are real, but a heat map takes one angry visitor for many interested ones.
    """
    clicks = tables["page_clicks"]
    wanted = round(RAGE / (1 - RAGE) * len(clicks))
    turn = np.argsort(uniforms(seed, "rage", len(clicks)))
    bursts = 3 + (5 * uniforms(seed, "rage bursts", len(clicks))).astype(np.int64)
    first = np.sort(np.repeat(turn, bursts)[:wanted])
    again = clicks.iloc[first].reset_index(drop=True)
    shake = np.rint(2 * normals(uniforms(seed, "rage aim", 2 * wanted))).reshape(-1, 2)
    again = again.assign(
        click_id=_next_ids(clicks["click_id"], wanted),
        x=(again["x"] + shake[:, 0]).clip(0, again["screen_width"]),
        y=(again["y"] + shake[:, 1]).clip(lower=0),
    )
    log = logged("page_clicks", again["click_id"], "rage_clicks", "same spot again", "")
    return {"page_clicks": pd.concat([clicks, again], ignore_index=True)}, log


def bots(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Programs read the site at night: 18% of the visits, one page a second and never a cart.

    Some click their way across the home page on a grid: 4% of the clicks.
    """
    visits, clicks = tables["sessions"], tables["page_clicks"]
    if visits.empty:  # a market so small that nobody in the sample bought
        return {}, logged("sessions", [], "bots", "", "")
    wanted = round(BOTS / (1 - BOTS) * len(visits))
    bot, turn = np.divmod(np.arange(wanted), _VISITS_PER_BOT)
    lot = uniforms(seed, "bots", 2 * (1 + wanted // _VISITS_PER_BOT)).reshape(-1, 2)
    opened = pd.Timestamp("2023-01-02", tz="UTC")  # day 0 of `instants`
    nights = (visits["started_at"].agg(["min", "max"]) - opened).dt.days
    low, high = int(nights["min"]), int(nights["max"])
    night = low + (lot[:, 0] * (high - low + 1)).astype(np.int64)
    second = night * DAY + 3600 + (lot[:, 1] * 3 * 3600).astype(np.int64)
    strangers = _unused_visitors(visits["visitor_id"], len(lot), seed)
    read = pd.DataFrame(
        {
            "session_id": _next_ids(visits["session_id"], wanted),
            "visitor_id": strangers.take(bot).reset_index(drop=True),
            "customer_id": pd.Series([None] * wanted, dtype="str"),
            "started_at": instants(second[bot] + turn),
            "channel": pd.Series(["direct"] * wanted, dtype="str"),
            "device": pd.Series(["desktop"] * wanted, dtype="str"),
            "pages": 1,
        }
    ).assign(viewed_product=False, added_to_cart=False, began_checkout=False, purchased=False)
    grid = _grid_clicks(clicks, read["session_id"])
    both = pd.concat([visits, read]).sort_values("started_at", kind="stable", ignore_index=True)
    log = [
        logged("sessions", read["session_id"], "bots", "a program, at night", ""),
        logged("page_clicks", grid["click_id"], "bots", "a program, on a grid", ""),
    ]
    return {
        "sessions": both,
        "page_clicks": pd.concat([clicks, grid], ignore_index=True),
    }, pd.concat(log)


def _grid_clicks(clicks: pd.DataFrame, visits: pd.Series[str]) -> pd.DataFrame:
    """Rows of clicks across the home page, a row per visit."""
    wanted = round(BOT_CLICKS / (1 - BOT_CLICKS) * len(clicks))
    wanted = min(wanted, _CLICKS_PER_BOT_VISIT * len(visits))
    row, step = np.divmod(np.arange(wanted), _CLICKS_PER_BOT_VISIT)
    return pd.DataFrame(
        {
            "click_id": _next_ids(clicks["click_id"], wanted),
            "session_id": visits.take(row).reset_index(drop=True),
            "page": pd.Series(["home"] * wanted, dtype="str"),
            "element": pd.Series([None] * wanted, dtype="str"),
            "x": (_GRID * step).astype(float),
            "y": (_GRID * (row % 22)).astype(float),  # down the first screen, then again
            "screen_width": 1440,
        }
    )


LOGGED_FLAWS: dict[str, Flaw] = {
    "platform_claims": platform_claims,
    "consent_loss": consent_loss,
    "rage_clicks": rage_clicks,
    "bots": bots,
}
"""Name -> flaw, in the order in which they strike."""


def _next_ids(taken: pd.Series[str], size: int) -> pd.Series[str]:
    """Ids that follow those in use."""
    highest = taken.max() if len(taken) else "X0000000"
    start = int(highest[1:]) + 1
    return numbered(highest[0], np.arange(start, start + size), width=len(highest) - 1)


def _unused_visitors(taken: pd.Series[str], size: int, seed: int) -> pd.Series[str]:
    """Browser names that look like the others."""
    number: Ints = (1e8 * uniforms(seed, "bot names", size + len(taken))).astype(np.int64)
    names = numbered("V", np.unique(number), width=8)
    free = names[~names.isin(taken)].reset_index(drop=True)
    turn = np.argsort(uniforms(seed, "bot order", len(free)))
    return free.take(turn[:size]).reset_index(drop=True)
