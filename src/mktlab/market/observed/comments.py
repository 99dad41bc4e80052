"""What customers write below their answers, in French or English, about what happened to them.

`subjects` decides what each writes about and in which tone: `happened` looks up what they met in
the quarter before the answer. `written` puts it into words, by the patterns of `comments.toml`, as
their hands type it. Nobody writes of what did not happen: who complains of a late parcel got one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np

from mktlab.market.draws import Flags, Floats, Ints, choices, uniforms
from mktlab.market.observed.service import store_weeks
from mktlab.market.state import NEVER, History, Week
from mktlab.market.world import CATEGORIES, CATEGORY_OF, OUTLETS, PRODUCTS, ZONES
from mktlab.resources import declared

RATINGS = ("quality", "value", "delivery", "service", "ambience")
EVENTS = {
    "late parcel": "delivery",
    "customer service": "service",
    "wait": "",
    "price rise": "value",
    "product": "quality",
    "promotion": "value",
    "subscription": "value",
}
"""What happens to people -> the rating that it is about."""
TOPICS = (*EVENTS, *RATINGS)
TONES = ("negative", "mixed", "positive")
QUARTER = 13  # weeks before the answer that people still think of
LONG_WAIT = 6.0  # minutes, at peak
SLOW, QUICK = 0.5, 0.1  # weeks in the backlog: over three days for an answer, under two
DEARER = 1.05  # regular price over that of a quarter ago
FRENCH = 0.70  # of the people
CONTRAST = np.array([0, 0, 0, 0, 0, 0.35, 0.35, 0.6, 0.55, 0.25, 0.25])
"""Chance to write of a good thing and of a bad one, by score; twice that of who is upset."""
_UPSETTING = 4.0  # of complaints: a late parcel, a long wait for an answer or for a coffee
TYPOS = 0.06
_PICKY = 6.5  # a rating below is worth a complaint
_LOTS = 20  # numbers that a comment is drawn with: three for products, six for topics, the words
_JOINS = {"negative": ("bad", "harsh"), "mixed": ("but", "despite"), "positive": ("fine", "good")}
_OPTIONS = re.compile(r"\[([^\[\]]*)\]")
_LONG_WORD = re.compile(r"[^\W\d_]{7,}")
_START = re.compile(r"(?:^|[.!] )[^\W\d_]")
_IS_ABOUT = np.array(
    [[(EVENTS | {r: r for r in RATINGS})[t] == r for r in RATINGS] for t in TOPICS]
)


class Subjects(NamedTuple):
    """What comments are about: an entry per comment."""

    topic: Ints  # by `TOPICS`; of a contrast, what it complains of
    tone: Ints  # by `TONES`
    praised: Ints  # by `RATINGS`: what a second clause praises
    product: Ints  # that it may name, -1 for none
    nps: Ints
    zone: Ints
    french: Flags
    hand: Floats  # how the person types, 0 to 1
    lot: Floats  # (comments, numbers): chance, for the words


class Met(NamedTuple):
    """What happened in the quarter, before the answer: an entry per person."""

    parcel: Flags  # got one
    late: Flags  # got one after the promised day
    asked: Flags  # wrote to customer service
    slow: Flags  # and waited for days
    quick: Flags  # and was answered soon
    guest: Flags  # bought at a café
    waited: Flags  # in a week in which its queue was long
    box: Flags  # has a subscription, and had a box
    bought: Ints  # one of the products, -1 for none
    promoted: Ints  # one that was on promotion then
    dearer: Ints  # one that costs more than a quarter ago


def waits(history: History) -> Floats:
    """Minutes at peak in each zone's café, 0 where there is none: (weeks, zones)."""
    clocked = store_weeks(history).pivot(index="week", columns="zone", values="wait_minutes")
    return clocked.reindex(columns=list(ZONES)).fillna(0.0).to_numpy()


def happened(
    history: History, number: int, who: Ints, day: Ints, *, minutes: Floats, lot: Floats
) -> Met:
    """What the persons `who` met until they answered on `day`, in the survey of week `number`.

    `minutes` are the cafés' `waits`; `lot`, three numbers a person, takes one of many products.
    """
    zone, seats = history.people.zone, np.full(len(history.people), len(who))
    seats[who] = np.arange(len(who))
    last_day = np.append(day, -1)  # nothing happened to those who do not write
    flags = {name: np.zeros(len(who), dtype=bool) for name in Met._fields[:7]}
    baskets = []
    for place in range(max(0, number + 1 - QUARTER), number + 1):
        orders, lines = history.weeks[place].orders, history.weeks[place].lines
        seat = seats[orders.person]
        ago = last_day[seat] - orders.day - orders.delivery_days
        seen = ~orders.cancelled & (ago >= 0)
        queue = minutes[place, zone[orders.person]]
        for name, holds in _experience(history.weeks[place], ago, queue).items():
            flags[name][seat[seen & holds]] = True
        kept, reduced = seen[lines.order], lines.promotion_cents > 0
        baskets.append((seat[lines.order][kept], lines.product[kept], reduced[kept]))
    seat, product, reduced = (np.concatenate(part) for part in zip(*baskets, strict=True))
    before = history.weeks[max(0, number - QUARTER)].prices.regular
    rises = history.weeks[number].prices.regular / before >= DEARER
    rose = rises[zone[who[seat]], product]
    return Met(
        **flags,
        box=_subscribers(history, number)[who],
        bought=_one_of(seat, product, lot[:, 0]),
        promoted=_one_of(seat[reduced], product[reduced], lot[:, 1]),
        dearer=_one_of(seat[rose], product[rose], lot[:, 2]),
    )


