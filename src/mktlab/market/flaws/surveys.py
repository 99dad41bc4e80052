"""Defects of what is asked and tested: studies answered carelessly, experiments gone wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from mktlab.market.draws import Floats, uniforms
from mktlab.market.flaws.log import Tables, logged, lot

STRAIGHT_LINERS = 0.12
AT_RANDOM = 0.08
INCONSISTENT = 0.05
_SIDES = ["control", "treated"]


def straight_lining(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some respondents always take the first alternative, to be done."""
    choices = tables["conjoint_choices"]
    who = _respondents(choices, seed, first=0.0, share=STRAIGHT_LINERS)
    chosen = choices["chosen"].mask(who, choices["alternative"] == 1)
    return _changed_choices(choices, chosen, "straight_lining", "always the first")


def random_choices(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some respondents click anywhere."""
    choices = tables["conjoint_choices"]
    who = _respondents(choices, seed, first=STRAIGHT_LINERS, share=AT_RANDOM)
    tasks = choices.groupby(["respondent_id", "task"], sort=False)["alternative"]
    pick = uniforms(seed, "random choices", tasks.ngroups)[tasks.ngroup()]
    anywhere = choices["alternative"] == 1 + (pick * tasks.transform("max")).astype("int64")
    chosen = choices["chosen"].mask(who, anywhere)
    return _changed_choices(choices, chosen, "random_choices", "chosen at random")


def _respondents(
    choices: pd.DataFrame, seed: int, *, first: float, share: float
) -> pd.Series[bool]:
    """Rows of the respondents drawn for a flaw; a respondent has one flaw at most."""
    names = choices["respondent_id"].unique()
    order = lot(seed, "careless", len(names))
    picked = order[round(first * len(names)) : round((first + share) * len(names))]
    return choices["respondent_id"].isin(names[picked])


def _changed_choices(
    choices: pd.DataFrame, chosen: pd.Series[bool], flaw: str, detail: str
) -> tuple[Tables, pd.DataFrame]:
    other = chosen != choices["chosen"]
    keys = choices["respondent_id"] + "/" + choices["task"].astype("str")
    keys = keys + "/" + choices["alternative"].astype("str")
    was = choices.loc[other, "chosen"].map({True: "true", False: "false"})
    log = logged("conjoint_choices", keys[other], flaw, detail, was)
    return {"conjoint_choices": choices.assign(chosen=chosen)}, log


def inconsistent_prices(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some respondents of the price survey answer two questions the wrong way round."""
    survey = tables["price_survey"]
    some = lot(seed, "inconsistent", len(survey))[: round(INCONSISTENT * len(survey))]
    cheap, dear = survey["cheap"], survey["too_expensive"]
    wrong = pd.Series(np.isin(np.arange(len(survey)), some), index=survey.index) & (cheap != dear)
    said = survey.assign(cheap=cheap.mask(wrong, dear), too_expensive=dear.mask(wrong, cheap))
    was = survey.loc[wrong, "cheap"].map("cheap {:.2f}".format)
    detail = "cheap and too_expensive the wrong way round"
    log = logged(
        "price_survey", survey.loc[wrong, "respondent_id"], "inconsistent_prices", detail, was
    )
    return {"price_survey": said}, log


def _tests(experiments: pd.DataFrame, seed: int, first: int, number: int) -> list[str]:
    """Tests drawn for a flaw; a test has one flaw at most, and none is a page against itself."""
    changed = experiments["name"] != "same page twice"
    names = experiments.loc[changed, "experiment_id"].unique()
    drawn = [str(names[place]) for place in lot(seed, "flawed tests", len(names))]
    return drawn[first : first + number]


def _keys(rows: pd.DataFrame) -> pd.Series[str]:
    day: pd.Series[str] = rows["date"].dt.strftime("%Y-%m-%d")
    return rows["experiment_id"] + "/" + rows["variant"] + "/" + day


def _changed_counts(
    before: pd.DataFrame, after: pd.DataFrame, flaw: str, detail: str
) -> tuple[Tables, pd.DataFrame]:
    counts = ["visitors", "conversions", "revenue"]
    other = (before[counts] != after[counts]).any(axis=1)
    was = [
        f"{visitors} visitors, {conversions} conversions, {revenue:.2f}"
        for visitors, conversions, revenue in before.loc[other, counts].to_numpy().tolist()
    ]
    return {"experiments": after}, logged("experiments", _keys(before[other]), flaw, detail, was)


def sample_ratio(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """In three tests 8% of the treated visitors go uncounted, though their orders are counted."""
    before = tables["experiments"]
    hit = before["experiment_id"].isin(_tests(before, seed, 0, 3)) & ~before["is_control"]
    kept = (before["visitors"] * 0.92).round().astype("int64").clip(lower=1)
    visitors = before["visitors"].mask(hit, kept).clip(lower=before["conversions"])
    after = before.assign(visitors=visitors)
    return _changed_counts(before, after, "sample_ratio", "treated visitors lost")


def peeking(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Up to three tests are stopped on the first day on which p falls below .05."""
    before = tables["experiments"]
    stops = {
        test: day
        for test in _tests(before, seed, 5, len(before))
        if (day := _first_significant(before, test)) is not None
    }
    stopped = list(stops)[:3]
    last = pd.to_datetime(before["experiment_id"].map(stops))
    cut = before["experiment_id"].isin(stopped) & (before["date"] > last)
    log = logged("experiments", _keys(before[cut]), "peeking", "left out: stopped early", "")
    return {"experiments": before[~cut].reset_index(drop=True)}, log


def _first_significant(experiments: pd.DataFrame, test: str) -> pd.Timestamp | None:
    """The first day but the last on which the two shares differ with p < .05, if there is one."""
    rows = experiments[experiments["experiment_id"] == test]
    wide = rows.pivot_table(index="date", columns="is_control", values=["visitors", "conversions"])
    total = wide.cumsum()
    visitors, conversions = total["visitors"], total["conversions"]
    a, b = (conversions[is_control] / visitors[is_control] for is_control in (True, False))
    pooled = (conversions[True] + conversions[False]) / (visitors[True] + visitors[False])
    error = np.sqrt(pooled * (1 - pooled) * (1 / visitors[True] + 1 / visitors[False]))
    p = 2 * ndtr(-np.abs(((b - a) / error).to_numpy()))
    days = total.index[3:-3][p[3:-3] < 0.05]
    return pd.Timestamp(days[0]) if len(days) else None


def novelty(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """One test sells more while it is new: a fifth more at first, fading over two weeks."""
    before = tables["experiments"]
    hit = before["experiment_id"].isin(_tests(before, seed, 3, 1)) & ~before["is_control"]
    start = before.groupby("experiment_id")["date"].transform("min")
    age = (before["date"] - start).dt.days
    boost = (1 + 0.2 * (1 - age / 14)).where(hit & (age < 14), 1.0)
    conversions = (before["conversions"] * boost).round().astype("int64")
    after = before.assign(
        conversions=conversions.clip(upper=before["visitors"]),
        revenue=(before["revenue"] * boost).round(2),
    )
    return _changed_counts(before, after, "novelty", "the page was new")


def ramp_up(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """One test began with a tenth of the traffic, in the half with a sale: Simpson's paradox."""
    before = tables["experiments"]
    test = before["experiment_id"].isin(_tests(before, seed, 4, 1))
    middle = before.groupby("experiment_id")["date"].transform("median")
    early = test & (before["date"] < middle)
    share = pd.Series(np.where(before["is_control"], 1.8, 0.2), index=before.index).where(
        early, 1.0
    )
    sale: Floats = share * np.where(early, 1.6, 1.0)
    visitors = (before["visitors"] * share).round().astype("int64").clip(lower=1)
    conversions = (before["conversions"] * sale).round().astype("int64")
    after = before.assign(
        visitors=visitors,
        conversions=conversions.clip(upper=visitors),
        revenue=(before["revenue"] * sale).round(2),
    )
    return _changed_counts(before, after, "ramp_up", "a tenth of the traffic, and a sale")
