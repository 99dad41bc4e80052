"""The town as a census would count it: every resident, customer of ours or not.

Who bought from us is known to the market itself. The rest is drawn per person so that the town
spends what the market says that it needs, and buys each rival as often as `rivals` says: a survey
of it and the household panel are about one market. A cheap bag is soon forgotten, though: of those
who know a rival, not all its buyers can say so. A resident is somebody who lives there today;
buyers of the last 52 weeks all are, and the others are drawn until the town has its size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mktlab.market.advertising import known_share
from mktlab.market.draws import Flags, Floats, Ints, choices, gammas, normals, uniforms
from mktlab.market.observed.panel import positions_today
from mktlab.market.rivals import (
    ATTRIBUTES,
    CATEGORY_MIX,
    OTHERS,
    RIVALS,
    appeal,
    closeness,
    divide,
    likely_buyers,
    residents,
    sales_with_tax,
    size,
    weekly_need,
)
from mktlab.market.state import NEVER, History
from mktlab.market.world import of_segments

YEAR = 52  # weeks
AGES = ("18-34", "35-49", "50-64", "65+")
SEXES = ("woman", "man")
FORMS = ("beans", "ground", "capsules", "none")
WOMEN = 0.52
# fmt: off
_AGE: Floats = np.array([  # of each segment
    (.22, .33, .28, .17), (.34, .34, .20, .12), (.28, .26, .24, .22), (.12, .22, .30, .36),
    (.26, .28, .26, .20)])
_DRINKS: Floats = np.array([.80, .90, .94, .95])  # by age
_CAPSULES: Floats = np.array([1.3, 1.1, .9, .7])  # pull of capsules by age
_KNOWS: Floats = np.array([1.2, 1.1, .9, .8])  # odds by age to know us without having bought
_PAYS_MORE: Floats = np.array([.62, .40, .25, .45, .52])  # by segment, for coffee grown sustainably
# fmt: on
LED = 0.28  # of those who would say no, who say yes when the question leads them to it
_BUYS_NONE = 0.04  # of the coffee drinkers, who never buy any for the home
_SPENDS: Floats = np.array([0.8, 1.0, 1.15, 1.05])  # elsewhere, by age
_TEA_ONLY = 0.35  # what who buys no coffee spends on tea and gifts, over the others
_UNEQUAL = 1.1  # shape of the gamma distribution of what is spent elsewhere
_REMEMBERED = (
    0.75  # of those who know a rival, at most, who can say that they bought it in the year
)
_WORTH = 12.1  # euros for a bag of beans, as in the price survey

# What a brand is said to be: parts of a rating, which is 5 or more with the chance of the position.
_BOUGHT, _STYLE, _HALO, _APART = 0.7, 0.4, 0.5, 0.8
_STEP = 0.6  # between two ratings of 1 to 7
AGREES = 5


class Town(NamedTuple):
    """An entry per resident in every array; brands are the company and its named rivals."""

    person: Ints
    age: Ints
    sex: Ints
    zone: Ints
    reads: Flags  # our newsletter
    drinks: Flags
    form: Ints  # of `FORMS`, bought above all
    spend: Floats  # euros with tax in the year on coffee, tea and gifts for the home
    ours: Floats  # of these, with us
    ever: Flags  # bought from us
    bought: Flags  # (residents, brands), in the year
    knows: Flags  # (residents, brands)
    last: Ints  # brand bought last, 6 is all others, -1 none
    pays_more: Flags  # (residents, wordings): neutral, leading
    worth: Floats  # euros, of a bag of beans
    years: float  # that `spend` is of


def _ours(history: History) -> tuple[Floats, Ints]:
    """Each person's euros with tax and paid orders with us in the year; euros as in the books."""
    weeks, people = history.weeks[-YEAR:], len(history.people)
    spent, orders = np.zeros(people), np.zeros(people, dtype=np.int64)
    for week in weeks:
        paid = ~week.orders.cancelled
        cents = week.lines.quantity * week.lines.unit_cents * paid[week.lines.order]
        buyer = week.orders.person[week.lines.order]
        spent += np.bincount(buyer, weights=cents, minlength=people)
        orders += np.bincount(week.orders.person[paid], minlength=people)
    booked = float(sales_with_tax(weeks).sum())
    return spent * booked / max(spent.sum(), 1), orders


