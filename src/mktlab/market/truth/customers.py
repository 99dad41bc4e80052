"""What each customer is and will bring: a forecast with every parameter known.

`outlook` says how the coming weeks look, `realized` how past ones looked, `expect` what each
customer will do in them; `customers` writes the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market import advertising as ads
from mktlab.market import crm, prices, service
from mktlab.market import demand as rules
from mktlab.market.baskets import (
    CANCELLED,
    MEAN_REFUND,
    MOST_EXTRA_PIECES,
    MOST_ORDERS,
    TICKETS_PER_ORDER,
    TICKETS_PER_PARCEL,
    lines_per_order,
)
from mktlab.market.demand import leaving_chance
from mktlab.market.draws import Floats, Ints, mean_of_poissons
from mktlab.market.observed.sales import customer_ids, days, ever_customers, labels
from mktlab.market.state import NEVER, History, Week
from mktlab.market.world import (
    COST_CENTS,
    OUTLETS,
    SEGMENTS,
    of_categories,
    of_segments,
    outlet_chances,
    sold_share,
)
from mktlab.plan.mix import Mix


@dataclass(frozen=True)
class Outlook:
    """Coming weeks; the first axis is the week."""

    demand: Floats  # V: (weeks, segments, zones, categories)
    margin: Floats  # euros per piece of an order placed, cancelled and refunded ones included
    promoted: Floats  # share of the lines bought on promotion: (weeks, segments, zones)
    advertising: Floats  # L - .125: (weeks, zones, 2)
    deserved: Floats  # added to base satisfaction: (weeks, segments, zones)
    soured: Floats  # satisfaction lost per order, by late parcels and requests: the same
    mixes: tuple[Mix, ...]


def outlook(history: History, *, weeks: int) -> Outlook:
    """The coming weeks if all but the season stays as in the last year on average."""
    last = history.weeks[-52:]
    first = len(history.weeks) - len(last)
    season = history.climate.season[first : len(history.weeks)]
    past = realized(history, first, len(history.weeks))
    weight = past.demand / np.exp(season)[:, None, None, :]
    usual = weight.mean(axis=0)
    margin = (weight * past.margin).mean(axis=0) / usual
    coming = prices.seasons(prices.weeks_of_year(len(history.weeks) + weeks)[-weeks:])

    def average(past: Floats) -> Floats:
        mean = past.mean(axis=0)
        return np.broadcast_to(mean, (weeks, *mean.shape))

    return Outlook(
        demand=usual * np.exp(coming)[:, None, None, :],
        margin=np.broadcast_to(margin, (weeks, *margin.shape)),
        promoted=average(past.promoted),
        advertising=average(past.advertising),
        deserved=average(past.deserved),
        soured=average(past.soured),
        mixes=(last[-1].mix,) * weeks,
    )


def realized(history: History, first: int, last: int) -> Outlook:
    """The weeks from `first` up to, not including, `last` as they came."""
    weeks = history.weeks[first:last]
    demand = np.array([week.demand.by_category for week in weeks])
    on_promotion = np.array([week.prices.on_promotion for week in weeks])[:, None, None, :]
    outlets = [outlet_chances(week.mix) for week in weeks]
    deserved = [
        service.deserved(w.mix, o, late=w.late_share, wait_minutes=w.cafes.wait_minutes)
        for w, o in zip(weeks, outlets, strict=True)
    ]
    return Outlook(
        demand=demand,
        margin=np.array([_margin_per_piece(week) for week in weeks]),
        promoted=(demand * on_promotion).sum(axis=-1) / demand.sum(axis=-1),
        advertising=np.array([ads.lifts(week.reach, "on_orders") - 0.125 for week in weeks]),
        deserved=np.array(deserved),
        soured=np.array([_soured(w, o) for w, o in zip(weeks, outlets, strict=True)]),
        mixes=tuple(week.mix for week in weeks),
    )


def _soured(week: Week, outlets: Floats) -> Floats:
    """Satisfaction that an order costs on average: (segments, zones)."""
    web = outlets[..., OUTLETS.index("web")]
    asks = TICKETS_PER_ORDER + TICKETS_PER_PARCEL * web * (1 + 4 * week.late_share)
    unheard = service.TICKET + service.TICKET_WAIT * min(week.backlog_weeks, 2.0)
    lost = web * week.late_share * service.LATE_PARCEL + asks * unheard
    return np.asarray((1 - CANCELLED) * lost)


def _margin_per_piece(week: Week) -> Floats:
    kept = (1 - CANCELLED) - MEAN_REFUND  # refunds are drawn among all orders placed
    euros = (kept * week.prices.net - (1 - CANCELLED) * COST_CENTS) / 100
    return rules.category_sum(week.demand.shares * euros)


class Ahead(NamedTuple):
    """What is expected of each customer over some weeks."""

    orders: Floats  # paid
    margin: Floats  # euros
    silent: Floats  # chance that no paid order comes


def expect(
    history: History, who: Ints, ahead: Outlook, *, horizons: tuple[int, ...]
) -> dict[int, Ahead]:
    """What is expected of the customers `who`, for each horizon in weeks.

    Week by week: the chance of being a customer who does not pause, times the order rate, times
    the basket.
    Satisfaction moves with what the weeks deserve, with a known mean and variance; the promotional
    stock at home and the newsletter enter by their means.
    """
    people, state = history.people, history.state
    segment, zone = people.segment[who], people.zone[who]
    held_out = people.social_holdout[who].astype(np.int64)
    extra_lines = of_segments("extra_lines")[segment]
    base, satisfaction = people.base_satisfaction[who], state.satisfaction[who]
    stock, variance = state.promotion_stock[who], 0.0
    untouched = stock  # the same for whoever orders nothing
    alive = state.customer[who].astype(float)
    buying = alive * ~state.paused[who]  # chance to be a customer who does not pause
    quiet, resting = buying, alive - buying  # the same, and chance to pause, without an order yet
    over = 1 - alive  # chance to be gone without an order
    listed = (people.email_opt_in & (state.unsubscribed_day == NEVER))[who].astype(float)
    death_rate = people.death_rate[who]
    death_rate = death_rate * np.where(state.referrer[who] >= 0, crm.REFERRED_DEATH, 1.0)
    death_rate = death_rate * (1 + rules.DEAL_DEATH * state.won_on_deal[who])
    pieces = lines_per_order()[segment, None] * pieces_per_line(people.basket_size[who])
    orders, margin = np.zeros(len(who)), np.zeros(len(who))
    totals = {}
    for week in range(max(horizons)):
        by_category = ahead.demand[week, segment, zone]
        mood = rules.ORDERS_PER_SATISFACTION * (satisfaction - 7.0)
        mood += rules.ORDERS_PER_SATISFACTION**2 * variance / 2
        seen = ahead.advertising[week, zone, held_out] * of_segments("ad_sensitivity")[segment]
        rate = people.order_rate[who] * by_category.sum(axis=1)
        rate *= np.exp(mood + seen - rules.STOCK_EFFECT * stock)
        rate *= crm.mean_lift(people, who, listed, ahead.mixes[week])
        rate *= sold_share(ahead.mixes[week])[segment, zone]
        placed = mean_of_poissons(rate, most=MOST_ORDERS)
        basket = (by_category * pieces * ahead.margin[week, segment, zone]).sum(axis=1)
        orders += buying * placed * (1 - CANCELLED)
        margin += buying * placed * basket / by_category.sum(axis=1)
        emptier = np.exp(rules.STOCK_EFFECT * (stock - untouched))  # who is quiet stocked nothing
        quiet = quiet * np.exp(-rate * emptier * (1 - CANCELLED))
        untouched = rules.STOCK_KEPT * untouched
        promoted = ahead.promoted[week, segment, zone]
        some_promoted = 1 - (1 - promoted) * np.exp(-extra_lines * promoted)
        stock = rules.STOCK_KEPT * stock + placed * (1 - CANCELLED) * some_promoted
        goal = base + ahead.deserved[week, segment, zone]
        satisfaction = satisfaction + rules.SATISFACTION_PULL * (goal - satisfaction)
        satisfaction = satisfaction + placed * ahead.soured[week, segment, zone]
        variance = (1 - rules.SATISFACTION_PULL) ** 2 * variance + rules.SATISFACTION_NOISE**2
        uneven = np.exp(rules.DEATH_PER_SATISFACTION**2 * variance / 2)
        leaves = leaving_chance(death_rate * uneven, satisfaction)
        gone = (1 - rules.PAUSE_SHARE) * leaves
        buying, alive = (
            buying * (1 - leaves) + (alive - buying) * rules.RETURN,
            alive - gone * buying,
        )
        over = over + gone * quiet
        quiet, resting = (
            quiet * (1 - leaves) + resting * rules.RETURN,
            resting * (1 - rules.RETURN) + quiet * (leaves - gone),
        )
        listed = listed * (1 - crm.unsubscribe_chance(ahead.mixes[week]))
        if week + 1 in horizons:
            totals[week + 1] = Ahead(orders.copy(), margin.copy(), quiet + resting + over)
    return totals


def pieces_per_line(basket_size: Floats) -> Floats:
    """Mean pieces of a line: (persons, categories)."""
    extra = of_categories("extra_pieces") * basket_size[:, None]
    return 1 + mean_of_poissons(extra, most=MOST_EXTRA_PIECES)


def customers(history: History) -> pd.DataFrame:
    """Who each customer really is."""
    who = ever_customers(history)
    people, state = history.people, history.state
    expected = expect(history, who, outlook(history, weeks=52), horizons=(13, 52))
    referrer = state.referrer[who]
    table = pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "person_id": customer_ids(who),
            "segment": labels(tuple(s.name for s in SEGMENTS), people.segment[who]),
            "order_rate": people.order_rate[who],
            "death_rate": people.death_rate[who],
            "price_sensitivity": of_segments("price_sensitivity")[people.segment[who]],
            "basket_size": people.basket_size[who],
            "won_on_deal": state.won_on_deal[who],
            "satisfaction": state.satisfaction[who],
            "joined_date": days(state.joined_day[who]),
            "left_date": days(state.left_day[who]),
            "status": labels(("gone", "paused", "active"), state.standing[who]),
            "silent_13w": expected[13].silent,
            "expected_orders_13w": expected[13].orders,
            "expected_margin_13w": expected[13].margin,
            "expected_margin_52w": expected[52].margin,
            "referrer_id": customer_ids(referrer).mask(referrer < 0, ""),
            "social_holdout": people.social_holdout[who],
            "duplicate_of": pd.Series("", index=range(len(who)), dtype="str"),
        }
    )
    tests = [week.retention for week in history.weeks if week.retention is not None]
    chances = np.full((2, len(people)), np.nan)
    for test in tests:
        chances[:, test.person] = test.chance_untreated, test.chance_treated
    return table.assign(
        offer_chance_untreated=chances[0, who], offer_chance_treated=chances[1, who]
    )


def retention_offer(history: History) -> pd.DataFrame:
    """What the offer of the retention test would do if it were sent today."""
    who, _, untreated, treated = crm.offer_chances(history, len(history.weeks))
    return pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "chance_untreated": untreated,
            "chance_treated": treated,
        }
    )
