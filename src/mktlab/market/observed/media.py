"""What advertising, social accounts and the booking book leave behind: three tables of the analyst.

`ad_spend` bills each week's media plan, `social_posts` lists the posts behind each week's reach,
`reservations` is the booking book of one café, which posts fill a little and buzz fills more.
`posts_truth` says how much of it the posts did. `lots` and `numbered`, which draw and name the rows
of a log, also serve `web` and `journeys`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import pdtrik

from mktlab.market.advertising import MEDIA, MOST_POSTS, of_media
from mktlab.market.draws import Floats, Ints, choices, normals, uniforms
from mktlab.market.observed.relations import instants
from mktlab.market.observed.sales import days, labels, numbered
from mktlab.market.prices import seasons, weeks_of_year
from mktlab.market.service import POSTS_EFFECT
from mktlab.market.state import History
from mktlab.market.world import ZONES

DAY = 86_400  # seconds

# What advertising costs.
AUCTIONED = ("search_brand", "search_generic", "social", "retargeting")  # the others have a tariff
GIFT_SEASON = (46, 51)  # weeks of the year in which views cost half as much again
GIFT_PRICE = 1.5
JANUARY_PRICE = 0.8
PUSHED = ("search_generic", "social", "radio")  # channels with a campaign of their own then
_PUSH_SHARE = 2, 5  # two fifths of their spend, in whole cents

# What posts do.
REACH = 1500  # accounts that see a usual post, at the usual size of the market
NETWORKS = ("Instagram", "Facebook", "TikTok")
_POSTS = np.array([0.50, 0.25, 0.25])  # share of the posts
_FOLLOWERS = np.array([6000, 5000, 1500])  # on the first day, at the usual size of the market
_FOLLOWERS_GROW = 0.003  # a week
ENGAGEMENT = np.array([0.0047, 0.0006, 0.0569])  # median, per follower (Rival IQ, 2022)
_ENGAGEMENT_SPREAD = 0.8
_SHARED, _COMMENTED = 0.05, 0.08  # of the engagement; the rest are likes
TOPICS = ("product", "recipe", "café", "people", "behind the scenes", "competition")
_TOPICS = np.array([0.28, 0.18, 0.22, 0.12, 0.14, 0.06])
_POST_DAYS = np.array([0.10, 0.11, 0.12, 0.13, 0.17, 0.20, 0.17])  # Monday to Sunday

# The booking book.
BOOKING_CAFE = "Lyon"
BOOKINGS = 55.0  # a week, at the usual size of the market
BOOKING_POSTS_EFFECT = 0.06
BOOKING_BUZZ_EFFECT = 0.10
_BOOKING_SEASON = 0.25
MOST_DAYS_AHEAD = 60
_MEAN_DAYS_AHEAD = 6.0
_VISIT_DAYS = np.array([0.5, 0.6, 0.7, 0.9, 1.5, 1.9, 0.9])  # pull of Monday to Sunday
SOURCES = ("web", "phone", "social", "walk-in")  # walk-ins are listed when they come
_SOURCES = np.array([0.38, 0.34, 0.16, 0.12])
_COVERS = np.array([0.08, 0.50, 0.14, 0.18, 0.04, 0.06])  # one to six people
NO_SHOW = 0.05
NO_SHOW_PER_DAY = 0.007  # more for each day between booking and visit
MOST_NO_SHOWS = 0.35


def lots(seed: int, stream: str, counts: Ints, columns: int, *, first_week: int = 0) -> Floats:
    """Numbers between 0 and 1 for the rows of a log: (rows, columns).

    `counts` holds the rows of each week from `first_week` on. A row's numbers depend on its week
    and its place in it, not on the rows of other weeks or on those that follow.

    >>> lots(1, "visits", np.array([2, 1]), 3).shape
    (3, 3)
    """
    drawn = [
        uniforms(seed, stream, int(n) * columns, week=first_week + k).reshape(-1, columns)
        for k, n in enumerate(counts)
    ]
    return np.concatenate([np.empty((0, columns)), *drawn])


def pick(uniform: Floats, shares: Floats) -> Ints:
    """The option each row takes, all rows with the same chances.

    >>> pick(np.array([0.1, 0.9]), np.array([1.0, 3.0])).tolist()
    [0, 1]
    """
    reached = shares.cumsum()
    return np.asarray(np.searchsorted(reached[:-1], uniform * reached[-1], side="right"))


def ad_spend(history: History) -> pd.DataFrame:
    """What each campaign cost, and how often it was shown and clicked.

    A channel runs one campaign all year; some give two fifths of their budget to another one in the
    gift season. Weeks dark for a budget experiment are kept, with nothing spent. The column
    `budget_test` says which zones of an experiment were dark. Nobody clicks on radio: empty.
    """
    weeks = len(history.weeks)
    cents = np.rint(100 * np.array([w.spend for w in history.weeks])).astype(np.int64)
    year = weeks_of_year(weeks)
    gift = (year >= GIFT_SEASON[0] - 1) & (year < GIFT_SEASON[1])
    pushed = gift[:, None] & np.isin([c.name for c in MEDIA], PUSHED)
    push = np.where(pushed[:, :, None], cents * _PUSH_SHARE[0] // _PUSH_SHARE[1], 0)
    parts = np.stack([cents - push, push], axis=-1)
    runs = np.stack([np.ones_like(pushed), pushed], axis=-1)[:, None]
    week, zone, channel, campaign = np.nonzero(
        np.broadcast_to(runs, (weeks, len(ZONES), len(MEDIA), 2))
    )
    spent = parts[week, channel, zone, campaign]
    chance = normals(uniforms(history.seed, "views and clicks", 2 * len(week)).reshape(-1, 2))
    auctioned = np.isin([c.name for c in MEDIA], AUCTIONED)
    dearer = np.where(gift, GIFT_PRICE, np.where(year < 4, JANUARY_PRICE, 1.0))
    price = of_media("per_thousand_views") * np.where(auctioned, dearer[:, None], 1.0)
    views = np.rint(10 * spent / price[week, channel] * np.exp(0.08 * chance[:, 0] - 0.0032))
    rate = of_media("click_rate")[channel]
    clicks = np.rint(views * rate + np.sqrt(views * rate * (1 - rate)) * chance[:, 1])
    tested = history.media.in_experiment[week, channel].astype(np.int64)
    dark = history.media.dark[week, channel, zone]
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "zone": labels(ZONES, zone),
            "channel": labels(tuple(c.name for c in MEDIA), channel),
            "campaign": labels(("always-on", "gift season"), campaign),
            "impressions": pd.Series(views.astype(np.int64), dtype="Int64"),
            "clicks": pd.Series(clicks.clip(0, views), dtype="Int64").mask(rate == 0),
            "spend": spent / 100,
            "budget_test": labels(("no test", "on", "dark"), tested + dark),
        }
    )


def social_posts(history: History) -> pd.DataFrame:
    """Every post of the company's accounts.

    The reach of a week's posts adds up to what moved the cafés that week. Buzz in town and gift
    seasons raise it, as they raise visits: posts and sales rise together also without a cause.
    """
    counts = _posts_of(history)
    week = np.repeat(np.arange(len(counts)), counts)
    reached = np.concatenate(
        [row[:n] for row, n in zip(history.media.post_reach, counts, strict=False)]
    )
    lot = lots(history.seed, "posts", counts, 6)
    network = pick(lot[:, 0], _POSTS)
    scale = history.people.scale
    followers = _FOLLOWERS[network] * scale * np.exp(_FOLLOWERS_GROW * week)
    # Half of the variance of what people do with a post is that of how many saw it.
    mood = (np.log(reached) + 0.32 + _ENGAGEMENT_SPREAD * normals(lot[:, 1])) / np.sqrt(2)
    reach = np.rint(REACH * scale * reached)
    engaged = np.minimum(np.rint(ENGAGEMENT[network] * followers * np.exp(mood)), reach)
    shares = np.floor(_SHARED * engaged + lot[:, 2])
    comments = np.floor(np.minimum(_COMMENTED * engaged + lot[:, 3], engaged - shares)).clip(0)
    shares = np.minimum(shares, engaged)
    hour = 8 + 13 * lot[:, 5]
    second = (7 * week + pick(lot[:, 4], _POST_DAYS)) * DAY + (3600 * hour).astype(np.int64)
    table = pd.DataFrame(
        {
            "network": labels(NETWORKS, network),
            "posted_at": instants(second),
            "topic": labels(TOPICS, pick(uniforms(history.seed, "topics", len(week)), _TOPICS)),
            "followers": followers.astype(np.int64),
            "reach": reach.astype(np.int64),
            "likes": (engaged - shares - comments).astype(np.int64),
            "shares": shares.astype(np.int64),
            "comments": comments.astype(np.int64),
        }
    )
    table = table.iloc[np.argsort(second, kind="stable")].reset_index(drop=True)
    table.insert(0, "post_id", numbered("P", np.arange(1, len(table) + 1), width=5))
    return table


def _posts_of(history: History) -> Ints:
    number = [round(w.mix.promotion.posts_per_week) for w in history.weeks]
    return np.minimum(np.array(number, dtype=np.int64), MOST_POSTS)


def bookings_expected(history: History) -> Floats:
    """Bookings expected to be made in each week at the café that takes them."""
    weeks = len(history.weeks)
    season = (seasons(weeks_of_year(weeks)) - seasons(np.arange(52.0)).mean(axis=0)).mean(axis=1)
    wish = (
        BOOKING_POSTS_EFFECT * np.log([w.posts for w in history.weeks])
        + BOOKING_BUZZ_EFFECT * history.media.buzz[:weeks]
        + _BOOKING_SEASON * season
    )
    return np.asarray(BOOKINGS * history.people.scale * np.exp(wish))


def reservations(history: History) -> pd.DataFrame:
    """The booking book of one café, that of Lyon: the only one whose tables can be booked.

    A booking made in the last weeks may be for a day still to come; `showed_up` is then empty.
    """
    mean, seed = bookings_expected(history), history.seed
    chance = np.array([uniforms(seed, "bookings", 1, week=w)[0] for w in range(len(mean))])
    counts = np.ceil(pdtrik(chance, mean)).astype(np.int64)  # Poisson
    lot = lots(seed, "booking", counts, 5)
    week = np.repeat(np.arange(len(counts)), counts)
    weekday = (7 * lot[:, 0]).astype(np.int64)
    source = pick(lot[:, 1], _SOURCES)
    walks_in = source == SOURCES.index("walk-in")
    ahead = np.where(walks_in, 0, choices(lot[:, 2], _days_ahead()[weekday]))
    booked = 7 * week + weekday
    stays_away = np.minimum(NO_SHOW + NO_SHOW_PER_DAY * ahead, MOST_NO_SHOWS)
    came = pd.Series(lot[:, 3] >= np.where(walks_in, 0.0, stays_away), dtype="boolean")
    came = came.mask(booked + ahead >= 7 * len(mean))
    by_day = np.argsort(booked, kind="stable")
    return pd.DataFrame(
        {
            "reservation_id": numbered("R", np.arange(1, len(week) + 1), width=6),
            "booked_date": days(booked[by_day]),
            "visit_date": days((booked + ahead)[by_day]),
            "covers": 1 + pick(lot[:, 4], _COVERS)[by_day],
            "source": labels(SOURCES, source[by_day]),
            "showed_up": came.take(by_day).reset_index(drop=True),
        }
    )


def _days_ahead() -> Floats:
    """Pull of each number of days ahead, by weekday of the booking: (7, days)."""
    ahead = np.arange(MOST_DAYS_AHEAD + 1)
    visit = (np.arange(7)[:, None] + ahead) % 7
    return np.asarray(np.exp(-ahead / _MEAN_DAYS_AHEAD) * _VISIT_DAYS[visit])


def posts_truth(history: History) -> pd.DataFrame:
    """What posts did, and what only came along with them: a row per week."""
    weeks = len(history.weeks)
    return pd.DataFrame(
        {
            "week": days(7 * np.arange(weeks)),
            "log_posts_index": np.log([w.posts for w in history.weeks]).round(6),
            "buzz": history.media.buzz[:weeks].round(6),
            "expected_bookings": bookings_expected(history).round(6),
            "visits_elasticity": POSTS_EFFECT,
            "bookings_elasticity": BOOKING_POSTS_EFFECT,
        }
    )
