"""What do they think, and do they know us? What surveys need beyond a mean and its interval.

`answers` makes the table of answers ready, and `group_scores` cuts its score by groups.
`response_weights` makes those who answered look like everybody, as far as everybody is known.
`shrink` moves the scores of small groups towards what is usual (empirical Bayes), so that they can
stand in one list. `aided_corrected` takes those who claim to know any brand out of aided awareness.
Scores and their intervals are those of `kpi`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mktlab import kpi
from mktlab.company import Company
from mktlab.schema import HasTables, MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

FEWEST_GROUPS = 4  # with fewer, nobody can tell how far groups differ in truth
_MOST = 5.0  # a weight over the mean weight: above it one person would speak for too many


def answers(company: HasTables) -> pd.DataFrame:
    """The answers of `survey_responses`, each with its points, a person and a zone.

    Returns
    -------
    The table with `points` (100 for a promoter, who says 9 or 10; -100 for a detractor, 0 to 6;
    0 for a passive), `customer_id` (of an answer without one, its own number: a person of her own)
    and `zone` (its own, or that of the customer; empty where neither is known).

    Raises
    ------
    MktlabError
        When there is no table of answers.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> told = pd.DataFrame({"response_id": ["1", "2"], "customer_id": ["Ana", None],
    ...                      "nps": [9, 3], "zone": "Lyon"})
    >>> answers(SimpleNamespace(tables={"survey_responses": told}))
      response_id customer_id  nps  zone  points
    0           1         Ana    9  Lyon   100.0
    1           2           2    3  Lyon  -100.0
    """
    table = company.tables.get("survey_responses", pd.DataFrame())
    need_columns(["response_id", "nps"], table, of="survey_responses")
    said = table["nps"]
    table = table.assign(points=100.0 * (said >= 9) - 100.0 * (said <= 6))
    known = table.get("customer_id", table["response_id"])
    table = table.assign(customer_id=known.fillna(table["response_id"]))
    homes = company.tables.get("customers", pd.DataFrame())
    if "zone" in table:
        return table
    if "zone" in homes:
        return table.assign(zone=table["customer_id"].map(homes.set_index("customer_id")["zone"]))
    return table.assign(zone=np.nan)


def group_scores(
    company: HasTables, table: pd.DataFrame, by: str, *, start: pd.Timestamp, before: pd.Timestamp
) -> pd.DataFrame:
    """The net promoter score of each group, with the standard error of its interval.

    Parameters
    ----------
    company
        Whose present day counts.
    table
        The `answers`.
    by
        Column of the groups.
    start, before
        First day of this period and of one as long before it, as in `kpi.intervals`.

    Returns
    -------
    A row per group: what `kpi.intervals` tells, and `error`, the standard error in points, which
    counts people and not answers.
    """
    from scipy.stats import norm

    rows = {}
    for group, said in table.groupby(by):
        part = Company({"survey_responses": said}, name=str(group), today=company.today)
        told = kpi.intervals(part, "nps", start=start, before=before)
        rows[group] = told.drop(columns="kpi").iloc[0].astype(float)
    each = pd.DataFrame(rows).T.rename_axis(by)
    return each.assign(error=(each["high"] - each["low"]) / (2 * norm.ppf(0.975)))


def response_weights(people: pd.DataFrame, answered: str, known: Sequence[str]) -> pd.Series[float]:
    """How many people each person who answered stands for, by what is known of everybody.

    Parameters
    ----------
    people
        A row per person who was asked.
    answered
        Column that says whether she answered.
    known
        Columns known of everybody: numbers, or names of groups; missing is a value of its own.

    Returns
    -------
    A weight per row that answered, with mean 1. None is above five times the mean.

    Raises
    ------
    MktlabError
        When a column is missing, or nobody or everybody answered.

    Notes
    -----
    The inverse of the chance to answer, by logistic regression (Rosenbaum & Rubin, 1983; Little,
    1986). It mends what goes with `known`, and nothing else: if those who answer think otherwise
    than people like them who do not, the score stays wrong.

    Examples
    --------
    Of 40 people in town all answer, of 40 in the country every second: each of these speaks for
    about twice as many.

    >>> people = pd.DataFrame({"home": ["town"] * 40 + ["country"] * 40,
    ...                        "answered": [True] * 40 + [True, False] * 20})
    >>> weights = response_weights(people, "answered", ["home"])
    >>> weights.groupby(people["home"]).mean().round(1).to_dict()
    {'country': 1.5, 'town': 0.8}
    """
    from sklearn.linear_model import LogisticRegression

    need_columns([answered, *known], people, of=say("The table of people"))
    told = people[answered].fillna(False).astype(bool)
    if told.all() or not told.any():
        raise MktlabError(
            say(
                "{column} is the same for all {rows:count} people: weights compare those who "
                "answered with those who did not, so give everybody who was asked.",
                column=answered,
                rows=len(people),
            )
        )
    numbers = people[list(known)].select_dtypes(["number", "bool"]).astype("float64")
    names = people[list(known)].drop(columns=numbers.columns).astype("str")
    missing = numbers.isna().astype("float64").add_suffix(" missing")
    filled = numbers.fillna(numbers.median().fillna(0.0))
    parts = [
        filled,
        missing,
        *(pd.get_dummies(names[c], prefix=str(c), dtype=float) for c in names),
    ]
    seen = pd.concat(parts, axis=1)
    seen = seen.loc[:, seen.std(ddof=0) > 0]
    if seen.shape[1] == 0:
        return pd.Series(1.0, index=people.index[told])
    scaled = (seen - seen.mean()) / seen.std(ddof=0)
    chance = LogisticRegression(max_iter=1000).fit(scaled, told).predict_proba(scaled)[:, 1]
    weights = pd.Series(1 / chance, index=people.index)[told]
    weights = weights.clip(upper=_MOST * weights.mean())
    return weights / weights.mean()


def shrink(groups: pd.DataFrame, *, value: str, error: str, level: float = 0.95) -> pd.DataFrame:
    """Scores of groups moved towards their mean, the small groups most: empirical Bayes.

    Parameters
    ----------
    groups
        A row per group.
    value, error
        Columns of the measured score and of its standard error.
    level
        Confidence, between 0 and 1.

    Returns
    -------
    The table with `kept`, the share of its distance from the mean that a group keeps; `shrunk`;
    and `low, high`, which hold in `level` of all groups the true score. Rows without a score or
    with an error of 0 are left as they are, with empty ends.

    Raises
    ------
    MktlabError
        When a column is missing, or fewer than four groups have a score and an error.

    Notes
    -----
    How far the groups differ in truth is estimated by Paule and Mandel (1982); the interval counts
    that it is an estimate (Morris, 1983, *Journal of the American Statistical Association*, 78,
    sec. 5). At no difference at all every group still keeps 2 / (groups - 1) of its distance.

    Examples
    --------
    Five scores lie 250 apart (their variance), of which 100 is noise: pull 2 / 4 x 100 / 250 = .2.

    >>> zones = pd.DataFrame({"nps": [0.0, 10, 20, 30, 40], "se": 10.0})
    >>> shrink(zones, value="nps", error="se")[["kept", "shrunk", "low"]].round(1)
       kept  shrunk   low
    0   0.8     4.0 -15.6
    1   0.8    12.0  -6.4
    2   0.8    20.0   2.0
    3   0.8    28.0   9.6
    4   0.8    36.0  16.4
    """
    from scipy.stats import norm

    need_columns([value, error], groups, of=say("The table of groups"))
    usable = groups[value].notna() & (groups[error] > 0) & np.isfinite(groups[error])
    if usable.sum() < FEWEST_GROUPS:
        raise MktlabError(
            say(
                "Only {rows:count} groups have a {value} and a standard error: give {least:count} "
                "or more, or show each with its own interval.",
                rows=int(usable.sum()),
                value=value,
                least=FEWEST_GROUPS,
            )
        )
    scores = groups.loc[usable, value].to_numpy(float)
    noise = groups.loc[usable, error].to_numpy(float) ** 2
    count = len(scores)
    apart = _true_variance(scores, noise)
    middle = float(np.average(scores, weights=1 / (noise + apart)))
    pull = (count - 3) / (count - 1) * noise / (noise + apart)
    unsure = 2 / (count - 3) * pull**2 * (noise.mean() + apart) / (noise + apart)
    variance = noise * (1 - (count - 1) / count * pull) + unsure * (scores - middle) ** 2
    half = float(norm.ppf((1 + level) / 2)) * np.sqrt(variance)
    shrunk = middle + (1 - pull) * (scores - middle)
    found = pd.DataFrame(
        {"kept": 1 - pull, "shrunk": shrunk, "low": shrunk - half, "high": shrunk + half},
        index=groups.index[usable],
    ).reindex(groups.index)
    return groups.assign(**found.assign(shrunk=found["shrunk"].fillna(groups[value])))


def _true_variance(scores: Floats, noise: Floats) -> float:
    """How far groups differ in truth: with it, their weighted spread is what is to be expected."""
    from scipy.optimize import brentq

    def excess(apart: float) -> float:
        middle = np.average(scores, weights=1 / (noise + apart))
        return float(((scores - middle) ** 2 / (noise + apart)).sum()) - (len(scores) - 1)

    return float(brentq(excess, 0, scores.var(ddof=1))) if excess(0) > 0 else 0.0


def aided_corrected(panel: pd.DataFrame, *, ghost: str, level: float = 0.95) -> pd.DataFrame:
    """Aided awareness without those who claim to know any brand, told by one that does not exist.

    Parameters
    ----------
    panel
        A row per brand (and month): `brand, asked, aided`.
    ghost
        The brand that does not exist.
    level
        Confidence, between 0 and 1.

    Returns
    -------
    `brand, claimed, known, low, high`, a row per other brand, in the order of the table: the share
    who say they know it, and who do, with its interval.

    Raises
    ------
    MktlabError
        When a column is missing, the ghost is not in the table, or everybody claims to know it.

    Notes
    -----
    If a share g of those who do not know a brand claim to, claimed = known + g (1 - known), so
    known = (claimed - g) / (1 - g). Both shares are counted among independent people (delta
    method).

    Examples
    --------
    Of 500 people 50 know a brand that does not exist; 275 say they know A: (.55 - .1) / .9 = 50%.

    >>> panel = pd.DataFrame({"brand": ["A", "Nix"], "asked": [500, 500], "aided": [275, 50]})
    >>> aided_corrected(panel, ghost="Nix").round(2)
      brand  claimed  known   low  high
    0     A     0.55    0.5  0.45  0.55
    """
    from scipy.stats import norm

    need_columns(["brand", "asked", "aided"], panel, of=say("The panel"))
    sums = panel.groupby("brand", sort=False)[["asked", "aided"]].sum()
    if ghost not in sums.index:
        raise MktlabError(
            say(
                "The brand that does not exist, {ghost}, is not in the panel: it has {brands}.",
                ghost=ghost,
                brands=", ".join(map(str, sums.index)),
            )
        )
    share = sums["aided"] / sums["asked"]
    claims = float(share[ghost])
    if claims >= 1:
        raise MktlabError(
            say("Everybody claims to know {ghost}: such answers tell nothing.", ghost=ghost)
        )
    variance = share * (1 - share) / sums["asked"]
    known = (share - claims) / (1 - claims)
    error = np.hypot(np.sqrt(variance), (1 - known) * np.sqrt(variance[ghost])) / (1 - claims)
    half = float(norm.ppf((1 + level) / 2)) * error
    found = pd.DataFrame({"claimed": share, "known": known, "low": known - half})
    found = found.assign(high=known + half).drop(index=ghost)
    return found.clip(lower=0.0, upper=1.0).reset_index()
