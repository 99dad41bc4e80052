"""Paid channels: what is spent, how long it lingers, when it saturates, and who gets to know us.

`draw_media` lays out the flights, budget experiments and posts of all weeks. Each week `spend`
turns the plan's budget into euros by channel and zone, `linger` adds it to what last weeks left
(adstock), `response` says how much of the channel's reach that is worth (saturation), and `lifts`
how far it moves orders and new customers. `know` lets awareness grow with radio, social networks
and word of mouth, and fade without them.

Spend follows demand (`follows_demand`), which flatters a channel; the budget experiments, in which
one channel goes dark in zones drawn by lot, do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from mktlab.market.draws import Flags, Floats, normals, uniforms
from mktlab.market.prices import Climate, gift_weeks, usual_season, weeks_of_year
from mktlab.market.world import ZONES, of_segments, zone_shares
from mktlab.plan.mix import BASE, CHANNELS, Mix

MOST_POSTS = 30
USUAL_POSTS = 5
AWARENESS_AT_START = 0.35
USUAL_LIFT = 0.125  # on the log of orders, at today's budget
_EXPERIMENT_EVERY = 11
_EXPERIMENT_WEEKS = 8
_FLIGHT_WEEKS = 4


class Channel(NamedTuple):
    """A paid channel. `carryover` is the share of adstock kept for a week; the two effects are of
    full reach, on the log of orders and of joining; prices are in euros, rates per view.
    """

    name: str
    carryover: float
    on_orders: float
    on_joining: float
    follows_demand: float
    per_thousand_views: float
    click_rate: float


# fmt: off
MEDIA = (
    Channel("search_brand", .05, .004, .01, 1.2, 70.0, .20),
    Channel("search_generic", .15, .05, .38, .9, 54.0, .064),
    Channel("social", .35, .05, .40, .3, 7.0, .012),
    Channel("retargeting", .15, .015, .06, 1.0, 4.5, .008),
    Channel("radio", .70, .10, .45, 0, 9.0, 0),
    Channel("affiliates", .10, .03, .22, .2, 20.0, .025),
)
# fmt: on
SOCIAL = CHANNELS.index("social")
RADIO = CHANNELS.index("radio")


def of_media(trait: str) -> Floats:
    """One trait of all channels.

    >>> of_media("carryover").tolist()
    [0.05, 0.15, 0.35, 0.15, 0.7, 0.1]
    """
    return np.array([getattr(channel, trait) for channel in MEDIA], dtype=float)


@dataclass(frozen=True)
class Media:
    """What chance does to the media plan; the first axis is the week."""

    flight: Floats  # (weeks, channels, zones): heavier and lighter weeks, 1 on average
    dark: Flags  # (weeks, channels, zones): switched off by a budget experiment
    in_experiment: Flags  # (weeks, channels)
    buzz: Floats  # (weeks,): something happens in town; nobody records it
    post_reach: Floats  # (weeks, posts): reach of each post over the usual


def draw_media(seed: int, weeks: int) -> Media:
    """Draw the flights and posts. A longer draw begins with the shorter one."""
    channels, zones = len(MEDIA), len(ZONES)
    size = channels * zones

    def noise(stream: str, every: int = 1) -> Floats:
        drawn = [uniforms(seed, stream, size, week=w // every) for w in range(weeks)]
        return normals(np.array(drawn)).reshape(weeks, channels, zones)

    flight = 0.45 * noise("flight", _FLIGHT_WEEKS) + 0.10 * noise("flight week")
    week = np.arange(weeks)
    lots = [uniforms(seed, "budget experiment", 1 + zones, week=w // 11) for w in range(weeks)]
    lot = np.array(lots).reshape(weeks, 1 + zones)
    chosen = (lot[:, :1] * channels).astype(np.int64) == np.arange(channels)
    runs = week % _EXPERIMENT_EVERY >= _EXPERIMENT_EVERY - _EXPERIMENT_WEEKS
    half = lot[:, 1:].argsort(axis=1).argsort(axis=1) < zones // 2
    in_experiment = chosen & runs[:, None]
    buzz = normals(np.array([uniforms(seed, "buzz", 1, week=w)[0] for w in range(weeks)]))
    reach = normals(
        np.array([uniforms(seed, "post reach", MOST_POSTS, week=w) for w in range(weeks)])
    )
    eager = 0.4 * buzz + 0.5 * gift_weeks(weeks_of_year(weeks))
    return Media(
        flight=np.exp(flight - (0.45**2 + 0.10**2) / 2),
        dark=in_experiment[:, :, None] & half[:, None, :],
        in_experiment=in_experiment,
        buzz=buzz,
        post_reach=np.exp(0.8 * reach - 0.32 + eager[:, None]),
    )


@cache
def people_by_zone() -> Floats:
    """Share of all people who live in each zone."""
    return np.asarray(of_segments("share") @ zone_shares())


@cache
def normal_spend(scale: float) -> Floats:
    """Today's budget, euros a week: (channels, zones)."""
    today = np.array([BASE.value(f"promotion.{name}") for name in CHANNELS], dtype=float)
    return np.outer(today, people_by_zone()) * scale


def spend(media: Media, climate: Climate, week: int, mix: Mix, *, scale: float) -> Floats:
    """Euros spent this week: (channels, zones)."""
    budget = np.array([mix.value(f"promotion.{name}") for name in CHANNELS], dtype=float)
    season = float((climate.season[week] - usual_season()).mean())
    strength = 3 * float(climate.shock[week].mean()) + 0.8 * season
    follow = np.exp(of_media("follows_demand") * strength)[:, None]
    euros = np.outer(budget, people_by_zone()) * scale * media.flight[week] * follow
    return np.where(media.dark[week], 0.0, euros).round(2)


def linger(adstock: Floats, spent: Floats) -> Floats:
    """Adstock: what was kept of last week's, plus this week's spend (Broadbent, 1979).

    >>> linger(np.full((6, 13), 10.0), np.full((6, 13), 1.0))[4, 0].round(2).item()  # .7 x 10 + 1
    8.0
    """
    return np.asarray(of_media("carryover")[:, None] * adstock + spent)


def response(adstock: Floats, *, scale: float) -> Floats:
    """Share of full reach (H): half of it at today's budget, ever less for each further euro."""
    usual = normal_spend(scale) / (1 - of_media("carryover"))[:, None]
    level = adstock / usual
    return np.asarray(level / (level + 1))


def lifts(reach: Floats, effect: str) -> Floats:
    """Log lift of `on_orders` or `on_joining`: (zones, 2), with social advertising and without."""
    by_channel = of_media(effect)[:, None] * reach
    everyone = by_channel.sum(axis=0)
    return np.column_stack([everyone, everyone - by_channel[SOCIAL]])


def know(awareness: Floats, reach: Floats, *, word_of_mouth: float) -> Floats:
    """Next week's share of people who know the brand, by zone."""
    learn = 0.0005 + 0.005 * reach[RADIO] + 0.002 * reach[SOCIAL]
    learn = learn + 0.001 * min(word_of_mouth, 2.0)
    return np.asarray(awareness + (1 - awareness) * learn - 0.009 * awareness)


def posts_index(media: Media, week: int, mix: Mix) -> float:
    """Reach of the week's posts over that of a usual week; never quite zero."""
    number = min(round(mix.promotion.posts_per_week), MOST_POSTS)
    return float((media.post_reach[week, :number].sum() + 0.5) / (USUAL_POSTS + 0.5))


def known_share(awareness: Floats) -> float:
    """Share of all people who know the brand."""
    return float(awareness @ people_by_zone())
