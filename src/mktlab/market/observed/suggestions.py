"""The shop's suggestion box: one product for each customer, and half of the boxes left empty.

A draw chose the rule that picked each product, and a coin whether the box was shown. `suggestions`
writes the log, `lifts` and `tastes` are its truth. The table only observes: who saw the box is
drawn *given* what was bought (Bayes' rule), with the chances of a market in which it had been shown
first. So the law of both together is that of a randomized test, and no other table changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.baskets import CANCELLED, MEAN_REFUND, MOST_EXTRA_PIECES
from mktlab.market.demand import category_sum
from mktlab.market.draws import Flags, Floats, Ints, choices, mean_of_poissons, uniforms
from mktlab.market.observed.sales import bought, customer_ids, days, labels
from mktlab.market.state import History
from mktlab.market.world import (
    CATEGORY_OF,
    COST_CENTS,
    PRODUCTS,
    SEGMENTS,
    of_categories,
    of_segments,
)

RULES = ("popular", "again", "related", "drawn")
EVERY, ROUNDS = 8, 6  # weeks between two boxes of one customer, and boxes of each
WITHIN = 56  # days in which a purchase counts, the day of the box included
SHOWN = 0.5  # of the boxes
LATELY = 182  # days since the last purchase, at most, of those who get a box
TOP, NEAR = 5, 3  # products that are called popular, and related
SOLD_IN = 28  # days of sales that make a product popular
KINDS = ("bought_before", "family_bought", "other_family")
RATIO: Floats = np.array([1.03, 3.0, 1.2])
"""By kind, the chance to buy a product whose box was seen over that without: most where it is new
to the customer and of a family that she buys."""
CLICKS, BUYERS_CLICK = 0.035, 0.45  # of those who see the box and do not buy, and who buy
_IDS = tuple(p.product_id for p in PRODUCTS)
_SIZE, _SILENCES, _OFTEN = len(PRODUCTS), (7, 14, 28, 56, 91), (1, 3)


class _Boxes(NamedTuple):
    """One entry per box."""

    person: Ints
    day: Ints
    rule: Ints
    product: Ints
    probability: Floats  # with which the product was picked, over all rules
    silence: Ints  # days since the last purchase
    before: Ints  # orders before
    orders: Ints  # in time
    buys: Flags  # the product, in time
    kind: Ints


def per_order(history: History) -> Floats:
    """Chance that an order holds each product: (segments, products)."""
    weeks = history.weeks[-EVERY * (ROUNDS + 1) :]
    wanted = np.mean([week.demand.by_product.mean(axis=1) for week in weeks], axis=0)
    share = wanted / wanted.sum(axis=1, keepdims=True)
    return np.asarray(1 - (1 - share) * np.exp(-of_segments("extra_lines")[:, None] * share))


def _rules(counts: Floats, some: Ints, recent: Ints) -> Floats:
    """Chances with which each rule picks each product: (rules, persons, products)."""
    mine, has = counts[some], (counts > 0).astype(float)
    top = np.argsort(-recent, kind="stable")[:TOP]
    popular = np.zeros(_SIZE)
    popular[top] = np.maximum(recent[top], 1)
    both = has.T @ has
    norm = np.sqrt(np.maximum(np.diag(both), 1))
    cosine = both / np.outer(norm, norm)
    score = np.where(mine > 0, -1.0, has[some] @ cosine)
    near = np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1) < NEAR
    chances = np.array([np.tile(popular, (len(some), 1)), mine, near, np.ones_like(mine)])
    return np.asarray(chances / chances.sum(axis=2, keepdims=True))


def _boxes(history: History) -> _Boxes:
    """Who gets which box when, and what was bought in time."""
    people = history.people
    orders, lines = bought(history)
    paid, held = ~orders.cancelled, ~orders.cancelled[lines.order]
    buyer, product = orders.person[lines.order][held], lines.product[held]
    when, size = orders.day[lines.order][held], len(people)
    turn = (EVERY * uniforms(history.seed, "suggestion turn", size)).astype(np.int64)
    last_week = len(history.weeks) - EVERY
    rows = []
    for week in range(max(last_week - EVERY * ROUNDS, 1), last_week):
        day = 7 * week + 1
        before, soon = when < day, (when >= day) & (when < day + WITHIN)
        counts, next_ones = np.zeros((2, size, _SIZE))
        np.add.at(counts, (buyer[before], product[before]), 1)
        np.add.at(next_ones, (buyer[soon], product[soon]), 1)
        family = category_sum(counts) > 0
        last = np.full(size, -LATELY)
        np.maximum.at(last, buyer[before], when[before])
        some = np.flatnonzero((turn == week % EVERY) & (day - last <= LATELY))
        recent = np.bincount(product[before & (when >= day - SOLD_IN)], minlength=_SIZE)
        chances = _rules(counts, some, recent)
        lot = uniforms(history.seed, "suggestions", 2 * size, week=week).reshape(-1, 2)[some]
        rule, each = (len(RULES) * lot[:, 0]).astype(np.int64), np.arange(len(some))
        picked = choices(lot[:, 1], chances[rule, each])
        in_time = paid & (orders.day >= day) & (orders.day < day + WITHIN)
        rows.append(
            _Boxes(
                person=some,
                day=np.full(len(some), day),
                rule=rule,
                product=picked,
                probability=chances.mean(axis=0)[each, picked],
                silence=day - last[some],
                before=np.bincount(orders.person[paid & (orders.day < day)], minlength=size)[some],
                orders=np.bincount(orders.person[in_time], minlength=size)[some],
                buys=next_ones[some, picked] > 0,
                kind=np.where(counts[some, picked] > 0, 0, 2 - family[some, CATEGORY_OF[picked]]),
            )
        )
    return _Boxes._make(map(np.concatenate, zip(*rows, strict=True)))


def _chance(history: History, boxes: _Boxes) -> Floats:
    """Chance to buy the product in time, whether or not the box is seen.

    Orders by the person's rate, and as many as came among those who were as silent, had ordered as
    often and have a rate as high.
    """
    people, rate = history.people, history.people.order_rate[boxes.person]
    alike = 3 * np.searchsorted(_SILENCES, boxes.silence) + np.searchsorted(_OFTEN, boxes.before)
    for place in np.unique(alike):
        some = np.flatnonzero(alike == place)
        third = 3 * np.argsort(np.argsort(rate[some], kind="stable")) // len(some)
        alike[some] = 100 * (place + 1) + third
    _, alike = np.unique(alike, return_inverse=True)
    came = np.bincount(alike, weights=boxes.orders) / np.bincount(alike, weights=rate)
    holds = per_order(history)[people.segment[boxes.person], boxes.product]
    return np.asarray(-np.expm1(-rate * came[alike] * holds))


def suggestions(history: History) -> pd.DataFrame:
    """The log: a row per box."""
    boxes = _boxes(history)
    chance, ratio = _chance(history, boxes), RATIO[boxes.kind]
    without = chance / (1 - SHOWN + SHOWN * ratio)
    if_bought = SHOWN * ratio / (1 - SHOWN + SHOWN * ratio)
    if_not = SHOWN * (1 - ratio * without) / (1 - chance)
    luck = np.empty((2, len(boxes.day)))
    for week in np.unique(boxes.day // 7):  # so that later weeks and persons change none
        now = boxes.day // 7 == week
        lot = uniforms(history.seed, "boxes", 2 * len(history.people), week=int(week))
        luck[:, now] = lot.reshape(-1, 2)[boxes.person[now]].T
    shown = luck[0] < np.where(boxes.buys, if_bought, if_not)
    clicked = shown & (luck[1] < np.where(boxes.buys, BUYERS_CLICK, CLICKS))
    return pd.DataFrame(
        {
            "customer_id": customer_ids(boxes.person),
            "date": days(boxes.day),
            "product_id": labels(_IDS, boxes.product),
            "rule": labels(RULES, boxes.rule),
            "probability": boxes.probability.round(4),
            "held_out": ~shown,
            "clicked": clicked,
        }
    )


def _margins(history: History) -> Floats:
    """Euros that a purchase of each product brings on average, cancelled and refunded ones too."""
    net = history.weeks[-1].prices.net.mean(axis=0)
    extra = of_categories("extra_pieces")
    pieces = 1 + mean_of_poissons(extra, most=MOST_EXTRA_PIECES)
    kept = 1 - MEAN_REFUND / (1 - CANCELLED)
    return np.asarray(pieces[CATEGORY_OF] * (kept * net - COST_CENTS) / 100)


def lifts(history: History) -> pd.DataFrame:
    """What each rule's boxes added, expected over the boxes of the log."""
    boxes = _boxes(history)
    ratio = RATIO[boxes.kind]
    without = _chance(history, boxes) / (1 - SHOWN + SHOWN * ratio)
    added = without * (ratio - 1)
    margin = added * _margins(history)[boxes.product]
    size = np.maximum(np.bincount(boxes.rule, minlength=len(RULES)), 1)

    def of_thousand(value: Floats) -> Floats:
        return np.bincount(boxes.rule, weights=1000 * value, minlength=len(RULES)) / size

    return pd.DataFrame(
        {
            "rule": pd.array(RULES, dtype="str"),
            "bought_without": of_thousand(without),
            "bought_with": of_thousand(without + added),
            "extra_purchases": of_thousand(added),
            "extra_margin": of_thousand(margin),
        }
    )


def tastes(history: History) -> pd.DataFrame:
    """What a box adds by segment and product, for each order that is expected in time."""
    segment, product = np.indices((len(SEGMENTS), _SIZE)).reshape(2, -1)
    added = np.outer(per_order(history), (RATIO - 1) / (1 - SHOWN + SHOWN * RATIO))
    table = pd.DataFrame(added, columns=pd.array(KINDS, dtype="str"))
    names = labels(tuple(s.name for s in SEGMENTS), segment)
    return table.assign(
        segment=names, product_id=labels(_IDS, product), margin=_margins(history)[product]
    )[["segment", "product_id", *KINDS, "margin"]]
