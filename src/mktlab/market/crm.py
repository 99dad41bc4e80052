"""Customer relations: newsletters, points, friends who bring friends, boxes, a retention offer.

`opened_by` says who opens this week's newsletter and `order_lift` what that and the loyalty points
do to orders. `refer` finds out which newcomers were brought by a friend. `send_boxes` starts,
delivers and ends subscriptions. `test_offer` draws the retention test of `TEST_WEEK`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.draws import Flags, Floats, Ints, uniforms
from mktlab.market.state import NEVER, Boxes, History, RetentionTest, State
from mktlab.market.world import People, of_segments
from mktlab.plan.mix import BASE, Mix

EMAIL_EFFECT = 0.07
EMAIL_HOLDOUT = 0.10
UNSUBSCRIBE = 0.0022
LOYALTY_EFFECT = 0.45
TALK = 0.03  # of the gap between quality and reputation, closed every week
REFERRED_SHARE = 0.06
REFERRED_DEATH = 0.82
REFERRED_ONE_TIME = 0.80
BOX_EVERY = 4  # weeks
BOX_CANCEL = 0.045
BOX_FAILURE = 0.012  # payments refused for good
TEST_WEEK = 120
TEST_LASTS = 12
RUNNING, CANCELLED, FAILED, LEFT = range(4)
END_REASONS = ("", "cancelled", "payment failure", "customer left")


class Newsletter(NamedTuple):
    """One week's mailing, by person."""

    held_out: Flags
    sent: Flags
    opened: Flags  # by a person; machines open too, but that is for the tables
    unsubscribed: Flags


def newsletter(
    seed: int, week: int, people: People, state: State, mix: Mix, *, number: int = 0
) -> Newsletter:
    """Who gets and opens a week's newsletter; one customer in ten is left out by lot.

    It looks back too: `state` may be of a later day. Of several mailings a week, `number` 0 is the
    one that moves orders.
    """
    if mix.promotion.emails_per_week <= 0:
        nobody = np.zeros(len(people), dtype=bool)
        return Newsletter(nobody, nobody, nobody, nobody)
    stream = f"newsletter {number}" if number else "newsletter"
    lot = uniforms(seed, stream, 3 * len(people), week=week).reshape(-1, 3)
    customer = (state.joined_day < 7 * week) & (state.left_day > 7 * week)
    listed = customer & people.email_opt_in & (state.unsubscribed_day > 7 * week)
    sent = listed & (lot[:, 0] >= EMAIL_HOLDOUT)
    opened = sent & (lot[:, 1] < open_chance(people.email_taste))
    tired = lot[:, 2] < unsubscribe_chance(mix) / (1 - EMAIL_HOLDOUT)
    return Newsletter(listed & ~sent, sent, opened, sent & tired & (number == 0))


def remember(state: State, mail: Newsletter, week: int) -> None:
    """Note who opened the newsletter and who wants no more of them."""
    state.last_open_week[mail.opened] = week
    state.unsubscribed_day[mail.unsubscribed] = 7 * (week + 1)


def order_lift(people: People, opened: Flags, mix: Mix) -> Floats:
    """Log lift of each person's orders from e-mail and points."""
    reads = EMAIL_EFFECT * np.sqrt(mix.promotion.emails_per_week)
    earns, usual = mix.promotion.loyalty_earn, BASE.promotion.loyalty_earn
    points = LOYALTY_EFFECT * (np.sqrt(earns) - np.sqrt(usual))
    return np.asarray(reads * opened + points * people.loyalty_member)


def open_chance(taste: Floats) -> Floats:
    """Chance that a person opens a newsletter, by their taste for e-mail."""
    return np.asarray(0.12 + 0.55 * taste)


def unsubscribe_chance(mix: Mix) -> float:
    """Weekly chance that a reader of the newsletter leaves the list."""
    return float((1 - EMAIL_HOLDOUT) * UNSUBSCRIBE * mix.promotion.emails_per_week**1.6)


