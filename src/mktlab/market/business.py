"""Business buyers: offices, restaurants and hotels that may buy coffee, and whom a call changes.

`arrivals` makes the leads of one week: where each came from, what it did on the web shop, how many
cups a day it needs, its chance to buy with a call of a salesperson and without one. `worked` says
whom the salespeople call under a rule, and `closed` what becomes of each lead. One lead in
four is drawn for a call, one for none; of the others the salespeople call those with the most
points, and those that *sound* good: they hear an interest that no table holds.

A lead buys when its luck is below its chance, with a call or without one; a hotel that filled in
the form wants no visit, so a call makes its chance lower. Everything is drawn by
seed and week from streams of its own, so no other table moves; `observed.leads` writes the tables.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import gammainc

from mktlab.market.draws import Flags, Floats, Ints, choices, gammas, normals, poissons, uniforms

LEADS_A_WEEK = 60  # in a market of `mix.REFERENCE_PEOPLE`
HOURS = 60  # of the salespeople, a week
DRAWN = 0.25  # of the leads, for a call; as many for none
EVENTS = ("page_views", "mails_opened", "downloads", "price_views")
POINTS: Floats = np.array([1.0, 2.0, 5.0, 8.0])
"""What marketing gives for each event, in the order of `EVENTS`."""
HEARD = 14.0  # points that one standard deviation of interest is worth to who hears it
DAY_CUP_SALES, DAY_CUP_MARGIN = 0.26, 0.11  # euros a cup
_MOST = 30  # events of one kind


class Source(NamedTuple):
    """Where leads come from."""

    name: str
    share: float  # of the leads
    without: float  # log odds to buy without a call, of an office of mean interest
    call: float  # what a call adds to the log odds
    rates: tuple[float, ...]  # events of each kind in the first week, mean


class Kind(NamedTuple):
    """Who they are."""

    name: str
    share: float
    cups: float  # a day, median
    spread: float  # of its logarithm
    days: int  # open in a year
    hours: float  # that a salesperson needs for one, mean
    without: float  # added to the log odds without a call
    call: float  # added to what a call adds


SOURCES = (
    Source("download", 0.36, -4.7, 0.7, (4.0, 2.5, 2.2, 0.15)),
    Source("referral", 0.14, -2.8, 1.9, (1.5, 0.5, 0.1, 0.4)),
    Source("fair", 0.20, -3.6, 2.0, (1.0, 1.2, 0.3, 0.2)),
    Source("form", 0.30, -0.9, 0.1, (3.0, 0.8, 0.3, 1.0)),
)
KINDS = (
    Kind("hotel", 0.15, 90.0, 0.6, 360, 8.0, -0.4, -0.3),
    Kind("office", 0.55, 25.0, 0.8, 220, 1.25, 0.0, 0.0),
    Kind("restaurant", 0.30, 60.0, 0.5, 300, 3.0, -0.1, 0.1),
)
INTEREST = 0.8  # log odds for a standard deviation of interest
DRAWS = ("call", "none", "rule")
_DELAY = (30.0, 45.0, 60.0)  # days until who buys alone, who is won, who is lost: means
OPENED = 0.30  # of those that are called and do not buy, who become a deal
MOVES = (0.3, 0.65)  # of the time that a deal takes, when it goes on to the next stage
SHAPE = 3.0  # of the gamma distribution of these days
CLOSED = 0.7  # of the deals that are lost, those that somebody closes
STAGES = ("qualified", "tasting", "offer")
REACHED: Floats = np.array([0.45, 0.33, 0.22])  # last stage of a deal that is lost


class Leads(NamedTuple):
    """The leads of one week, by day."""

    week: int
    day: Ints
    source: Ints
    kind: Ints
    cups: Ints
    events: Ints  # (leads, kinds of events)
    draw: Ints
    interest: Floats
    hours: Floats
    without: Floats
    with_call: Floats
    margin: Floats  # of the first year, if it buys
    lots: Floats  # (leads, draws that are left)

    @property
    def points(self) -> Ints:
        """Points at the end of the week."""
        return (self.events @ POINTS).astype(np.int64)


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))


def arrivals(seed: int, week: int, *, scale: float = 1.0) -> Leads:
    """Those who come in a week.

    >>> some = arrivals(1, 3)
    >>> bool((some.day // 7 == 3).all())
    True
    """
    most = int(np.ceil(3 * LEADS_A_WEEK * scale)) + 20
    mean = np.array([LEADS_A_WEEK * scale])
    count = int(poissons(uniforms(seed, "leads", 1, week=week), mean, most=most)[0])
    lots = np.array([uniforms(seed, f"lead_{i}", count, week=week) for i in range(20)])
    order = np.argsort(lots[0], kind="stable")
    lots = lots[:, order]
    source = _picked(lots[1], SOURCES)
    kind = _picked(lots[2], KINDS)
    interest, busy = normals(lots[3]), normals(lots[4])
    of = np.array([s.rates for s in SOURCES])[source]
    pull = np.exp(np.outer(busy, [0.5, 0.4, 0.5, 0.0]) + np.outer(interest, [0.0, 0.0, 0.0, 0.7]))
    events = np.array(
        [poissons(lots[5 + i], of[:, i] * pull[:, i], most=_MOST) for i in range(len(EVENTS))]
    ).T
    kinds = np.array([k[2:] for k in KINDS])[kind]
    cups = np.maximum(np.rint(kinds[:, 0] * np.exp(kinds[:, 1] * normals(lots[9]))), 3)
    without = np.array([s.without for s in SOURCES])[source] + kinds[:, 4] + INTEREST * interest
    call = np.array([s.call for s in SOURCES])[source] + kinds[:, 5]
    need = np.exp(0.25 * normals(lots[10]))
    return Leads(
        week=week,
        day=7 * week + np.floor(7 * lots[0]).astype(np.int64),
        source=source,
        kind=kind,
        cups=cups.astype(np.int64),
        events=events,
        draw=choices(lots[11], np.tile([DRAWN, DRAWN, 1 - 2 * DRAWN], (count, 1))),
        interest=interest,
        hours=np.maximum(np.round(4 * kinds[:, 3] * gammas(lots[12], shape=6.0)), 1) / 4,
        without=_logistic(without),
        with_call=_logistic(without + call),
        margin=cups * need * kinds[:, 2] * DAY_CUP_MARGIN,
        lots=lots[13:].T,
    )


def _picked(lot: Floats, among: tuple[Source, ...] | tuple[Kind, ...]) -> Ints:
    return choices(lot, np.tile([each.share for each in among], (len(lot), 1)))


def worked(leads: Leads, *, scale: float = 1.0) -> Flags:
    """Whom the salespeople call the week after, by today's rule."""
    score = leads.points + HEARD * leads.interest
    rank = np.where(leads.draw == 0, np.inf, np.where(leads.draw == 1, -np.inf, score))
    order = np.argsort(-rank, kind="stable")
    spent = leads.hours[order].cumsum()
    called = np.zeros(len(order), dtype=bool)
    called[order[(spent <= HOURS * scale) | (leads.draw[order] == 0)]] = True
    return np.asarray(called & (leads.draw != 1))


def closed(leads: Leads, called: Flags) -> pd.DataFrame:
    """What becomes of each lead: a row per lead, days since the start of the market.

    `called` (day of the call), `opened` (of the deal), `first_move`, `second_move` (it goes on to
    the next stage), `closes` (won, or closed as lost); -1 is never. `won`, and `last`, the last
    stage before it closes.
    """
    lots = leads.lots
    won = lots[:, 0] < np.where(called, leads.with_call, leads.without)
    call = 7 * (leads.week + 1) + np.floor(5 * lots[:, 1]).astype(np.int64)
    deal = called & (won | (lots[:, 2] < OPENED))
    alone, wins, loses = _DELAY
    begun = np.where(called, call, leads.day + 3)
    span = np.where(called, np.where(won, wins, loses), alone) * gammas(lots[:, 3], shape=SHAPE)
    ends = begun + 1 + np.floor(span).astype(np.int64)
    last = np.where(won, 2, choices(lots[:, 4], np.tile(REACHED, (len(won), 1))))
    first, second = (begun + np.floor(part * (ends - begun)).astype(np.int64) for part in MOVES)
    shut = won | (deal & (lots[:, 5] < CLOSED))
    days = {
        "called": np.where(called, call, -1),
        "opened": np.where(deal, begun, np.where(won, ends, -1)),
        "first_move": np.where(deal & (last > 0), first, -1),
        "second_move": np.where(deal & (last > 1), second, -1),
        "closes": np.where(shut, ends, -1),
    }
    return pd.DataFrame({**days, "won": won, "last": last})


def bought_by(age: Floats) -> Floats:
    """Of those who buy without a call, the share that has bought so many days after they came."""
    return np.asarray(gammainc(SHAPE, SHAPE * np.maximum(age - 3, 0) / _DELAY[0]))
