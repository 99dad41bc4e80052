"""A panel of media: how likely each of 2,000 adults meets what stands in six supports.

`media_panel` is what an institute sells to those who plan media, `media_tariffs` what the supports
charge, `audience` the truth of all adults: in each group of them chances vary as a beta
distribution, wide where habit rules and narrow where luck does. Who uses many media meets all of
them more often, which the panel does not tell: so those who are reached twice are more than chance
makes. Both tables only observe.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, betas, choices, normals, uniforms
from mktlab.market.observed.sales import labels, numbered
from mktlab.market.observed.town import AGES
from mktlab.market.state import History

PANEL, ADULTS = 2_000, 420_000  # asked; in the region, at the usual size of the market
MOST_INSERTIONS = 20
USES = ("light", "heavy")
_HEAVY, _MORE = 0.4, np.array([0.6, 1.6])  # heavy users of media, and how often each meets one
_ADULTS: Floats = np.array([0.25, 0.25, 0.25, 0.25])  # by age
_TARGET: Floats = np.array([0.20, 0.28, 0.26, 0.18])  # who likes good coffee at home, by age
_ANSWERS: Floats = np.array([0.60, 0.90, 1.20, 1.30])  # pull to be in the panel, by age


class Support(NamedTuple):
    """Where an advertisement can stand; a chance is that of one insertion to meet a person."""

    name: str
    chance: tuple[float, ...]  # by age
    target: float  # chance of the target group over that of the others
    habit: float  # a + b of the beta distribution: the less, the more it is always the same people
    price: float  # euros an insertion
    rebate: float  # of the price, for each further insertion


# fmt: off
SUPPORTS = (
    Support("morning_radio", (.10, .16, .20, .18), 1.0, 0.7, 420.0, .016),
    Support("regional_paper", (.04, .09, .16, .24), 1.0, 0.5, 1150.0, .012),
    Support("city_magazine", (.07, .10, .09, .06), 1.7, 1.5, 900.0, .008),
    Support("tram_posters", (.22, .18, .12, .08), 1.1, 4.0, 1300.0, .010),
    Support("podcast", (.09, .07, .03, .01), 1.9, 0.8, 380.0, .008),
    Support("cinema", (.05, .035, .03, .02), 1.3, 6.0, 330.0, .005),
)
# fmt: on
_NAMES = tuple(s.name for s in SUPPORTS)


class _Groups(NamedTuple):
    """Age, target and use of each group, its adults, and by support the shape of its chances."""

    age: Ints
    target: Ints
    use: Ints
    persons: Floats
    chance: Floats  # (groups, supports)
    habit: Floats  # (supports,)


def _groups(history: History) -> _Groups:
    age, target, use = np.indices((len(AGES), 2, len(USES))).reshape(3, -1)
    persons = _ADULTS[age] * np.where(target, _TARGET[age], 1 - _TARGET[age])
    persons = persons * np.where(use, _HEAVY, 1 - _HEAVY) * ADULTS * history.people.scale
    lot = normals(uniforms(history.seed, "media_supports", len(SUPPORTS)))
    chance = np.array([s.chance for s in SUPPORTS]).T[age] * _MORE[use][:, None]
    chance = chance * np.where(target[:, None], [s.target for s in SUPPORTS], 1.0)
    chance = np.clip(chance * np.exp(0.15 * lot), 0.002, 0.9)
    return _Groups(age, target, use, persons, chance, np.array([s.habit for s in SUPPORTS]))


def media_panel(history: History) -> pd.DataFrame:
    """A row per panelist and support."""
    groups = _groups(history)
    pull = groups.persons * _ANSWERS[groups.age]
    lot = uniforms(history.seed, "media_panel", PANEL * (1 + len(SUPPORTS))).reshape(PANEL, -1)
    group = choices(lot[:, 0], np.tile(pull, (PANEL, 1)))
    mean, habit = groups.chance[group], groups.habit
    chance = betas(lot[:, 1:], mean * habit, (1 - mean) * habit)  # type: ignore[arg-type]
    age = groups.age[group]
    adults = np.bincount(groups.age, groups.persons, len(AGES))
    each = adults / np.maximum(np.bincount(age, minlength=len(AGES)), 1)
    person, support = np.indices(chance.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "person_id": numbered("M", person + 1, width=4),
            "age": labels(AGES, age[person]),
            "target": groups.target[group][person] == 1,
            "persons": each[age][person].round(1),
            "support": labels(_NAMES, support),
            "chance": chance.ravel().round(3),
        }
    )


def media_tariffs(history: History) -> pd.DataFrame:
    """What 1, 2, 3 ... insertions in each support cost in all."""
    lot = normals(uniforms(history.seed, "media_tariffs", len(SUPPORTS)))
    support, more = np.indices((len(SUPPORTS), MOST_INSERTIONS)).reshape(2, -1)
    each = np.array([s.price for s in SUPPORTS]) * np.exp(0.10 * lot)
    rebate = np.array([s.rebate for s in SUPPORTS])[support] * more
    price = each[support] * (more + 1) * (1 - rebate)
    return pd.DataFrame(
        {
            "support": labels(_NAMES, support),
            "insertions": more + 1,
            "price": 10.0 * np.rint(price / 10),
        }
    )


def audience(history: History) -> pd.DataFrame:
    """All adults: a row per group and support."""
    groups = _groups(history)
    group, support = np.indices(groups.chance.shape).reshape(2, -1)
    mean, habit = groups.chance.ravel(), groups.habit[support]
    return pd.DataFrame(
        {
            "age": labels(AGES, groups.age[group]),
            "target": groups.target[group] == 1,
            "use": labels(USES, groups.use[group]),
            "support": labels(_NAMES, support),
            "persons": groups.persons[group],
            "chance": mean,
            "shape_a": mean * habit,
            "shape_b": (1 - mean) * habit,
        }
    )
