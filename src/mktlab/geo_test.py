"""What advertising really brings: zones in which a channel went dark, against those where it ran.

`geo_test` reads the tests of a table `ad_spend`: who is dark was drawn by lot, so zones differ by
the advertising alone, and by chance, which the interval tells.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

SPEND = ("week", "zone", "channel", "spend", "budget_test")
GROUPS = ("on", "dark")
WEEK = pd.Timedelta(weeks=1)


def changes(spend: pd.DataFrame, sales: pd.Series[float]) -> pd.DataFrame:
    """How each zone sold in each wave of tests, over what it usually sells.

    A wave is a run of weeks in which a channel is tested; usual are the weeks in which it is not.

    Parameters
    ----------
    spend
        As `ad_spend`: `week, zone, channel, spend, budget_test` ("on", "dark" or else).
    sales
        Orders or money, by `week` and `zone`; what is not there is 0.

    Returns
    -------
    `channel, wave, zone, dark`, `usual` and `usual_spend` (a week), `change` and `spend_change`
    (mean of the wave over the usual, less 1). Zones that usually sell nothing are left out.

    Raises
    ------
    MktlabError
        If a column is missing.
    """
    told = say('budget_test says in which weeks and zones a channel was tested, "on" or "dark"')
    need_columns(SPEND, spend, of="ad_spend", do=told)
    cells = spend.groupby(["channel", "week", "zone"], as_index=False).agg(
        spend=("spend", "sum"), test=("budget_test", "first")
    )
    sold = sales.groupby(["week", "zone"]).sum().rename("sold").reset_index()
    cells = cells.merge(sold, on=["week", "zone"], how="left").fillna({"sold": 0.0})
    tested = cells["test"].isin(GROUPS)
    weeks = (
        cells.loc[tested, ["channel", "week"]].drop_duplicates().sort_values(["channel", "week"])
    )
    begins = ~(weeks.groupby("channel")["week"].diff() <= WEEK)
    weeks["wave"] = begins.groupby(weeks["channel"]).cumsum().astype("int64")
    both = ["channel", "zone"]
    seen = cells.merge(weeks, on=["channel", "week"], how="left")
    usual = seen[seen["wave"].isna()].groupby(both)[["sold", "spend"]].mean()
    waves = (
        seen[seen["test"].isin(GROUPS)]
        .groupby(["channel", "wave", "zone"], as_index=False)
        .agg(
            dark=("test", lambda test: bool((test == "dark").mean() > 0.5)),
            sold=("sold", "mean"),
            spend=("spend", "mean"),
        )
    )
    rows = waves.join(usual.add_suffix("_usual"), on=both)
    rows = rows[(rows["sold_usual"] > 0) & (rows["spend_usual"] > 0)]
    return pd.DataFrame(
        {
            "channel": rows["channel"],
            "wave": rows["wave"].astype("int64"),
            "zone": rows["zone"],
            "dark": rows["dark"],
            "usual": rows["sold_usual"],
            "usual_spend": rows["spend_usual"],
            "change": rows["sold"] / rows["sold_usual"] - 1,
            "spend_change": rows["spend"] / rows["spend_usual"] - 1,
        }
    ).reset_index(drop=True)


def geo_test(spend: pd.DataFrame, sales: pd.Series[float]) -> pd.DataFrame:
    """What each euro of a tested channel adds to sales, with a 95% interval.

    Of each wave, zones that went dark are compared with those that did not: a regression of each
    zone's change on `dark` and the wave, weighted by what the zone usually sells. The sales that
    went missing over the spend that did are the answer. It holds for the weeks of the test: what
    outlasts them, such as customers who come again, is not in it.

    Parameters
    ----------
    spend, sales
        As for `changes`.

    Returns
    -------
    A row per channel that was tested: `channel, waves, lost` (share of sales missing in the dark),
    `per_euro, error, low, high`; the ends are infinite where too few zones are left to tell.

    Raises
    ------
    MktlabError
        If a column is missing, or no channel was tested.

    References
    ----------
    Vaver, J., & Koehler, J. (2011). *Measuring ad effectiveness using geo experiments*. Google.

    Examples
    --------
    Two zones, one of them dark in the third week: it sells 10 less, and 5 are not spent.

    >>> week = pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-20"] * 2)
    >>> spend = pd.DataFrame({"week": week, "zone": ["Lille"] * 3 + ["Lyon"] * 3,
    ...     "channel": "radio", "spend": [5, 5, 0, 5, 5, 5],
    ...     "budget_test": ["no test", "no test", "dark", "no test", "no test", "on"]})
    >>> sales = pd.Series([100, 100, 90, 100, 100, 100], index=[week, spend["zone"]])
    >>> geo_test(spend, sales.rename_axis(["week", "zone"]))[["channel", "lost", "per_euro"]]
      channel  lost  per_euro
    0   radio   0.1       2.0
    """
    rows = changes(spend, sales)
    groups = rows.groupby(["channel", "wave"])["dark"].transform("nunique")
    rows = rows[groups == 2]
    if not len(rows):
        raise MktlabError(
            say(
                "No channel was tested: budget_test must name, in the same weeks, zones that were "
                '"dark" and others that stayed "on".'
            )
        )
    found = [_effect(str(name), wave) for name, wave in rows.groupby("channel", sort=True)]
    return pd.DataFrame(found)


def _effect(channel: str, rows: pd.DataFrame) -> dict[str, object]:
    """The answer for one channel."""
    from scipy.special import stdtrit

    weight = rows["usual"].to_numpy(float)
    waves = rows["wave"].to_numpy()[:, None] == rows["wave"].unique()
    features = np.column_stack([rows["dark"], waves]).astype(float)
    curve = np.linalg.inv(features.T @ (weight[:, None] * features))
    slope = curve @ features.T @ (weight * rows["change"])
    spent = rows["usual_spend"].to_numpy(float)
    saved = np.linalg.lstsq(
        np.sqrt(spent)[:, None] * features, np.sqrt(spent) * rows["spend_change"]
    )[0]
    rest = rows["change"] - features @ slope
    free = len(rows) - features.shape[1]
    error, reach = np.nan, np.inf
    if free > 0:
        error = float(np.sqrt((weight * rest**2).sum() / free * curve[0, 0]))
        reach = float(stdtrit(free, 0.975)) * error
    per_share = rows["usual"].sum() / (rows["usual_spend"].sum() * -saved[0])
    lost = float(-slope[0])
    return {
        "channel": channel,
        "waves": waves.shape[1],
        "lost": lost,
        "per_euro": per_share * lost,
        "error": per_share * error,
        "low": per_share * (lost - reach),
        "high": per_share * (lost + reach),
    }
