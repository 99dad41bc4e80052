"""What each channel adds to sales, by week and zone: adstock, saturation, and what tests told.

`media_model` is a regression of sales in each week and zone. What moves all zones alike in a week,
such as demand that spend follows, is taken out of it, and so is what a zone sells in each
year. What is left of a channel is that it ran heavier here and lighter there, and not at all where
it was dark for a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.promotion.sampler import Floats, Prior, sample
from mktlab.schema import MktlabError
from mktlab.show.formats import decimal
from mktlab.show.words import say
from mktlab.spelling import need_columns

KEPT: Floats = np.array([0.0, 0.15, 0.3, 0.5, 0.7, 0.85])
"""Shares of the adstock that a week may keep of the last one: all are tried."""
HALF: Floats = np.array([0.5, 1.0, 2.0])
"""Parts of today's budget at which half of all effect may be reached: all are tried."""
USUAL_LIFT = 0.05  # of sales, by one channel: a first guess
BLOCK, FEWEST_WEEKS, FEWEST_ZONES = 52, 52, 4


@dataclass(frozen=True, eq=False)
class MediaModel:
    """What channels may do, as draws of all that is open; the more draws agree, the surer it is.

    `today` is each channel's usual euros a week, `sold` the mean sales of a week. A row per draw,
    a column per channel: `lift`, the part of sales that today's budget adds; `half`, the part of
    today's budget at which half of all effect is reached; `kept`, what a week keeps of the last
    one's adstock.
    """

    today: pd.Series[float]
    sold: float
    lift: Floats
    half: Floats
    kept: Floats

    def brings(self, budget: pd.Series[float]) -> Floats:
        """Sales a week that a budget adds, one number per draw."""
        level = (budget.reindex(self.today.index) / self.today).to_numpy(float)
        reached = (1 + self.half) * level / (level + self.half)
        return np.asarray(self.sold * (self.lift * reached).sum(axis=1))

    def marginal(self, budget: pd.Series[float]) -> Floats:
        """What the next euro brings at a budget: (draws, channels)."""
        today = self.today.to_numpy(float)
        level = budget.reindex(self.today.index).to_numpy(float) / today
        slope = (1 + self.half) * self.half / (level + self.half) ** 2
        return np.asarray(self.sold * self.lift * slope / today)

    def returns(self, *, value: float = 1.0) -> pd.DataFrame:
        """What a euro brings, on average and the next one, each with its 95% interval.

        Columns `per_euro, low, high` and `marginal, marginal_low, marginal_high`. `value` is what
        one of the sales is worth, such as the mean order where they are orders.
        """
        each = value * self.sold * self.lift / self.today.to_numpy(float)
        table: dict[str, Floats] = {}
        for name, ends, draws in (
            ("per_euro", "", each),
            ("marginal", "marginal_", value * self.marginal(self.today)),
        ):
            low, high = np.quantile(draws, [0.025, 0.975], axis=0)
            table |= {name: draws.mean(axis=0), f"{ends}low": low, f"{ends}high": high}
        return pd.DataFrame(table, index=self.today.index)

    def __repr__(self) -> str:
        told = [
            say("{channel} {share}%", channel=name, share=decimal(100 * lift, 1))
            for name, lift in zip(self.today.index, self.lift.mean(axis=0), strict=True)
        ]
        return say("Of all sales, today's budgets add: {told}.", told=", ".join(told))