def town(history: History) -> Town:
    """Everybody who lives in the town today."""
    people, seed, weeks = history.people, history.seed, len(history.weeks)
    spent, orders = _ours(history)
    here = (people.arrives_week < weeks) & (people.moves_week > weeks) | (orders > 0)
    turn = np.lexsort((uniforms(seed, "town", len(people)), orders == 0, ~here))
    who = np.sort(turn[: min(residents(people), int(here.sum()))])
    lot = uniforms(seed, "residents", 10 * len(people)).reshape(-1, 10)[who]
    segment, ours, orders = people.segment[who], spent[who], orders[who]
    age = choices(lot[:, 0], _AGE[segment])
    drinks = (lot[:, 2] < _DRINKS[age]) | (orders > 0)
    pull = np.sqrt(of_segments("categories")[segment, :3] * CATEGORY_MIX[:3])
    pull[:, 2] *= _CAPSULES[age]
    none = ~drinks | (lot[:, 4] < _BUYS_NONE) & (orders == 0)
    form = np.where(none, FORMS.index("none"), choices(lot[:, 3], pull))
    need = weekly_need(seed, weeks, residents(people))[-YEAR:].sum()
    rest = gammas(lot[:, 5], shape=_UNEQUAL) * _SPENDS[age] * np.where(none, _TEA_ONLY, 1.0)
    rest *= (size(ours.sum(), need) - ours.sum()) / rest.sum()
    last, bought = _brands(history, ours, orders, rest, need)
    joined = history.state.joined_day[who] != NEVER
    agrees = np.clip(_PAYS_MORE[segment] + 0.04 * (1 - age), 0, 1)
    upmarket = 0.30 * normals(lot[:, 8]) - 0.25 * np.log(of_segments("price_sensitivity")[segment])
    return Town(
        person=who,
        age=age,
        sex=(lot[:, 1] > WOMEN).astype(np.int64),
        zone=people.zone[who],
        reads=joined & people.email_opt_in[who] & (history.state.unsubscribed_day[who] == NEVER),
        drinks=drinks,
        form=form,
        spend=ours + rest,
        ours=ours,
        ever=joined,
        bought=bought,
        knows=_known(history, who, age, bought, joined),
        last=last,
        pays_more=lot[:, 7][:, None] < np.column_stack([agrees, agrees + LED * (1 - agrees)]),
        worth=_WORTH * np.exp(upmarket),
        years=min(weeks, YEAR) / YEAR,
    )


def _brands(
    history: History, ours: Floats, orders: Ints, rest: Floats, need: float
) -> tuple[Ints, Flags]:
    """The brand each bought last, and who bought each named brand in the year."""
    lot = uniforms(history.seed, "brands_bought", 8 * len(ours)).reshape(-1, 8)
    ticket = np.array([r.ticket for r in RIVALS])
    theirs = divide(float(ours.sum()), need, appeal=appeal(), closeness=closeness())
    trips = theirs / ticket
    elsewhere = rest * trips.sum() / theirs.sum()
    chance = np.column_stack([orders, elsewhere[:, None] * trips / trips.sum()])
    last = choices(lot[:, 0], chance)
    share = likely_buyers(theirs, ticket, people=len(ours)) / len(ours)
    share = np.minimum(share, _REMEMBERED * np.array([r.awareness for r in RIVALS]))
    surely = np.array([(last == 1 + b).mean() for b in range(len(RIVALS))])
    more = np.clip((share - surely) / (1 - surely), 0, 1)
    bought = (lot[:, 1:7] < more) | (last[:, None] == 1 + np.arange(len(RIVALS)))
    named = [b for b, r in enumerate(RIVALS) if r.name != OTHERS]
    return last, np.column_stack([orders > 0, bought[:, named]])


def _known(history: History, who: Ints, age: Ints, bought: Flags, joined: Flags) -> Flags:
    """Who knows each brand: its buyers, and of the others as many as make it as known as it is."""
    shares = [known_share(history.weeks[-1].awareness)]
    shares += [r.awareness for r in RIVALS if r.name != OTHERS]
    sure = bought.copy()
    sure[:, 0] |= joined
    buyers = sure.mean(axis=0)
    more = np.clip((np.array(shares) - buyers) / (1 - buyers).clip(min=1e-9), 0, 1)
    chance = np.tile(more, (len(who), 1))
    chance[:, 0] *= _KNOWS[age]
    lot = uniforms(history.seed, "brands_known", len(shares) * len(history.people))
    return np.asarray(sure | (lot.reshape(-1, len(shares))[who] < chance))


def ratings(history: History, there: Town) -> Ints:
    """What each resident would say of each brand, 1 to 7: (residents, brands, attributes).

    Who buys a brand thinks better of all of it, some think well of everything, and some of a brand:
    this halo aside, 5 or more is as frequent among those who know it as the brand's position says.
    """
    size = len(ATTRIBUTES) * there.knows.shape[1] + there.knows.shape[1] + 1
    lot = normals(uniforms(history.seed, "ratings", size * len(history.people)))
    lot = lot.reshape(-1, size)[there.person]
    brands = there.knows.shape[1]
    known = np.maximum(there.knows.sum(axis=0), 1)
    buyers = (there.bought & there.knows).sum(axis=0) / known
    liking = _BOUGHT * (there.bought - buyers)
    common = liking + _STYLE * lot[:, :1] + _HALO * lot[:, 1 : 1 + brands]
    spread = np.sqrt(_BOUGHT**2 * buyers * (1 - buyers) + _STYLE**2 + _HALO**2 + _APART**2)
    middle = spread[:, None] * normals(positions_today(history))
    apart = _APART * lot[:, 1 + brands :].reshape(-1, brands, len(ATTRIBUTES))
    said = np.floor((middle + common[:, :, None] + apart) / _STEP) + AGREES
    return np.asarray(said.clip(1, 7), dtype=np.int64)
