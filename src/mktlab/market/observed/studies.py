"""Market studies of a bag of beans: what people choose (conjoint) and which prices they name.

Respondents are other people than the customers, drawn like the market. They weigh labels as buyers
do, but in a study they care less about price than in a shop (`HYPOTHETICAL`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import Floats, Ints, choices, normals, uniforms
from mktlab.market.observed.sales import labels, numbered
from mktlab.market.world import LABEL_WORTH, ORIGIN_WORTH, SEGMENTS, of_categories, of_segments

RESPONDENTS = 400
TASKS = 10
SHOWN = 3
PRICES = (9.90, 11.90, 13.90, 15.90, 17.90)
HYPOTHETICAL = 0.75  # of the price sensitivity that the shop sees
NONE_WORTH = -0.6  # of leaving the shelf without a bag, at 12 euros
PRICE_RESPONDENTS = 500
_LABELS = tuple(LABEL_WORTH)
_MARGINS = (0.55, 0.75, 1.05, 1.30)  # of the willingness to pay: too cheap ... too expensive
_QUESTIONS = ("too_cheap", "cheap", "expensive", "too_expensive")


def part_worths(seed: int) -> pd.DataFrame:
    """What each respondent of the conjoint study weighs: the truth behind the choices."""
    segment = choices(
        uniforms(seed, "conjoint segment", RESPONDENTS),
        np.tile(of_segments("share"), (RESPONDENTS, 1)),
    )
    taste = 0.30 * normals(uniforms(seed, "conjoint taste", 3 * RESPONDENTS).reshape(-1, 3))
    beans = of_categories("substitution")[0] * of_segments("price_sensitivity")[segment]
    return pd.DataFrame(
        {
            "respondent_id": numbered("P", np.arange(1, RESPONDENTS + 1), 4),
            "segment": labels(tuple(s.name for s in SEGMENTS), segment),
            "organic": LABEL_WORTH["organic"] + taste[:, 0],
            "fair_trade": LABEL_WORTH["organic and fair trade"] + taste[:, 1],
            "single_origin": ORIGIN_WORTH + taste[:, 2],
            "log_price": -HYPOTHETICAL * beans,
            "log_price_in_shop": -beans,
        }
    )


def conjoint_choices(seed: int) -> pd.DataFrame:
    """Ten tasks each: three bags and leaving without one."""
    worths = part_worths(seed)
    shape = (RESPONDENTS, TASKS, SHOWN)
    lot = uniforms(seed, "conjoint design", 3 * RESPONDENTS * TASKS * SHOWN).reshape(3, *shape)
    label = (lot[0] * len(_LABELS)).astype(np.int64)
    origin, price = lot[1] < 0.5, (lot[2] * len(PRICES)).astype(np.int64)
    shown = np.array(PRICES)[price]
    worth = np.column_stack([np.zeros(RESPONDENTS), worths["organic"], worths["fair_trade"]])
    utility = np.take_along_axis(worth[:, None, None, :], label[..., None], axis=-1)[..., 0]
    utility = utility + origin * worths["single_origin"].to_numpy()[:, None, None]
    utility += worths["log_price"].to_numpy()[:, None, None] * np.log(shown / 12)
    none = np.full((RESPONDENTS, TASKS, 1), NONE_WORTH)
    utility = np.concatenate([utility, none], axis=2)
    luck = uniforms(seed, "conjoint choice", utility.size).reshape(utility.shape)
    chosen = (utility - np.log(-np.log(luck))).argmax(axis=2)
    return _tasks(worths["respondent_id"], label, origin, shown, chosen)


def _tasks(
    ids: pd.Series[str], label: Ints, origin: np.ndarray, shown: Floats, chosen: Ints
) -> pd.DataFrame:
    who, task, place = np.indices((RESPONDENTS, TASKS, SHOWN + 1)).reshape(3, -1)
    bag = place < SHOWN
    at = (who[bag], task[bag], place[bag])
    names = labels(_LABELS, label[at])
    table = pd.DataFrame(
        {
            "respondent_id": ids.take(who).reset_index(drop=True),
            "task": task + 1,
            "alternative": place + 1,
            "label": pd.Series(np.nan, index=range(len(who)), dtype="str"),
            "single_origin": False,
            "price": np.nan,
            "chosen": chosen[who, task] == place,
        }
    )
    table.loc[bag, "label"] = names.to_numpy()
    table.loc[bag, "single_origin"] = origin[at]
    table.loc[bag, "price"] = shown[at]
    return table


def willingness(seed: int) -> pd.DataFrame:
    """What a bag is worth to each respondent of the price survey, in euros: the truth."""
    worth = np.exp(np.log(12.1) + 0.30 * normals(uniforms(seed, "worth", PRICE_RESPONDENTS)))
    ids = numbered("V", np.arange(1, PRICE_RESPONDENTS + 1), 4)
    return pd.DataFrame({"respondent_id": ids, "willingness_to_pay": worth})


def price_survey(seed: int) -> pd.DataFrame:
    """Four prices each (van Westendorp, 1976), in steps of ten cents as people say them."""
    worth = willingness(seed)
    size = (PRICE_RESPONDENTS, len(_MARGINS))
    noise = np.exp(0.1 * normals(uniforms(seed, "price answers", size[0] * size[1]))).reshape(size)
    said = worth["willingness_to_pay"].to_numpy()[:, None] * np.array(_MARGINS) * noise
    tenths = np.maximum(np.rint(np.sort(said, axis=1) * 10), 1)
    return pd.DataFrame(
        {"respondent_id": worth["respondent_id"]}
        | {name: tenths[:, place] / 10 for place, name in enumerate(_QUESTIONS)}
    )
