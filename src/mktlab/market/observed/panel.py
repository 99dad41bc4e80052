"""What a panel institute sells: the market by quarter and brand, and the brands' image.

Households of the market panel are drawn anew each quarter; what they buy is projected to the town,
so that every number has a sampling error, which the institute states. The image is asked twice a
year, of people who know the brand. Nothing here feeds back into the market.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mktlab.market.advertising import known_share
from mktlab.market.draws import Floats, uniforms
from mktlab.market.prices import START
from mktlab.market.rivals import (
    ATTRIBUTES,
    CATEGORY_MIX,
    IMAGE,
    OTHERS,
    OURS,
    RIVALS,
    market,
    quarters,
    residents,
)
from mktlab.market.state import History
from mktlab.plan.mix import BASE

HOUSEHOLDS = 1_200
IMAGE_PANEL = 500
IMAGE_MONTHS = (3, 9)
IMAGE_MEMORY = 52  # weeks
IMAGE_MOVES = {  # attribute -> lever -> what a unit of it adds to the company's image
    "taste": {"product.quality": 0.20},
    "value": {f"price.{f}": -0.12 for f in ("beans", "ground", "capsules", "gift", "tea")},
    "convenience": {"process.web_ease": 0.15},
    "gifts": {"physical_evidence.ambience": 0.10},
    "service": {"people.training": 0.15},
}


def market_panel(history: History) -> pd.DataFrame:
    """Sales and buyers by quarter and brand, as the panel projects them, and prices."""
    table = projected(history.seed, market(history), people=residents(history.people))
    quarter = quarters(len(history.weeks))
    log_price = np.array([_log_prices(history, week) for week in range(len(quarter))])
    level = np.array([100.0, *(rival.price for rival in RIVALS)])
    mean = np.array([log_price[quarter == q].mean(axis=0) for q in np.unique(quarter)])
    index = (level * np.exp(mean)).round(1).reshape(-1)
    return table.assign(price_index=index[: len(table)])  # a quarter that is not over has no row


def _log_prices(history: History, week: int) -> Floats:
    """Log of the prices over the usual ones, by brand."""
    theirs = CATEGORY_MIX @ history.weeks[week].competitor
    return np.array([history.weeks[week].prices.log.mean(), *[theirs] * len(RIVALS)])


def projected(seed: int, truth: pd.DataFrame, *, people: int) -> pd.DataFrame:
    """The panel's estimates of a market (`rivals.market`) of so many residents.

    Each household buys a brand with the chance that a resident does, and a buyer's spending is
    exponential around the mean of the brand's buyers. `sales_error` is the usual standard error of
    a total: residents times the standard deviation over the root of the households.
    """
    spent = spent_by_households(seed, truth, people=people)
    buys, asked = spent > 0, spent.shape[1]
    error = people * spent.std(axis=1, ddof=1) / np.sqrt(asked)
    return truth[["quarter", "brand"]].assign(
        households=asked,
        buyers=buys.sum(axis=1),
        sales=np.round(people * spent.mean(axis=1)),
        sales_error=np.round(error),
    )


def spent_by_households(seed: int, truth: pd.DataFrame, *, people: int) -> Floats:
    """Euros that each household of the panel spends: (rows of the truth, households)."""
    asked = min(HOUSEHOLDS, people)
    quarter = truth["quarter"].dt.year * 4 + truth["quarter"].dt.quarter
    drawn = [
        uniforms(seed, f"household {brand}", 2 * asked, week=number)
        for brand, number in zip(truth["brand"], quarter, strict=True)
    ]
    chance = np.array(drawn).reshape(len(truth), asked, 2)
    buys = chance[..., 0] < truth[["buyers"]].to_numpy() / people
    mean = truth["sales"].to_numpy() / truth["buyers"].clip(lower=1).to_numpy()
    return np.where(buys, -mean[:, None] * np.log1p(-chance[..., 1]), 0.0)


def positions(history: History) -> pd.DataFrame:
    """Share of those who know a brand who think that it has an attribute, wave by wave: true."""
    rows = [
        (wave, brand, attribute, share)
        for wave, week in _waves(history)
        for brand, image in _images(history, week).items()
        for attribute, share in zip(ATTRIBUTES, image, strict=True)
    ]
    return _of_waves(rows, {"position": "float64"})


def brand_image(history: History) -> pd.DataFrame:
    """What people who know a brand say of it, wave by wave."""
    rows = []
    for wave, week in _waves(history):
        awareness = [known_share(history.weeks[week].awareness), *(r.awareness for r in RIVALS)]
        for place, (brand, image) in enumerate(_images(history, week).items()):
            number = wave.year * 12 + wave.month
            lot = uniforms(history.seed, f"image {place}", 7 * IMAGE_PANEL, week=number)
            knows, *says = lot.reshape(-1, 7).T
            asked = knows < awareness[place]
            agree = [int((chance[asked] < s).sum()) for chance, s in zip(says, image, strict=True)]
            rows += [
                (wave, brand, a, asked.sum(), n) for a, n in zip(ATTRIBUTES, agree, strict=True)
            ]
    table = _of_waves(rows, {"asked": "int64", "agree": "int64"})
    return table[table["asked"] > 0].reset_index(drop=True)


def _of_waves(rows: Sequence[tuple[object, ...]], kinds: dict[str, str]) -> pd.DataFrame:
    keys = {"wave": "datetime64[us]", "brand": "str", "attribute": "str"}
    return pd.DataFrame(rows, columns=[*keys, *kinds]).astype(keys | kinds)


def _waves(history: History) -> list[tuple[pd.Timestamp, int]]:
    """First day of the month in which each wave was asked, and the week in its middle."""
    start, weeks = pd.Timestamp(START), len(history.weeks)
    months = pd.date_range(start, start + pd.Timedelta(weeks=weeks), freq="MS", unit="us")
    asked = [(m, ((m - start).days + 14) // 7) for m in months[:-1] if m.month in IMAGE_MONTHS]
    return [(month, week) for month, week in asked if week < weeks]


def _images(history: History, week: int) -> dict[str, tuple[float, ...]]:
    """Brand -> its image in a week; the company's follows what it did in the last year."""
    mixes = [w.mix for w in history.weeks[max(0, week + 1 - IMAGE_MEMORY) : week + 1]]
    ours = dict(zip(ATTRIBUTES, IMAGE, strict=True))
    for attribute, levers in IMAGE_MOVES.items():
        for path, slope in levers.items():
            mean = float(np.mean([mix.value(path) for mix in mixes]))
            ours[attribute] += slope * (mean - BASE.value(path))
    image = tuple(np.clip([*ours.values()], 0.02, 0.98).round(6).tolist())
    return {OURS: image, **{r.name: r.image for r in RIVALS if r.name != OTHERS}}


def positions_today(history: History) -> Floats:
    """Share of those who know a brand who think that it has an attribute: (brands, attributes)."""
    return np.array([*_images(history, len(history.weeks) - 1).values()])
