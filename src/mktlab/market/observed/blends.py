"""A coffee that its buyers mix themselves, tested in the web shop of a roastery that is a friend.

`blend_test` has a row per customer whom a draw gave the designer "your blend" at one price, or no
designer at all. Each has a taste for it (gamma): designs come at random (Poisson), and the higher
the price, the fewer become a blend that is bought. Each blend takes away a part of what the
customer would have bought of standard goods. The table only observes: its customers are those of
another shop, drawn from streams of their own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import pdtrik

from mktlab.market.draws import Floats, Ints, choices, gammas, normals, uniforms
from mktlab.market.observed.sales import labels, numbered
from mktlab.market.state import History

SIZE = 2_400
GROUPS = ("once", "occasional", "regular")
FROM = (1, 2, 6)  # purchases in the year before, from which a customer is of a group
ODDS = (0.30, 0.37, 0.33)
MORE = (0.0, 1.2, 3.5)  # purchases over the fewest of the group, on average
MOST = (0, 3, 20)
PER_PURCHASE = 21.0  # margin that one leaves
PRICES = (18.0, 22.0, 26.0, 30.0)  # of a bag of 500 g on the shelf, tax included
USUAL = 22.0  # the price that `BLENDS` are for
ARMS = (0.4, 0.15, 0.15, 0.15, 0.15)  # no designer, then each price
STEEP = (0.10, 0.112)  # share of blends lost with each euro, in logs: a market is between the two
BLENDS = ((0.12, 0.18), (0.8, 0.95), (1.4, 1.6))  # a customer of each group, in half a year
REPLACES = ((0.15, 0.25), (0.09, 0.11), (0.17, 0.18))  # share of standard goods, a blend
GOES_ON = (0.5, 0.75, 0.9)  # standard goods of the half year over half of the year before
ANY = (0.4, 0.95, 1.0)  # chance of any purchase without the designer
SPREAD = (0.5, 0.25, 0.2)  # of standard goods, in logs
UNEQUAL = 0.8  # shape of the tastes
DESIGNS = 2.4  # begun, over the blends bought at `USUAL`
MINUTES = (9.0, 11.0)  # of making one blend
SAYS, SAID_SPREAD = 34.0, 0.3  # what people say they would pay
STREAM = " ".join(("blend", "test"))  # the name of the draws: nobody reads it


class _People(NamedTuple):
    """One entry per customer."""

    group: Ints
    purchases: Ints
    before: Floats  # margin of the year before the draw
    arm: Ints  # 0: no designer
    taste: Floats  # 1 on average
    luck: Floats


def _people(seed: int) -> _People:
    luck = uniforms(seed, STREAM, 13 * SIZE).reshape(13, SIZE)
    group = choices(luck[0], np.tile(ODDS, (SIZE, 1)))
    more = _poisson(luck[1], np.array(MORE)[group] + 1e-9)
    purchases = np.array(FROM)[group] + np.minimum(more, np.array(MOST)[group])
    return _People(
        group=group,
        purchases=purchases,
        before=np.round(PER_PURCHASE * purchases * _spread(luck[2], 0.3), 2),
        arm=choices(luck[3], np.tile(ARMS, (SIZE, 1))),
        taste=gammas(luck[4], shape=UNEQUAL),
        luck=luck[5:],
    )


def _between(low_and_high: npt.ArrayLike, luck: Floats) -> Floats:
    low, high = np.asarray(low_and_high, dtype=float).T
    return np.asarray(low + (high - low) * luck)


def _spread(luck: Floats, by: float | Floats) -> Floats:
    """Factors that are 1 on average, unequal by so much in logs."""
    return np.asarray(np.exp(by * normals(luck) - np.square(by) / 2))


def _poisson(luck: Floats, mean: Floats) -> Ints:
    return np.asarray(np.ceil(pdtrik(luck, mean)).clip(0), dtype=np.int64)


def _rates(seed: int) -> tuple[Floats, Floats, Floats, float]:
    """Blends by group and price, designs by group, what a blend replaces, minutes to make it."""
    luck = uniforms(seed, " ".join((STREAM, "sizes")), 8)
    usual = _between(BLENDS, luck[:3])
    steep = float(_between([STEEP], luck[3:4])[0])
    fall = np.exp(-steep * (np.array(PRICES) - USUAL))
    minutes = float(_between([MINUTES], luck[4:5])[0])
    return usual[:, None] * fall, DESIGNS * usual, _between(REPLACES, luck[5:]), minutes


def _standard(people: _People) -> Floats:
    """Margin of standard goods expected of each customer without the designer."""
    return np.asarray(np.array(GOES_ON)[people.group] * people.before / 2)


def blend_test(history: History) -> pd.DataFrame:
    """The log: a row per customer who was drawn."""
    seed = history.seed
    people, (blends, designs, replaces, minutes) = _people(seed), _rates(seed)
    group, shown, luck = people.group, people.arm > 0, people.luck
    bought = shown * blends[group, np.maximum(people.arm - 1, 0)] * people.taste
    left = shown * designs[group] * people.taste - bought
    blend = _poisson(luck[0], bought + 1e-12)
    kept = (1 - replaces[group]) ** blend
    any_ = np.array(ANY)[group]
    margin = _standard(people) * (luck[1] < any_) / any_ * kept
    taste = normals(people.luck[2]) / 2 + np.log(people.taste.clip(0.05)) / 3
    says = SAYS * np.exp(SAID_SPREAD * taste)
    answers = luck[3] < 0.25 + 0.4 * people.taste / (1 + people.taste)
    price = np.array((np.nan, *PRICES))[people.arm]
    return pd.DataFrame(
        {
            "customer_id": numbered("S", np.arange(1, SIZE + 1), 4),
            "purchases_before": people.purchases,
            "margin_before": people.before,
            "said": np.where(answers, np.round(says), np.nan),
            "price": price,
            "designs": blend + _poisson(luck[4], left + 1e-12),
            "blends": blend,
            "minutes": np.rint(minutes * blend * _spread(luck[5], 0.25)).astype(np.int64),
            "margin": (margin * _spread(luck[6], np.array(SPREAD)[group])).round(2),
        }
    )


def effects(history: History) -> pd.DataFrame:
    """What each group does at each price, on average over all that could have been drawn."""
    people, (blends, _, replaces, minutes) = _people(history.seed), _rates(history.seed)
    standard = _standard(people)
    size = np.bincount(people.group, minlength=len(GROUPS))
    mean = np.bincount(people.group, standard, minlength=len(GROUPS)) / size
    kept = (1 + blends * replaces[:, None] / UNEQUAL) ** -UNEQUAL
    group, price = np.indices(blends.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "group": labels(GROUPS, group),
            "customers": size[group],
            "price": np.array(PRICES)[price],
            "blends": blends[group, price],
            "minutes": minutes * blends[group, price],
            "replaced": (mean[:, None] * (1 - kept))[group, price],
        }
    )
