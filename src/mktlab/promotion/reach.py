"""Whom a media plan meets: reach, frequency, rating points, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mktlab.promotion.sampler import Floats
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import did_you_mean, need_columns

TOGETHER = "together"


def media_plan(
    panel: pd.DataFrame, tariffs: pd.DataFrame, insertions: Mapping[str, int]
) -> pd.DataFrame:
    """What a plan of insertions reaches and costs, for each support and for all together.

    A person misses all of n insertions with the chance (1 - chance)^n, and a whole plan with the
    product of these: her chances in the supports are taken to be what links them. So the reach of
    all together is net: whoever is met twice counts once.

    Parameters
    ----------
    panel
        A row per person and support: `person_id`, `support`, `chance` that one insertion meets her,
        and `persons`, for how many she stands (1 where the column is missing). Keep only your
        target group to plan for it.
    tariffs
        `support`, `insertions`, `price` of all of them together.
    insertions
        Support -> how many.

    Returns
    -------
    A row per support, and one for all `together`: `insertions`, `price`; `reach`, the share that is
    met at least once, with its 95% interval `low` to `high` (that of a weighted mean: it tells the
    luck of the sample); `frequency`, contacts of each person who is met; `grp`, gross rating
    points: contacts for each 100 persons; `per_thousand`, price of 1,000 contacts; `per_point`,
    price of a point.

    Raises
    ------
    MktlabError
        When a column, support or tariff is missing, or a chance is none.

    Examples
    --------
    Two persons; the paper meets the first always, the radio each every second time.

    >>> rows = [["Ann", "paper", 1.0], ["Ann", "radio", 0.5], ["Bob", "paper", 0.0],
    ...     ["Bob", "radio", 0.5]]
    >>> panel = pd.DataFrame(rows, columns=["person_id", "support", "chance"])
    >>> tariffs = pd.DataFrame({"support": ["paper", "radio"], "insertions": [1, 2], "price": 30.0})
    >>> plan = media_plan(panel, tariffs, {"paper": 1, "radio": 2})
    >>> plan["reach"].round(3).to_dict()
    {'paper': 0.5, 'radio': 0.75, 'together': 0.875}
    >>> plan["grp"].tolist()
    [50.0, 100.0, 150.0]
    """
    need_columns(("person_id", "support", "chance"), panel, of="media_panel")
    need_columns(("support", "insertions", "price"), tariffs, of="media_tariffs")
    chance = panel.pivot(index="person_id", columns="support", values="chance")
    numbers = chance.to_numpy(float)
    if not len(numbers) or not ((numbers >= 0) & (numbers <= 1)).all():
        raise MktlabError(
            say(
                "media_panel: each person needs a chance from 0 to 1 for each support; fill in 0 "
                "where a support never meets her."
            )
        )
    weight = pd.Series(1.0, chance.index)
    if "persons" in panel:
        weight = panel.groupby("person_id")["persons"].first().reindex(chance.index)
    price = tariffs.set_index(["support", "insertions"])["price"]
    parts: Floats = np.asarray(weight / weight.sum(), dtype=float)
    rows, missed, contacts = [], np.ones(len(chance)), np.zeros(len(chance))
    for support, number in insertions.items():
        one = _chances(chance, support)
        paid = _price(price, support, number)
        rows.append((support, number, paid, *_told(1 - (1 - one) ** number, number * one, parts)))
        missed, contacts = missed * (1 - one) ** number, contacts + number * one
    total = sum(row[1] for row in rows), sum(row[2] for row in rows)
    rows.append((TOGETHER, *total, *_told(1 - missed, contacts, parts)))
    names = ["support", "insertions", "price", "reach", "low", "high", "grp"]
    table = pd.DataFrame(rows, columns=names).set_index("support")
    people, points = float(weight.sum()), table["grp"].where(table["grp"] > 0)
    return table.assign(
        frequency=points / 100 / table["reach"],
        per_thousand=1000 * table["price"] / (points / 100 * people),
        per_point=table["price"] / points,
    )


def _chances(chance: pd.DataFrame, support: str) -> Floats:
    if support not in chance:
        raise MktlabError(
            say(
                "media_panel has no support {support!r}{likely}: choose among {names}.",
                support=support,
                likely=did_you_mean(support, chance.columns),
                names=", ".join(map(str, chance.columns)),
            )
        )
    return np.asarray(chance[support], dtype=float)


def _price(price: pd.Series[float], support: str, number: int) -> float:
    if number == 0:
        return 0.0
    if (support, number) not in price.index:
        raise MktlabError(
            say(
                "media_tariffs has no price of {number} insertions in {support!r}: choose a whole "
                "number that it lists, or 0.",
                number=number,
                support=support,
            )
        )
    return float(price.loc[(support, number)])


def _told(
    reached: Floats,
    contacts: Floats,
    parts: Floats,
) -> tuple[float, float, float, float]:
    """Reach, its interval, and rating points."""
    reach, size = float(parts @ reached), len(parts)
    error = np.sqrt((parts**2 * (reached - reach) ** 2).sum() * size / max(size - 1, 1))
    low, high = max(reach - 1.96 * error, 0.0), min(reach + 1.96 * error, 1.0)
    return reach, low, high, 100 * float(parts @ contacts)
