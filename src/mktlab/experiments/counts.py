"""Tests as they are counted: visitors, and what they did, by version and day."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

TEST = ["experiment_id", "variant"]
NEEDS = (*TEST, "is_control", "date", "visitors", "conversions")
Metric = Literal["conversions", "revenue"]


def compare(
    experiments: pd.DataFrame,
    *,
    metric: Metric = "conversions",
    within: Literal["test", "date"] = "test",
    level: float = 0.95,
) -> pd.DataFrame:
    """Each version against the control of its test.

    Parameters
    ----------
    experiments
        A row per `experiment_id, variant` and `date`, with `is_control`, `visitors`,
        `conversions` and, for that metric, `revenue`; `name` is taken along.
    metric
        Conversions or revenue, per visitor.
    within
        "date" holds each day against itself, so that a change of traffic or a sale on the way
        does not count as a lift.
    level
        Of the interval.

    Returns
    -------
    A row per test and version: `experiment_id, name, variant, days, visitors_control, visitors,
    rate_control, rate, lift, low, high, p, split_p`. `lift` is relative, with its interval; `p` is
    two-sided. `split_p` tells whether visitors were split evenly (below .0005 the test is broken).
    Where a version has no conversion, the interval is unknown.

    Raises
    ------
    MktlabError
        If a column is missing, a test has not one control, or nothing but a control.

    Notes
    -----
    Of conversions, the ratio of rates by Mantel and Haenszel with the variance of Greenland and
    Robins (1985), and p by Cochran, Mantel and Haenszel; with one stratum these are the ratio, its
    usual (delta) variance and the pooled z-test. Of revenue, linearized by day: what a day adds to
    the logarithm of the ratio, in both versions, is one draw.

    References
    ----------
    Greenland, S., & Robins, J. M. (1985). Estimation of a common effect parameter from sparse
    follow-up data. *Biometrics*, 41(1). Fabijan, A., et al. (2019). Diagnosing sample ratio
    mismatch in online controlled experiments. *KDD*.

    Examples
    --------
    >>> test = pd.DataFrame({
    ...     "experiment_id": "X1", "variant": ["A", "B"], "is_control": [True, False],
    ...     "date": pd.Timestamp("2025-03-03"), "visitors": 1000, "conversions": [100, 130]})
    >>> compare(test)[["lift", "low", "high", "p"]].round(3)  # log 1.3 -+ 1.96 x .125
       lift    low   high      p
    0   0.3  0.017  0.662  0.036
    """
    pairs = paired(experiments, metric)
    keys = pairs.groupby(TEST, sort=True)
    sums = keys[["visitors", "visitors_control", metric, f"{metric}_control"]].sum()
    rate = sums[metric] / sums["visitors"]
    control = sums[f"{metric}_control"] / sums["visitors_control"]
    found = _by_day(pairs, metric) if metric == "revenue" else _by_stratum(pairs, within)
    if metric == "revenue":
        quantile = t.ppf((1 + level) / 2, (found["size"] - 1).clip(lower=1))
        p = 2 * t.sf(found["z"].abs(), (found["size"] - 1).clip(lower=1))
    else:
        quantile, p = norm.ppf((1 + level) / 2), 2 * norm.sf(found["z"].abs())
    gap = (sums["visitors"] - sums["visitors_control"]).abs()
    table = pd.DataFrame(
        {
            "name": keys["name"].first(),
            "days": keys["date"].nunique(),
            "visitors_control": sums["visitors_control"],
            "visitors": sums["visitors"],
            "rate_control": control,
            "rate": rate,
            "lift": found["ratio"] - 1,
            "low": found["ratio"] * np.exp(-quantile * found["error"]) - 1,
            "high": found["ratio"] * np.exp(quantile * found["error"]) - 1,
            "p": p,
            "split_p": 2 * norm.sf(gap / np.sqrt(sums["visitors"] + sums["visitors_control"])),
        }
    )
    return table.reset_index()


def paired(experiments: pd.DataFrame, metric: str = "conversions") -> pd.DataFrame:
    """A row per test, version and day, with the control's counts of that day beside it."""
    rows = _checked(experiments, metric)
    counts = ["visitors", metric]
    of_day = rows.groupby([*TEST, "is_control", "date"], sort=True, as_index=False)
    sums = of_day[counts].sum()
    control = sums[sums["is_control"]].drop(columns=["variant", "is_control"])
    versions = sums[~sums["is_control"]].drop(columns="is_control")
    both = versions.merge(
        control, on=["experiment_id", "date"], how="outer", suffixes=("", "_control")
    )
    both = both[both["variant"].notna() | both["experiment_id"].map(_lone(versions)).notna()]
    both = both.assign(variant=both["variant"].fillna(both["experiment_id"].map(_lone(versions))))
    numbers = [*counts, *(f"{name}_control" for name in counts)]
    both[numbers] = both[numbers].fillna(0.0)
    names = rows.drop_duplicates("experiment_id").set_index("experiment_id")["name"]
    return both.assign(name=both["experiment_id"].map(names)).sort_values([*TEST, "date"])