def mean_lift(people: People, who: Ints, listed: Floats, mix: Mix) -> Floats:
    """What `order_lift` multiplies orders by on average; `listed` are chances to be on the list."""
    opens = (1 - EMAIL_HOLDOUT) * open_chance(people.email_taste[who]) * listed
    if mix.promotion.emails_per_week <= 0:
        opens = np.zeros(len(who))
    everybody = np.ones(len(people), dtype=bool)
    read = np.exp(order_lift(people, everybody, mix)[who])
    unread = np.exp(order_lift(people, ~everybody, mix)[who])
    return np.asarray(unread + opens * (read - unread))


def word_of_mouth(state: State) -> float:
    """Share of delighted customers over the usual share; 1 in a normal week."""
    customers = int(state.customer.sum())
    delighted = int((state.satisfaction[state.customer] > 8.3).sum())
    return delighted / max(customers, 1) / 0.15


def talk(reputation: float, mix: Mix) -> float:
    """Next week's reputation: people talk about a quality that they have tasted.

    >>> round(talk(0.5, BASE), 3)  # .03 of the way from .5 to .6
    0.503
    """
    return reputation + TALK * (mix.product.quality - reputation)


def joining_lift(mix: Mix, mouths: float, reputation: float) -> float:
    """Log lift of joining from reputation, ease of the web shop and rewarded friends."""
    return float(
        0.3 * (reputation - BASE.product.quality)
        + 0.3 * (mix.process.web_ease - BASE.process.web_ease)
        + np.log1p(0.05 * mix.promotion.referral_reward * min(mouths, 2.0))
        - np.log1p(0.05 * BASE.promotion.referral_reward)
    )


def referred_share(mix: Mix) -> float:
    """Share of the newcomers whom a friend brought."""
    return min(REFERRED_SHARE * mix.promotion.referral_reward / 5, 0.5)


def refer(history: History, week: int, joined: Ints, mix: Mix) -> None:
    """Some newcomers were brought by a contented customer of their zone, who gets a reward."""
    people, state = history.people, history.state
    share = referred_share(mix)
    lot = uniforms(history.seed, "referred", 2 * len(people), week=week).reshape(-1, 2)[joined]
    referred = lot[:, 0] < share
    content = state.customer & (state.satisfaction > 7.5)
    content[joined] = False
    friends = np.flatnonzero(content)
    friends = friends[np.argsort(people.zone[friends], kind="stable")]
    zones = people.zone[friends]
    zone = people.zone[joined[referred]]
    first, last = np.searchsorted(zones, zone), np.searchsorted(zones, zone, side="right")
    pick = first + (lot[referred, 1] * (last - first)).astype(np.int64)
    known = last > first
    state.referrer[joined[referred][known]] = friends[pick[known]]


def send_boxes(history: History, week: int, joined: Ints, mix: Mix) -> Boxes:
    """Start, deliver and end subscriptions; a box every four weeks."""
    people, state = history.people, history.state
    lot = uniforms(history.seed, "subscription", 2 * len(people), week=week).reshape(-1, 2)
    subscribed = state.box_since != NEVER
    due = subscribed & ((week - state.box_since) % BOX_EVERY == 0)
    mood, price = state.satisfaction - 7, mix.price.box / BASE.price.box
    number = (week - np.where(subscribed, state.box_since, week)) // BOX_EVERY
    cancel = cancel_chance(number, mood) * cancel_ratio(price)
    gone = subscribed & ~state.customer
    failed = due & ~gone & (lot[:, 0] < BOX_FAILURE)
    quit = due & ~gone & ~failed & (lot[:, 0] - BOX_FAILURE < cancel)
    ends = gone | failed | quit
    reason = np.select([gone, failed, quit], [LEFT, FAILED, CANCELLED], RUNNING)

    wish = (
        of_segments("subscription_rate")[people.segment] * start_ratio(price) * np.exp(0.25 * mood)
    )
    wish[joined] *= 9
    starts = state.customer & ~state.paused & ~subscribed & (lot[:, 1] < wish)
    sent = int((due & ~ends).sum() + starts.sum())
    state.box_since[ends] = NEVER
    state.box_since[starts] = week
    ended = np.flatnonzero(ends)
    running = int((state.box_since != NEVER).sum())
    return Boxes(np.flatnonzero(starts), ended, reason[ended], sent, running)


