"""The questions of lesson 47: a margin, an interval, what moved, how many answers, which shops."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

from mktlab import kpi
from mktlab.course.checking.sheet import Sheet

if TYPE_CHECKING:
    from mktlab.company import Company

CANDIDATES = (
    "order_value",
    "units_per_order",
    "purchase_frequency",
    "repeat_rate",
    "refund_rate",
    "cancellation_rate",
    "nps",
    "service_rating",
    "late_share",
    "no_show_rate",
)
SHOPS, FALLEN, ANSWERS = 60, 10, 150
BEFORE, AFTER = (0.50, 0.19, 0.31), (0.28, 0.40, 0.32)
VISIT, SAVES = 1000, 1800
WEEK = pd.Timedelta(weeks=1)


@lru_cache(maxsize=8)
def _drawn(company: Company) -> tuple[pd.DataFrame, frozenset[str]]:
    """Answers of the guests of shops in two years, and the shops whose score truly fell.

    Drawn again until the fallen are those that stand out, and chance makes some others seem so.
    """
    rng = np.random.default_rng(len(company.orders))
    names = [f"S{place:02d}" for place in range(1, SHOPS + 1)]
    while True:
        fell = rng.permutation(np.arange(SHOPS) < FALLEN)
        low = ~fell & (rng.random(SHOPS) < 0.3)  # always low, and nothing has happened there
        good, bad = (rng.multinomial(ANSWERS, p, (2, SHOPS)) for p in (BEFORE, AFTER))
        then = np.where(low[:, None], bad[0], good[0])
        now = np.where((low | fell)[:, None], bad[1], good[1])
        columns = {"shop": names, "answers_then": ANSWERS, "answers": ANSWERS}
        columns |= {"promoters_then": then[:, 0], "detractors_then": then[:, 1]}
        columns |= {"promoters": now[:, 0], "detractors": now[:, 1]}
        shops = pd.DataFrame(columns)
        found = false_discovery_control(_p_values(shops)) <= 0.05
        alone = (_p_values(shops) <= 0.05) & (_change(shops) < 0)
        if (found == fell).all() and alone.sum() >= FALLEN + 2:
            return shops, frozenset(shops.loc[fell, "shop"])


def _parts(shops: pd.DataFrame, then: str) -> tuple[pd.Series[float], pd.Series[float]]:
    """Score and squared error of each shop, as fractions."""
    p, d = (shops[name + then] / shops["answers" + then] for name in ("promoters", "detractors"))
    return p - d, (p + d - (p - d) ** 2) / shops["answers" + then]


def _change(shops: pd.DataFrame) -> pd.Series[float]:
    return _parts(shops, "")[0] - _parts(shops, "_then")[0]


def _p_values(shops: pd.DataFrame, *, known: bool = False) -> pd.Series[float]:
    squared = _parts(shops, "")[1] + (0 if known else _parts(shops, "_then")[1])
    return pd.Series(2 * norm.sf(_change(shops).abs() / squared**0.5), shops.index)


sheet = Sheet(
    "47_targets",
    given=lambda company: {"candidates": list(CANDIDATES), "shops": _drawn(company)[0]},
    visit=VISIT,
    saves=SAVES,
    shops=SHOPS,
)


@sheet.number(tolerance=0.005)
def margin(company: Company, name: str = "actual_margin_rate", weeks: int = 52) -> float:
    quarter = company.today - 13 * WEEK
    then = quarter - weeks * WEEK
    (now,) = kpi.compute(company, name, start=quarter)["value"]
    (before,) = kpi.compute(company, name, start=then, end=then + 13 * WEEK)["value"]
    return 100 * float(now - before)


margin.mistake("standard_cost", name="margin_rate")
margin.mistake("markup", name="markup_rate")


def _answers(company: Company, weeks: int = 13) -> pd.Series[float]:
    answers = company.survey_responses
    since = answers["responded_date"] >= company.today - weeks * WEEK
    return answers.loc[since & answers["nps"].notna(), "nps"].astype(float)


@sheet.number(tolerance=0.4)
def lowest_score(company: Company, times: float = 1.96, end: str = "low") -> float:
    found = kpi.intervals(company, "nps", start=company.today - 13 * WEEK).iloc[0]
    return float(found["value"] - (found["value"] - found[end]) * times / 1.96)


lowest_score.mistake("one_error", times=1.0)
lowest_score.mistake("upper", end="high")
lowest_score.mistake("score", end="value")


def _verdicts(company: Company) -> pd.DataFrame:
    quarter = company.today - 13 * WEEK
    both = kpi.intervals(company, CANDIDATES, start=quarter, before=quarter - 52 * WEEK)
    return kpi.against_targets(both)


@sheet.ids()
def moved(company: Company) -> set[str]:
    verdicts = _verdicts(company)
    return set(verdicts.loc[verdicts["status"] != "too early to tell", "kpi"])


@moved.mistake("all_of_them")
def _all_of_them(company: Company) -> set[str]:
    return set(CANDIDATES)


@moved.mistake("too_early")
def _too_early(company: Company) -> set[str]:
    return set(CANDIDATES).difference(moved(company))


@sheet.number(tolerance=15)
def answers_needed(
    company: Company,
    errors: float = 1.959964 + 0.841621,
    periods: int = 2,
    fall: float = 0.04,
) -> float:
    scores = _answers(company)
    p, d = (scores >= 9).mean(), (scores <= 6).mean()
    spread = p + d - (p - d) ** 2
    return float(periods * spread * (errors / fall) ** 2)


answers_needed.mistake("sign", errors=0.841621)
answers_needed.mistake("no_power", errors=1.959964)
answers_needed.mistake("known", periods=1)
answers_needed.mistake("points", tolerance=1e-4, fall=4.0)


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that ask nothing of chance."""
    shops = _drawn(company)[0]
    made = {"all": set(shops["shop"])}
    for many in (5, 15, 20, 25, 30):
        made[f"{many}_largest_falls"] = set(shops.loc[_change(shops).nsmallest(many).index, "shop"])
    for many in (5, 10, 15, 20, 30):
        lowest = _parts(shops, "")[0].nsmallest(many).index
        made[f"{many}_lowest_scores"] = set(shops.loc[lowest, "shop"])
    return made


@sheet.decision(
    best=lambda company: set(_drawn(company)[1]),
    choices=lambda company: _drawn(company)[0]["shop"],
    good_enough=0.97,
    guesses=_guesses,
)
def visits(company: Company, chosen: set[str]) -> float:
    """What the visits save, less what they cost."""
    return float(SAVES * len(set(chosen) & _drawn(company)[1]) - VISIT * len(set(chosen)))


def _fell(company: Company, enough: pd.Series[bool]) -> set[str]:
    shops = _drawn(company)[0]
    return set(shops.loc[enough & (_change(shops) < 0), "shop"])


@visits.mistake("sign")
def _every_fall(company: Company) -> set[str]:
    return _fell(company, _change(_drawn(company)[0]) < 0)


@visits.mistake("one_by_one")
def _one_by_one(company: Company) -> set[str]:
    return _fell(company, _p_values(_drawn(company)[0]) <= 0.05)


@visits.mistake("known")
def _last_year_known(company: Company) -> set[str]:
    return _fell(company, _p_values(_drawn(company)[0], known=True) <= 0.05)
