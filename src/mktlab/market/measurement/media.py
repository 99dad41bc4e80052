"""What the media leave behind: the advertising bill, the posts, and the booking book they move."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.advertising import MEDIA, of_media
from mktlab.market.draws import Floats, choices, normals, poissons, uniforms
from mktlab.market.history import History
from mktlab.market.measurement.relations import instants
from mktlab.market.measurement.sales import days, labels, numbered
from mktlab.market.prices import weeks_of_year
from mktlab.market.world import ZONES

NETWORKS = ("Instagram", "Facebook", "TikTok")
_ENGAGEMENT = (0.0047, 0.0006, 0.0569)  # per follower and post
_FOLLOWERS = (5200, 7400, 900)
TOPICS = ("product", "recipe", "team", "café", "offer", "origin")
USUAL_REACH = 1800
NEIGHBORHOOD = "Lyon"
BOOKINGS = 55.0  # a week at the neighborhood café
BOOKINGS_EFFECT = 0.06  # elasticity to the week's reach of posts
SOURCES = ("phone", "web", "social", "walk-in")
_VISIT_DAYS = np.array([[0.08, 0.09, 0.11, 0.13, 0.18, 0.24, 0.17]])
_POST_DAYS = np.array([[0.12, 0.12, 0.13, 0.14, 0.17, 0.17, 0.15]])


def view_price(position: Floats) -> Floats:
    """Price of a thousand views over the usual one: dear before Christmas, cheap in January.

    >>> view_price(np.array([1.0, 20.0, 48.0])).tolist()
    [0.8, 1.0, 1.5]
    """
    return np.where((position >= 46) & (position < 51), 1.5, np.where(position < 4, 0.8, 1.0))


def ad_spend(history: History) -> pd.DataFrame:
    """The bill, by week, zone and channel; before Christmas a second campaign takes its share."""
    spend = np.array([week.spend for week in history.weeks])
    week, channel, zone = np.indices(spend.shape).reshape(3, -1)
    position = weeks_of_year(len(history.weeks))
    cents = np.rint(100 * spend).reshape(-1)
    season = (position >= 46) & (position < 51)
    gifts = np.where(season[week], np.floor(0.4 * cents), 0.0)
    test = np.where(
        history.media.in_experiment[week, channel],
        np.where(history.media.dark[week, channel, zone], 2, 1),
        0,
    )
    everything = np.ones(len(cents), dtype=bool)
    campaigns = {"always on": (cents - gifts, everything), "Christmas gifts": (gifts, season[week])}
    parts = []
    for campaign, (amount, runs) in campaigns.items():
        per_view = of_media("per_thousand_views")[channel] * view_price(position)[week] / 1000
        views = np.rint(amount / 100 / per_view)
        rate = of_media("click_rate")[channel]
        clicks = pd.Series(np.rint(views * rate).astype(np.int64), dtype="Int64")
        bill = pd.DataFrame(
            {
                "week": days(7 * week),
                "zone": labels(ZONES, zone),
                "channel": labels(tuple(c.name for c in MEDIA), channel),
                "campaign": pd.Series(campaign, index=range(len(week)), dtype="str"),
                "impressions": pd.Series(views.astype(np.int64), dtype="Int64"),
                "clicks": clicks.mask(rate == 0),
                "spend": amount / 100,
                "budget_test": labels(("no test", "on", "dark"), test),
            }
        )
        parts.append(bill[runs])
    order = ["week", "zone", "channel", "campaign"]
    return pd.concat(parts).sort_values(order, ignore_index=True)


def social_posts(history: History) -> pd.DataFrame:
    """Every post; its reach is what moved the cafés, the rest follows from it."""
    parts = []
    for number, week in enumerate(history.weeks):
        size = min(round(week.mix.promotion.posts_per_week), history.media.post_reach.shape[1])
        lot = uniforms(history.seed, "posts", 7 * 30, week=number).reshape(-1, 7)[:size]
        network = (lot[:, 0] * len(NETWORKS)).astype(np.int64)
        followers = np.rint(np.array(_FOLLOWERS)[network] * 1.004**number)
        reach = USUAL_REACH * history.media.post_reach[number, :size]
        engaged = followers * np.array(_ENGAGEMENT)[network] * np.exp(0.8 * normals(lot[:, 1]))
        engaged = engaged * np.sqrt(history.media.post_reach[number, :size])
        day = 7 * number + choices(lot[:, 2], np.repeat(_POST_DAYS, size, axis=0))
        parts.append(
            pd.DataFrame(
                {
                    "network": labels(NETWORKS, network),
                    "posted_at": instants(86_400 * day + 28_800 + (43_200 * lot[:, 3]).astype(int)),
                    "topic": labels(TOPICS, (lot[:, 4] * len(TOPICS)).astype(np.int64)),
                    "followers": followers.astype(np.int64),
                    "reach": np.maximum(np.rint(reach), 1).astype(np.int64),
                    "likes": np.rint(0.85 * engaged).astype(np.int64),
                    "shares": np.rint(0.06 * engaged * (0.5 + lot[:, 5])).astype(np.int64),
                    "comments": np.rint(0.09 * engaged * (0.5 + lot[:, 6])).astype(np.int64),
                }
            )
        )
    table = pd.concat(parts).sort_values("posted_at", ignore_index=True)
    table.insert(0, "post_id", numbered("M", np.arange(1, len(table) + 1), 5))
    return table


def expected_bookings(history: History) -> Floats:
    """Tables booked for each week, in expectation."""
    weeks = range(len(history.weeks))
    season = history.climate.season[: len(history.weeks)].mean(axis=1)
    posts = np.log([history.weeks[week].posts for week in weeks])
    wish = 0.25 * season + BOOKINGS_EFFECT * posts + 0.10 * history.media.buzz[: len(weeks)]
    return np.asarray(BOOKINGS * history.people.scale * np.exp(wish))


def reservations(history: History) -> pd.DataFrame:
    """The booking book of the neighborhood café, the one in Lyon, of the visits so far."""
    expected = expected_bookings(history)
    parts = []
    for week in range(len(history.weeks)):
        luck = normals(uniforms(history.seed, "bookings", 1, week=week))[0]
        size = max(round(expected[week] + np.sqrt(expected[week]) * luck), 0)
        lot = uniforms(history.seed, "booking", 6 * size, week=week).reshape(-1, 6)
        visit = 7 * week + choices(lot[:, 0], np.repeat(_VISIT_DAYS, size, axis=0))
        lead = np.minimum(-4.5 * np.log1p(-lot[:, 1]), 60).astype(np.int64)
        source = choices(lot[:, 2], np.repeat([[0.34, 0.36, 0.18, 0.12]], size, axis=0))
        lead[source == SOURCES.index("walk-in")] = 0
        stays_away = 0.05 + 0.006 * lead
        parts.append(
            pd.DataFrame(
                {
                    "booked": visit - lead,
                    "visit": visit,
                    "covers": 1 + poissons(lot[:, 3], np.full(size, 1.6), most=9),
                    "source": labels(SOURCES, source),
                    "showed_up": lot[:, 4] >= stays_away,
                }
            )
        )
    table = pd.concat(parts).sort_values(["booked", "visit"], kind="stable", ignore_index=True)
    booked, visit = table.pop("booked").to_numpy(), table.pop("visit").to_numpy()
    table.insert(0, "reservation_id", numbered("B", np.arange(1, len(table) + 1), 6))
    table.insert(1, "booked_date", days(booked))
    table.insert(2, "visit_date", days(visit))
    return table