def cancel_chance(number: Ints, mood: Floats) -> Floats:
    """Chance to cancel at a renewal at today's price, by its number and satisfaction less 7."""
    return np.asarray(BOX_CANCEL * np.where(number <= 3, 1.7, 1.0) * np.exp(-0.30 * mood))


def cancel_ratio(price: float) -> float:
    """Cancellations over those at today's price, by the price of the box over today's.

    >>> cancel_ratio(1.5)
    2.25
    """
    return float(price**2.0)


def start_ratio(price: float) -> float:
    """Contracts that start, over those at today's price, by the price of the box over today's.

    >>> round(start_ratio(1.5), 2)
    0.48
    """
    return float(price**-1.8)


def boxes_due(state: State, week: int) -> int:
    """Boxes that the warehouse packs this week."""
    subscribed = state.box_since != NEVER
    return int((subscribed & ((week - state.box_since) % BOX_EVERY == 0)).sum())


def test_offer(history: History, week: int) -> RetentionTest:
    """Draw the test on Monday: half of the customers with two orders or more get an offer.

    For its 12 weeks the test decides who of them leaves, in place of the usual rates.
    """
    who, autopilot, untreated, treated = offer_chances(history, week)
    lot = _offer_lot(history)[who]
    drawn = lot[:, 1] < 0.5
    chance = np.where(drawn, treated, untreated)
    lapses = lot[:, 2] < chance
    leaves = week + np.minimum((lot[:, 2] / chance * TEST_LASTS).astype(np.int64), TEST_LASTS - 1)
    clicked = drawn & ~lapses & (lot[:, 3] < 0.25)
    return RetentionTest(who, drawn, clicked, untreated, treated, lapses, leaves, autopilot)


def offer_chances(history: History, week: int) -> tuple[Ints, Flags, Floats, Floats]:
    """Customers with two orders or more on Monday, who of them buys from habit, and their chances.

    The chances are those to leave for good within 12 weeks, without the offer and with it.
    """
    people, state = history.people, history.state
    person = np.concatenate([w.orders.person for w in history.weeks])
    day = np.concatenate([w.orders.day for w in history.weeks])
    orders = np.bincount(person, minlength=len(people))
    last = np.full(len(people), -1)
    np.maximum.at(last, person, day)
    who = np.flatnonzero(state.customer & (orders >= 2))
    lot = _offer_lot(history)[who]
    silent = history.weeks_since_open[who] >= 12
    autopilot = lot[:, 0] < np.where(silent, 0.24, 0.08)
    recency = (7 * week - last[who]) / 7
    tenure = np.minimum((7 * week - state.joined_day[who]) / 7, 156)
    habit = _standardized(state.promoted_orders[who] / orders[who])
    score = -1.85 + 0.040 * (np.minimum(recency, 40) - 10) - 0.35 * (state.satisfaction[who] - 7)
    score = score - 0.004 * (tenure - 60) - 0.35 * autopilot
    effect = -0.55 - 0.30 * habit + 1.15 * autopilot
    effect = effect + 0.006 * np.maximum(np.minimum(recency, 40) - 12, 0)
    return who, autopilot, _logistic(score), _logistic(score + effect)


def _offer_lot(history: History) -> Floats:
    return uniforms(history.seed, "retention test", 5 * len(history.people)).reshape(-1, 5)


def _standardized(share: Floats) -> Floats:
    return np.asarray((share - 0.35) / 0.3)


def _logistic(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-score)))
