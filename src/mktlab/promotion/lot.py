"""How often chance alone would show as much: the lot of a geo test, drawn again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.geo_test import changes
from mktlab.schema import MktlabError
from mktlab.show.words import say


def redrawn(
    spend: pd.DataFrame,
    sales: pd.Series[float],
    channel: str,
    *,
    draws: int = 2_000,
    seed: int = 25,
) -> pd.Series[float]:
    """The share of sales that other draws of the dark zones would have "lost" in a channel's test.

    If the channel did nothing, each zone would have sold the same whether it was dark or not. So
    the draw of each wave is repeated on the sales as they were. How often the repeated draws lose
    as much as the real one is the p-value of the test, and it needs no law of errors: only that
    zones were drawn at random (Fisher, 1935).

    Parameters
    ----------
    spend, sales
        As for `geo_test`.
    channel
        Whose test.
    draws, seed
        Draws to make, and the seed of chance.

    Returns
    -------
    `lost` of each draw, that of the real one first.

    Raises
    ------
    MktlabError
        When the channel was not tested.

    References
    ----------
    Fisher, R. A. (1935). *The design of experiments*. Oliver & Boyd.
    """
    mine = spend[spend["channel"] == channel]
    if {"on", "dark"} <= set(mine["budget_test"]):
        rows = changes(mine, sales)
        rows = rows[rows.groupby("wave")["dark"].transform("nunique") == 2]
    else:
        raise MktlabError(
            say(
                "{channel!r} was not tested: no zones of it were dark while others stayed on. Name "
                "a channel of which budget_test tells both.",
                channel=channel,
            )
        )
    weight, change = rows["usual"].to_numpy(float), rows["change"].to_numpy(float)
    wave = rows["wave"].to_numpy()
    rng = np.random.default_rng(seed)
    lots = [rows["dark"].to_numpy()]
    for _ in range(draws):
        lot = np.empty(len(rows), dtype=bool)
        for number in np.unique(wave):
            here = wave == number
            lot[here] = rng.permutation(lots[0][here])
        lots.append(lot)
    dark = np.array(lots, dtype=float)
    for number in np.unique(wave):  # what is common to a wave is taken out
        part = np.where(wave == number, weight, 0.0)
        dark = dark - np.where(wave == number, (dark @ part / part.sum())[:, None], 0.0)
    lost = -(dark * weight) @ change / ((dark**2) @ weight)
    return pd.Series(lost, name="lost")
