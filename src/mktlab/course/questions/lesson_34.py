"""The questions of lesson 34: an error, a scaled error, a manager, an interval, and batches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import forecast
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_34 import (
    BEST,
    LEFT,
    NAMES,
    SHORT,
    SIMPLE,
    amiss,
    batches,
    changes,
    cost,
    given,
    later,
    near,
    of,
    read,
    sold,
    tested,
)

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("34_demand_forecast", given=given, short=SHORT, left=LEFT)
FAMILY, LEVEL = "beans", 0.9


@sheet.number(tolerance=0.05)
def pieces_off(
    company: Company, method: str = SIMPLE, family: str | None = FAMILY, how: str = "absolute"
) -> float:
    rows = of(tested(company), method)
    rows = rows[rows["series"] == family] if family else rows
    missed = rows["actual"] - rows["forecast"]
    if how == "signed":
        return float(missed.mean())
    if how == "squared":
        return float((missed**2).mean() ** 0.5)
    if how == "relative":
        return float((missed.abs() / rows["actual"]).mean())
    return float(missed.abs().mean())


pieces_off.mistake("signed", how="signed")
pieces_off.also("signed")(lambda c: [-pieces_off(c, how="signed")])
pieces_off.mistake("squared", how="squared")
pieces_off.mistake("all_families", family=None)
pieces_off.also("all_families", *({"family": name} for name in ("capsules", "ground", "tea")))
pieces_off.mistake("other_method", method=BEST)
pieces_off.also("other_method", *({"method": name} for name in NAMES if name != SIMPLE))
pieces_off.mistake("relative", how="relative")
pieces_off.also("relative")(lambda c: [100 * pieces_off(c, how="relative"), _share(c)])


def _share(company: Company) -> float:
    rows = of(tested(company), SIMPLE)
    rows = rows[rows["series"] == FAMILY]
    return float((rows["actual"] - rows["forecast"]).abs().sum() / rows["actual"].sum())


@sheet.number(tolerance=0.005)
def scaled(company: Company, method: str = BEST) -> float:
    return float(forecast.mase(tested(company), sold(company))[method])


scaled.mistake("other_method", method=SIMPLE)
scaled.also("other_method", *({"method": name} for name in NAMES if name != BEST))


@scaled.mistake("week_before")
def _by_the_week_before(company: Company) -> float:
    rows, before = of(tested(company), BEST), sold(company)
    scale = before[before.index < rows["origin"].min()].diff().abs().mean()
    return float(((rows["actual"] - rows["forecast"]).abs() / rows["series"].map(scale)).mean())


@scaled.also("week_before")
def _by_all_weeks(company: Company) -> list[float]:
    rows, whole = of(tested(company), BEST), sold(company)
    scale = whole.diff(forecast.YEAR).abs().mean()
    return [float(((rows["actual"] - rows["forecast"]).abs() / rows["series"].map(scale)).mean())]


def _off(company: Company, method: str) -> float:
    return float(pieces_off(company, method=method, family=None))


scaled.mistake("not_scaled", lambda c: _off(c, BEST))


@scaled.also("not_scaled")
def _over_naive(company: Company) -> list[float]:
    rows, before = of(tested(company), BEST), sold(company)
    before = before[before.index < rows["origin"].min()]
    pooled = before.diff(forecast.YEAR).abs().stack().mean()
    own = [forecast.mase(rows[rows["series"] == name], before) for name in before]
    ratios = [_off(company, BEST) / _off(company, name) for name in NAMES[:2]]
    return [*ratios, _off(company, BEST) / float(pooled), *(float(one[BEST]) for one in own)]


@sheet.number(tolerance=0.05)
def feeling(company: Company, reason: str | None = "feeling", how: str = "change") -> float:
    """By how many pieces a change lets the forecast be further off."""
    rows = changes(company)
    rows = rows[rows["reason"] == reason] if reason else rows
    system, final = (rows[name] - rows["sold"] for name in ("system", "final"))
    if how == "signed":
        return float(final.mean() - system.mean())
    off = {"final": float(final.abs().mean()), "system": float(system.abs().mean())}
    return off["final"] - off["system"] if how == "change" else off[how]


feeling.mistake("promotion", reason="promotion")
feeling.mistake("everything", reason=None)


@feeling.also("everything")
def _every_change(company: Company) -> list[float]:
    rows = changes(company)
    rows = rows[rows["reason"] != "none"]
    off = (rows["final"] - rows["sold"]).abs() - (rows["system"] - rows["sold"]).abs()
    return [float(off.mean())]


feeling.mistake("one_alone", how="final")
feeling.also("one_alone", {"how": "system"}, {"how": "signed"})


@feeling.also("one_alone")
def _other_measures(company: Company) -> list[float]:
    rows = changes(company)
    rows = rows[rows["reason"] == "feeling"]
    final, system = (rows[name] - rows["sold"] for name in ("final", "system"))
    more = final.abs() - system.abs()
    roots = (final**2).mean() ** 0.5 - (system**2).mean() ** 0.5
    moved = (rows["final"] - rows["system"]).abs().mean()
    relative = final.abs().mean() / system.abs().mean() - 1
    return [float(n) for n in (more.median(), roots, moved, relative, (more > 0).mean())]


@sheet.number(tolerance=0.5)
def upper_end(
    company: Company, method: str = BEST, level: float = LEVEL, end: str = "high", own: bool = False
) -> float:
    """The upper end of the interval of the first batch."""
    past, ahead = of(tested(company), method), of(later(company), method).head(1)
    if own:
        past = past[past["series"] == ahead["series"].iloc[0]]
    return float(forecast.conformal(past, ahead, level=level)[end].iloc[0])


upper_end.mistake("lower_end", end="low")
upper_end.mistake("forecast", end="forecast")
upper_end.mistake("other_level", level=0.95)
upper_end.also("other_level", {"level": 0.8}, {"level": 0.5})
upper_end.mistake("other_method", method=SIMPLE)
upper_end.also("other_method", *({"method": name} for name in NAMES if name != BEST))


@upper_end.mistake("other_errors")
def _errors_of_all(company: Company) -> float:
    ahead = of(later(company), BEST).head(1)
    return float(forecast.conformal(tested(company), ahead, level=LEVEL)["high"].iloc[0])


upper_end.also("other_errors", {"own": True})


@upper_end.also("other_errors")
def _other_intervals(company: Company) -> list[float]:
    past, ahead = of(tested(company), BEST), of(later(company), BEST).head(1)
    off, middle = past["actual"] - past["forecast"], float(ahead["forecast"].iloc[0])
    ratios = pd.Series(np.log((past["actual"] + 1) / (past["forecast"] + 1))).abs()
    one_sided = forecast.stock(past, ahead, short=LEVEL, left=1 - LEVEL)["pieces"].iloc[0]
    plain = (middle + 1) * np.exp(ratios.quantile(LEVEL)) - 1
    return [
        float(one_sided),
        float(plain),
        middle + float(off.abs().quantile(LEVEL)),
        middle + 1.645 * float(off.std()),
        middle + 1.645 * float(off.abs().std()),
    ]


@upper_end.mistake("other_batch")
def _last_batch(company: Company) -> float:
    past, ahead = of(tested(company), BEST), of(later(company), BEST)
    return float(forecast.conformal(past, ahead, level=LEVEL)["high"].iloc[-1])


@upper_end.also("other_batch")
def _highest_batch(company: Company) -> list[float]:
    past, ahead = of(tested(company), BEST), of(later(company), BEST)
    high = forecast.conformal(past, ahead, level=LEVEL)["high"]
    return [float(high.max()), float(high.mean()), *high.head(4).tail(3).tolist()]


CHANCE = SHORT / (SHORT + LEFT)


def _guesses(company: Company) -> dict[str, Any]:
    """Tables that need no thought."""
    simple = batches(company, SIMPLE)
    mean = sold(company).mean().mean()
    made = {f"simple_{factor}": factor * simple for factor in (1.0, 1.1, 1.2, 1.5, 2.0)}
    made |= {f"all_alike_{factor}": 0 * simple + factor * mean for factor in (1.0, 1.5, 2.0)}
    return made | {name: batches(company, name) for name in NAMES}


@sheet.decision(
    best=partial(batches, quantile=CHANCE),
    choices=lambda company: of(later(company), BEST)["batch"].tolist(),
    reads=read,
    alike=near,
    amiss=amiss,
    guesses=_guesses,
)
def batch_sizes(company: Company, pieces: pd.Series[float]) -> float:
    """What batches cost less than those of the mean of four weeks."""
    return cost(company, batches(company, SIMPLE)) - cost(company, pieces)


batch_sizes.mistake("forecast_itself", batches)
batch_sizes.mistake("simple", partial(batches, method=SIMPLE))
batch_sizes.mistake("simple_quantile", partial(batches, method=SIMPLE, quantile=CHANCE))
batch_sizes.mistake("last_year", partial(batches, method=NAMES[0], quantile=CHANCE))
batch_sizes.mistake("wrong_side", partial(batches, quantile=1 - CHANCE))