def _lone(versions: pd.DataFrame) -> pd.Series[str]:
    """The version of each test that has but one."""
    alone = versions.drop_duplicates(TEST).drop_duplicates("experiment_id", keep=False)
    return alone.set_index("experiment_id")["variant"]


def _checked(experiments: pd.DataFrame, metric: str) -> pd.DataFrame:
    told = say("a row is a test, a version and a day")
    need_columns((*NEEDS, metric), experiments, of="experiments", do=told)
    rows = experiments if "name" in experiments else experiments.assign(name="")
    controls = rows[rows["is_control"]].groupby("experiment_id")["variant"].nunique()
    for test in rows["experiment_id"].unique():
        if controls.get(test, 0) != 1:
            raise MktlabError(
                say(
                    "Test {test!r} has {n} controls: exactly one version must have is_control.",
                    test=test,
                    n=int(controls.get(test, 0)),
                )
            )
        if rows.loc[rows["experiment_id"] == test, "is_control"].all():
            raise MktlabError(
                say(
                    "Test {test!r} has a control alone: add the rows of its other version.",
                    test=test,
                )
            )
    return rows


def _by_stratum(pairs: pd.DataFrame, within: str) -> pd.DataFrame:
    strata = [*TEST, "date"] if within == "date" else TEST
    counts = ["visitors", "conversions", "visitors_control", "conversions_control"]
    sums = pairs.groupby(strata, sort=True)[counts].sum()
    n, x, m, y = (sums[name].astype(float) for name in counts)
    total, all_x = n + m, x + y
    some = (n > 0) & (m > 0)
    parts = pd.DataFrame(
        {
            "top": x * m / total,
            "base": y * n / total,
            "spread": (all_x * n * m - x * y * total) / total**2,
            "gap": x - all_x * n / total,
            "variance": all_x * (total - all_x) * n * m / (total**2 * (total - 1)),
        }
    )[some]
    found = parts.groupby(TEST, sort=True).sum()
    known = found["top"] * found["base"] > 0
    return pd.DataFrame(
        {
            "ratio": found["top"] / found["base"].where(found["base"] > 0),
            "error": np.sqrt(found["spread"] / (found["top"] * found["base"]).where(known)),
            "z": found["gap"] / np.sqrt(found["variance"].where(found["variance"] > 0)),
        }
    )


def _by_day(pairs: pd.DataFrame, metric: str) -> pd.DataFrame:
    keys = [pairs[name] for name in TEST]

    def influence(top: str, base: str) -> pd.Series[float]:
        sums = pairs.groupby(TEST)[[top, base]].transform("sum")
        return pairs[top] / sums[top] - pairs[base] / sums[base]

    each = influence(metric, "visitors") - influence(f"{metric}_control", "visitors_control")
    size = each.groupby(keys).size()
    sums = pairs.groupby(TEST)[[metric, "visitors", f"{metric}_control", "visitors_control"]].sum()
    ratio = (sums[metric] / sums["visitors"]) / (
        sums[f"{metric}_control"] / sums["visitors_control"]
    )
    error = np.sqrt((each**2).groupby(keys).sum() * size / (size - 1).where(size > 1))
    return pd.DataFrame({"ratio": ratio, "error": error, "z": np.log(ratio) / error, "size": size})
