"""The promise of the newsletter to each group of readers, and what it does to their orders.

Readers are grouped by the family that they bought most often in the 52 weeks before (`READERS` of
the plan), which a marketer can see. A promise multiplies the orders of a week with a newsletter,
each segment's by its own ratio, over the mean of all thirty subject lines.

The market as usual sends lines of all promises. `act` is the door by which `promotion.message`
changes the weeks; nothing is drawn here. `observed.messages` writes the log of the test of lines.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.crm import newsletter
from mktlab.market.doors import Nudge
from mktlab.market.draws import Floats, Ints, normals, uniforms
from mktlab.market.state import History
from mktlab.market.world import CATEGORIES, CATEGORY_OF, SEGMENTS
from mktlab.plan.mix import PROMISES, READERS, Mix
from mktlab.resources import declared

LOOK_BACK = 52  # weeks whose purchases make the groups
_WORDS = declared("market/observed/messages.toml")
_NAMES = ["text", "author", "promise", "tone", "claim", "holds", "opens"]
LINES = pd.DataFrame(_WORDS["lines"]["rows"], columns=_NAMES)
"""The thirty subject lines."""
MOVES = pd.DataFrame(_WORDS["promises"]).T[[s.name for s in SEGMENTS]]
"""What a promise does to the orders of a week, by segment; all are held against their mean."""
_OWN = 0.015  # how far lines of one promise differ, on orders


def order_of(seed: int) -> Ints:
    """The lines in the order of their numbers."""
    return np.argsort(uniforms(seed, "subject_lines", len(LINES)), kind="stable")


def effects(seed: int) -> tuple[Floats, Floats]:
    """Of each line: opens over the mean, and orders over the mean by segment.

    Opens and orders do not go together, neither in the market nor by luck of this draw: so who is
    drawn given both is drawn from the same law as if the line had come first.
    """
    lines = LINES.iloc[order_of(seed)]
    opens = (lines["opens"] / lines["opens"].mean()).to_numpy(float)
    luck = _OWN * normals(uniforms(seed, "lines", len(LINES)))
    gain = MOVES.loc[lines["promise"]].to_numpy(float) + luck[:, None]
    gain -= gain.mean(axis=0)
    apart = opens - 1
    gain -= np.outer(apart, apart @ gain / max(apart @ apart, 1e-9))
    return opens, 1 + gain


def ratios(seed: int) -> pd.DataFrame:
    """Orders after a promise over those after the mean line: a row per promise, by segment."""
    _, gain = effects(seed)
    promise = LINES["promise"].to_numpy()[order_of(seed)]
    rows = [gain[promise == name].mean(axis=0) for name in PROMISES]
    return pd.DataFrame(rows, index=pd.Index(PROMISES), columns=[s.name for s in SEGMENTS])


def readers(history: History, week: int) -> Ints:
    """Position in `READERS` of each person on a week's Monday."""
    size, families = len(history.people), len(CATEGORIES)
    count = np.zeros(size * families)
    for past in history.weeks[max(week - LOOK_BACK, 0) : week]:
        person = past.orders.person[past.lines.order]
        cell = person * families + CATEGORY_OF[past.lines.product]
        count += np.bincount(cell, minlength=len(count))
    table = count.reshape(size, families)
    others = len(READERS) - 1
    names = [family.name for family in CATEGORIES]
    known = [READERS.index(name) if name in READERS else others for name in names]
    return np.where(table.any(axis=1), np.array(known)[table.argmax(axis=1)], others)


def act(history: History, week: int, mix: Mix) -> Nudge:
    """What the promises that a plan has chosen do to a week."""
    if not mix.promotion.message:
        return Nudge()
    people, group, moves = history.people, readers(history, week), ratios(history.seed)
    sent = newsletter(history.seed, week, people, history.state, mix).sent
    lift = np.zeros(len(people))
    for name, promise in mix.promotion.message.items():
        who = sent & (group == READERS.index(name))
        lift[who] = np.log(moves.loc[promise].to_numpy(float)[people.segment[who]])
    return Nudge(orders=lift)