def _experience(week: Week, ago: Ints, queue: Floats) -> dict[str, Flags]:
    """What came with the week's orders: `ago` are the days since each was there.

    People write to customer service within three days, and have an answer within two if there is
    no backlog.
    """
    orders = week.orders
    guest = orders.outlet == OUTLETS.index("cafe")
    return {
        "parcel": orders.delivery_days > 0,
        "late": orders.late,
        "asked": orders.ticket,
        "slow": orders.ticket & (ago >= 3 + 4) & (week.backlog_weeks >= SLOW),
        "quick": orders.ticket & (ago >= 3 + 3) & (week.backlog_weeks <= QUICK),
        "guest": guest,
        "waited": guest & (queue >= LONG_WAIT),
    }


def _subscribers(history: History, number: int) -> Flags:
    """Who has a subscription at the end of the week, and had a box before it began."""
    runs: Flags = np.asarray(history.first_boxes != NEVER)
    for week in history.weeks[:number]:
        runs[week.boxes.started] = True
        runs[week.boxes.ended] = False
    runs[history.weeks[number].boxes.ended] = False
    return runs


def _one_of(seat: Ints, product: Ints, lot: Floats) -> Ints:
    """One of the products at each seat, by lot; -1 for none."""
    count = np.bincount(seat, minlength=len(lot))
    pick = np.cumsum(count) - count + (lot * count).astype(np.int64)
    in_order = np.append(product[np.argsort(seat, kind="stable")], -1)
    return np.where(count > 0, in_order[pick], -1)


def subjects(
    history: History,
    number: int,
    who: Ints,
    day: Ints,
    *,
    nps: Ints,
    ratings: Floats,
    mood: Floats,
    minutes: Floats,
) -> Subjects:
    """What the persons `who` write about who answered on `day`, in the survey of week `number`.

    `ratings`, 0 to 10, has a column for each of `RATINGS`, missing for what a person does not
    meet; `mood`, 0 to 1, is chance; `minutes` are the cafés' `waits`.
    """
    people, seed = history.people, history.seed
    lot = uniforms(seed, "comments", _LOTS * len(people), week=number).reshape(-1, _LOTS)[who]
    met = happened(history, number, who, day, minutes=minutes, lot=lot[:, :3])
    rated = _rated(met, ratings) + 0.4 * lot[:, 3:8]  # ties are broken by lot
    complaints, praises = _complaints(met, nps, rated), _praises(met, rated)
    upset = complaints.max(axis=1) >= _UPSETTING
    contrast = (mood < CONTRAST[nps] * np.where(upset, 2, 1)) & complaints.any(axis=1)
    complains = contrast | (nps <= 6)
    topic = choices(lot[:, 8], np.where(complains[:, None], complaints, praises))
    of, (french, hand) = TOPICS.index, hands(history, who)
    return Subjects(
        topic=topic,
        tone=np.select([contrast, complains], [1, 0], 2),
        praised=np.nanargmax(np.where(_IS_ABOUT[topic], np.nan, rated), axis=1),
        product=np.select(
            [topic == of("promotion"), topic == of("price rise")],
            [met.promoted, met.dearer],
            met.bought,
        ),
        nps=nps,
        zone=people.zone[who],
        french=french,
        hand=hand,
        lot=lot[:, 9:],
    )


def hands(history: History, who: Ints) -> tuple[Flags, Floats]:
    """Who of these persons writes French, and how each types, 0 to 1."""
    seed, size = history.seed, len(history.people)
    french = uniforms(seed, "comment language", size)[who] < FRENCH
    return french, uniforms(seed, "handwriting", size)[who]


def _rated(met: Met, ratings: Floats) -> Floats:
    """The ratings of what was met in the quarter; missing for the rest."""
    always, at_home = np.ones(len(ratings), dtype=bool), met.parcel & ~met.late & ~met.asked
    judges = {"delivery": at_home, "service": met.guest, "ambience": met.guest}
    known = np.column_stack([judges.get(name, always) for name in RATINGS])
    return np.where(known, ratings, np.nan)