def media_model(
    spend: pd.DataFrame,
    sales: pd.Series[float],
    *,
    elsewhere: pd.DataFrame | None = None,
    draws: int = 2_000,
    seed: int = 25,
) -> MediaModel:
    """Learn what each channel adds, from spend and sales by week and zone.

    Sales of a week and zone, over what zone and week usually sell, are explained by each channel's
    adstock a = spend + kept x a of last week (Broadbent, 1979), saturated as a / (a + half). A
    channel cannot lower sales. Zones in which it was dark for a test are zones without its spend.
    What is held likely before: all channels have a return m in common, give or take as much again,
    and m is learned, too; or, of some, what tests elsewhere found. A Gibbs sampler draws what is
    open: lifts from normal distributions cut at 0, `kept` and `half` from the values tried (Jin
    and others, 2017, say what such a model can tell).

    Parameters
    ----------
    spend
        As `ad_spend`: `week, zone, channel, spend`; `budget_test` tells weeks that are not usual.
    sales
        Orders or money, by `week` and `zone`; what is not there is 0.
    elsewhere
        What tests told that are not in `spend`, as `geo_test` has it: `channel`, `per_euro`,
        `error`. For these channels it is the prior.
    draws, seed
        How many sets of values are drawn, and the seed of chance.

    Returns
    -------
    MediaModel

    Raises
    ------
    MktlabError
        When a column is missing, or there are less than 52 weeks or 4 zones.

    References
    ----------
    Broadbent, S. (1979). One way TV advertisements work. *Journal of the Market Research Society*,
    21(3). Jin, Y., Wang, Y., Sun, Y., Chan, D., & Koehler, J. (2017). *Bayesian methods for media
    mix modeling with carryover and shape effects*. Google.
    """
    data = _grid(spend, sales)
    usual = _usual(data)
    rows, rest, free = _left(data, usual)
    today = pd.Series(usual.sum(axis=1), pd.Index(data.names, name="channel"), name="euros")
    sold = float(data.sold.sum(axis=1).mean())
    chain = sample(rows, rest, _prior(elsewhere, today, sold), draws=draws, free=free, seed=seed)
    kept, half = (table.ravel()[chain.shape] for table in np.meshgrid(KEPT, HALF, indexing="ij"))
    return MediaModel(today, sold, chain.size, half, kept)


class _Grid(NamedTuple):
    names: list[str]
    sold: Floats  # (weeks, zones)
    spent: Floats  # (channels, weeks, zones)
    tested: npt.NDArray[np.bool_]  # (channels, weeks, 1)


def _grid(spend: pd.DataFrame, sales: pd.Series[float]) -> _Grid:
    """Sales and spend side by side; a channel on which nothing was ever spent is left out."""
    need_columns(("week", "zone", "channel", "spend"), spend, of="ad_spend")
    sold = sales.groupby(["week", "zone"]).sum().unstack("zone").fillna(0.0)
    sold = sold.loc[sold.sum(axis=1) > 0, sold.sum() > 0]
    paid = spend.groupby(["channel", "week", "zone"])["spend"].sum().unstack("zone")
    zones = sold.columns.intersection(paid.columns).sort_values()
    weeks = sold.index.intersection(paid.index.get_level_values("week")).sort_values()
    if len(weeks) < FEWEST_WEEKS or len(zones) < FEWEST_ZONES:
        raise MktlabError(
            say(
                "A media model needs spend and sales of {weeks} weeks in {zones} zones or more, "
                "and here are {has_weeks} weeks in {has_zones} zones. Give more of them, with the "
                "same names of zones in both tables.",
                weeks=FEWEST_WEEKS,
                zones=FEWEST_ZONES,
                has_weeks=len(weeks),
                has_zones=len(zones),
            )
        )
    names = [name for name in sorted(spend["channel"].unique()) if paid.loc[name].sum().sum() > 0]

    def cube(table: pd.DataFrame, fill: object) -> npt.NDArray[np.object_]:
        return np.array(
            [table.loc[n].reindex(index=weeks, columns=zones).fillna(fill) for n in names]
        )

    spent = cube(paid, 0.0).astype(float)
    marks = np.full(spent.shape, "", dtype=object)
    if "budget_test" in spend:
        test = spend.groupby(["channel", "week", "zone"])["budget_test"].first().unstack("zone")
        marks = cube(test, "")
    tested = np.asarray(np.isin(marks, ["on", "dark"]).any(axis=2, keepdims=True))
    return _Grid(names, sold.loc[weeks, zones].to_numpy(float), spent, tested)