def _complaints(met: Met, nps: Ints, rated: Floats) -> Floats:
    """How readily each complains of each topic: of the worst rating if it is bad, or if they are.

    The columns are those of `TOPICS`.
    """
    poor = rated < _PICKY
    worst = rated == np.nanmin(rated, axis=1, keepdims=True)
    return np.column_stack(
        [
            6.0 * met.late,
            6.0 * met.slow,
            4.0 * met.waited,
            1.0 * (met.dearer >= 0),
            1.0 * ((met.bought >= 0) & poor[:, 0]),
            0.3 * (met.promoted >= 0),
            0.8 * met.box,
            1.2 * (worst & (poor | (nps <= 6)[:, None])),
        ]
    )


def _praises(met: Met, rated: Floats) -> Floats:
    """How readily each praises each topic: of the ratings, the best."""
    nothing = np.zeros(len(rated))
    return np.column_stack(
        [
            nothing,
            6.0 * met.quick,
            nothing,
            nothing,
            2.0 * ((met.bought >= 0) & (rated[:, 0] >= _PICKY)),
            1.5 * (met.promoted >= 0),
            3.0 * met.box,
            1.2 * (rated == np.nanmax(rated, axis=1, keepdims=True)),
        ]
    )


@cache
def _patterns() -> dict[str, Any]:
    return declared("market/observed/comments.toml")


def written(subjects: Subjects) -> list[str]:
    """The comments, in order."""
    rows = zip(*(column.tolist() for column in subjects), strict=True)
    return [_comment(Subjects(*row)) for row in rows]


def _comment(of: Any) -> str:
    """One comment; `of` is an entry of `Subjects`."""
    words, chance = _patterns()["fr" if of.french else "en"], cycle(of.lot)
    name, kind = named(of.product, words) if of.product >= 0 else ("", "")

    def clause(side: str, topic: str) -> str:
        options = words[side][topic] + words[side].get(f"{topic} {kind}", [])
        return _pick(options, chance).format(product=name, city=ZONES[of.zone])

    tone, topic = TONES[of.tone], TOPICS[of.topic]
    also = clause("good", RATINGS[of.praised])
    good = clause("good", topic) if tone == "positive" else also
    bad = "" if tone == "positive" else clause("bad", topic)
    join = _JOINS[tone][of.nps <= 2 or of.nps >= 9]
    pattern = _pick(words["joins"][join], chance).format(good=good, bad=bad, also=also)
    return typed(fill(pattern, chance), hand=of.hand, lot=chance)


def named(product: int, words: dict[str, Any]) -> tuple[str, str]:
    """A product as people call it, or its family, and what kind of product it is.

    >>> named(0, _patterns()["fr"])
    ('[House Blend|café en grains]', 'coffee')
    """
    category, name = CATEGORIES[CATEGORY_OF[product]].name, PRODUCTS[product].name.split(",")[0]
    calls = words["products"].get(name, name)
    return f"[{calls}|{words['families'][category]}]", _patterns()["kinds"][category]


def fill(pattern: str, lot: Iterator[float]) -> str:
    """The pattern with one of the options in each pair of brackets, by lot, from the inside out.

    >>> fill("le café est [bon|très bon]", iter([0.7]))
    'le café est très bon'
    """
    while "[" in pattern:
        pattern = _OPTIONS.sub(lambda found: _pick(found[1].split("|"), lot), pattern)
    return pattern


def _pick(options: list[str], lot: Iterator[float]) -> str:
    return options[int(next(lot) * len(options))]


def typed(text: str, *, hand: float, lot: Iterator[float]) -> str:
    """The text as a person types it, whose `hand` is 0 to 1.

    Below .14 without accents, below .06 and from .14 to .26 in small letters, below .55 without
    the last dot; anybody mistypes a word now and then.

    >>> typed("très bon café", hand=0.01, lot=iter([0.5]))
    'tres bon cafe'
    >>> typed("très bon café", hand=0.9, lot=iter([0.5]))
    'Très bon café.'
    """
    if next(lot) < TYPOS:
        text = _mistyped(text, lot)
    if hand < 0.14:
        apart = unicodedata.normalize("NFD", text)
        text = "".join(letter for letter in apart if not unicodedata.combining(letter))
    if hand < 0.06 or 0.14 <= hand < 0.26:
        return text.lower().rstrip(".")
    text = _START.sub(lambda found: found[0].upper(), text)
    return text if hand < 0.55 or text[-1] in ".!" else f"{text}."


def _mistyped(text: str, lot: Iterator[float]) -> str:
    """Two letters within a word changed places."""
    words = [found.start() for found in _LONG_WORD.finditer(text)]
    if not words:
        return text
    at = words[int(next(lot) * len(words))] + 1 + int(4 * next(lot))
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