def _usual(data: _Grid) -> Floats:
    """Euros of a week in which the channel is not tested: (channels, zones)."""
    calm = np.broadcast_to(~data.tested, data.spent.shape)
    calm = np.where(calm.any(axis=1, keepdims=True), calm, True)
    return np.asarray((data.spent * calm).sum(axis=1) / calm.sum(axis=1))


def _adstock(spent: Floats, kept: float) -> Floats:
    """What was kept of last week's, plus this week's spend."""
    left = np.zeros_like(spent[0])
    rows = []
    for week in spent:
        left = kept * left + week
        rows.append(left)
    return np.array(rows)


def _left(data: _Grid, usual: Floats) -> tuple[Floats, Floats, int]:
    """Each channel's features and the sales, less what weeks, zones and waves of tests explain.

    All of it is weighted by the usual sales of the cell, so that squares have the same variance.
    Features: (cells, channels, kept x half), 1 at today's budget.
    """
    weeks, zones = data.sold.shape
    mean = data.sold.sum(axis=1, keepdims=True) * data.sold.sum(axis=0) / data.sold.sum()
    features = np.empty((weeks * zones, len(data.names), len(KEPT) * len(HALF)))
    for place, (spent, normal) in enumerate(zip(data.spent, usual, strict=True)):
        base = np.where(normal > 0, normal, 1.0)
        levels = [_adstock(spent, kept) * (1 - kept) / base for kept in KEPT]
        shapes = [(1 + half) * level / (level + half) for level in levels for half in HALF]
        features[:, place] = np.stack(shapes, axis=-1).reshape(weeks * zones, -1)
    root = np.sqrt(mean.ravel())[:, None]
    common = root * _common(data)
    all_columns = root * np.column_stack(
        [features.reshape(weeks * zones, -1), (data.sold / mean - 1).ravel()]
    )
    curve = common.T @ common
    rank = int(np.linalg.matrix_rank(curve, hermitian=True))
    inverse = np.linalg.pinv(curve, hermitian=True)
    all_columns = all_columns - common @ (inverse @ (common.T @ all_columns))
    return all_columns[:, :-1].reshape(features.shape), all_columns[:, -1], weeks * zones - rank


def _common(data: _Grid) -> Floats:
    """Columns for each week, and for each zone in each year."""
    weeks, zones = data.sold.shape
    week, zone = np.divmod(np.arange(weeks * zones), zones)
    block = np.minimum(week // BLOCK, weeks // BLOCK - 1) * zones + zone
    return np.hstack([week[:, None] == np.arange(weeks), block[:, None] == np.unique(block)]) * 1.0


def _prior(elsewhere: pd.DataFrame | None, today: pd.Series[float], sold: float) -> Prior:
    """Mean and error of each channel's lift, before the weeks are looked at."""
    scale = today / sold  # euros for each sale: a return times it is a lift
    mean, error, alike = 0 * scale, 0 * scale + np.inf, scale.copy()
    if elsewhere is not None:
        need_columns(("channel", "per_euro", "error"), elsewhere, of="elsewhere")
        known = elsewhere.set_index("channel")[["per_euro", "error"]].astype(float)
        known = known[known.index.isin(today.index)]
        if not (known["error"] > 0).all() or known["per_euro"].isna().any():
            raise MktlabError(
                say(
                    "elsewhere: each channel needs per_euro, what a euro brings, and its error, "
                    "above 0; leave a channel out of which nothing is known."
                )
            )
        mean.update(known["per_euro"])
        error.update(known["error"])
        alike[known.index] = 0.0
    parts = [np.asarray(part, dtype=float) for part in (mean * scale, error * scale, alike)]
    guess = USUAL_LIFT * sold * len(today) / float(today.sum())
    return Prior(parts[0], parts[1], parts[2], guess)
