"""The questions of lesson 43: a rate, a size, broken splits, a test within days, what goes live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from mktlab import experiments
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

MARGIN_RATE, POWER, BROKEN = 0.55, 0.9, 0.0005
HOPES = (0.08, 0.1, 0.12, 0.15)


def results(company: Company, **how: Any) -> pd.DataFrame:
    return experiments.compare(company.experiments, **how).set_index("experiment_id")


def _drawn(company: Company, most: int) -> int:
    return int(np.random.default_rng(len(company.orders)).integers(most))


def moved_test(company: Company) -> str:
    """The test in whose two halves the share of the visitors who saw B differs most."""
    tests = company.experiments
    late = tests["date"] >= tests.groupby("experiment_id")["date"].transform("median")
    halves = tests.assign(late=late).groupby(["experiment_id", "late", "is_control"])
    visitors = halves["visitors"].sum().unstack("is_control")
    share = (visitors[False] / visitors.sum(axis=1)).unstack("late")
    return str((share[True] - share[False]).abs().idxmax())


def margin(company: Company) -> float:
    """What the web shop earned in a year, in full thousands."""
    year = purchases(company.orders).query("outlet == 'web'")
    year = year[year["order_date"] >= company.today - pd.Timedelta(weeks=52)]
    return round(float(MARGIN_RATE * (year["revenue"] - year["refunded"]).sum()), -3)


def with_moved(company: Company) -> pd.DataFrame:
    """The results, where the test whose traffic moved is compared within days."""
    found, moved = results(company), moved_test(company)
    ends = ["lift", "low", "high"]
    found.loc[moved, ends] = results(company, within="date").loc[moved, ends]
    return found


def spread(company: Company) -> float:
    """How far the true lifts of this market lie from 0."""
    return round(float(np.sqrt((company.truth.experiments["true_lift"] ** 2).mean())), 3)


def shrunk(company: Company, found: pd.DataFrame) -> pd.Series[float]:
    """What each page brings in a year on average, by what its test told, without its cost."""
    width = np.log1p(found["high"]) - np.log1p(found["low"])
    error = width / (2 * float(norm.ppf(0.975)))
    prior = spread(company) ** 2
    lift: pd.Series[float] = found["lift"] * prior / (prior + error**2)
    return margin(company) * lift


def _same_page(company: Company) -> set[str]:
    return set(company.experiments.query("name == 'same page twice'")["experiment_id"])


def brought(company: Company) -> pd.Series[float]:
    """As `shrunk`, where a test that lost visitors, or has one page, tells nothing."""
    found = with_moved(company)
    lost = (found["split_p"] < BROKEN) & (found.index != moved_test(company))
    return shrunk(company, found).mask(lost | found.index.isin(_same_page(company)), 0.0)


def given(company: Company) -> Mapping[str, Any]:
    """The tests of questions 1 and 4, the lift hoped for, what a page costs and may earn."""
    found = results(company)
    sound = sorted(found.index[found["split_p"] > 0.05])
    top = brought(company).nlargest(7).to_numpy()[3:]
    last = (top[:-1] - top[1:]).argmax()  # of four to six pages that pay
    return {
        "test": sound[_drawn(company, len(sound))],
        "hope": HOPES[_drawn(company, len(HOPES))],
        "moved": moved_test(company),
        "margin": margin(company),
        "spread": spread(company),
        "cost": round(float(top[last : last + 2].mean()), -1),
    }


sheet = Sheet("43_ab_test", given=given, power=POWER)


@sheet.share(digits=4)
def rate_of_b(
    company: Company, control: tuple[bool, ...] = (False,), by_day: bool = False
) -> float:
    tests = company.experiments
    rows = tests[tests["experiment_id"] == given(company)["test"]]
    rows = rows[rows["is_control"].isin(control)]
    if by_day:
        return float((rows["conversions"] / rows["visitors"]).mean())
    return float(rows["conversions"].sum() / rows["visitors"].sum())


rate_of_b.mistake("of_a", control=(True,))
rate_of_b.mistake("of_both", control=(True, False))
rate_of_b.mistake("mean_of_days", by_day=True)


@rate_of_b.mistake("lift")
def _lift(company: Company) -> float:
    return float(results(company).loc[given(company)["test"], "lift"])


@rate_of_b.mistake("of_all_tests")
def _all_tests(company: Company) -> float:
    new = company.experiments.query("not is_control")
    return float(new["conversions"].sum() / new["visitors"].sum())


@sheet.number(tolerance=1)
def visitors_needed(
    company: Company,
    control: bool = True,
    points: bool = False,
    versions: int = 1,
    **how: Any,
) -> int:
    rows = company.experiments.query("is_control == @control")
    rate = float(rows["conversions"].sum() / rows["visitors"].sum())
    hope = given(company)["hope"]
    lift = hope / rate if points else hope
    return versions * experiments.sample_size(rate, lift, **({"power": POWER} | how))


visitors_needed.mistake("power_of_lesson", power=0.8)
visitors_needed.mistake("one_sided", alpha=0.1)
visitors_needed.mistake("points", points=True)
visitors_needed.mistake("both_versions", versions=2)
visitors_needed.mistake("new_pages", control=False)
visitors_needed.mistake("other_formula", method="control")
visitors_needed.also("other_formula", {"method": "arcsine"})


@visitors_needed.mistake("mean_of_rates")
def _mean_of_rates(company: Company) -> int:
    rates = results(company)["rate_control"]
    return experiments.sample_size(float(rates.mean()), given(company)["hope"], power=POWER)


@visitors_needed.also("mean_of_rates")
def _median_of_rates(company: Company) -> list[int]:
    rate = float(results(company)["rate_control"].median())
    return [experiments.sample_size(rate, given(company)["hope"], power=POWER)]


@sheet.ids(told=lambda found: {"broken": len(found)})
def broken(company: Company, below: float = BROKEN, column: str = "split_p") -> set[str]:
    found = results(company)
    return {str(test) for test in found.index[found[column] < below]}


broken.mistake("other_bar", below=0.5)


@broken.also("other_bar")
def _other_bars(company: Company) -> list[set[str]]:
    right = broken(company)
    return [found for p in (0.01, 0.05, 0.1) if (found := broken(company, below=p)) != right]


broken.mistake("significant", below=0.05, column="p")


@broken.mistake("without_moved")
def _lost_alone(company: Company) -> set[str]:
    every: set[str] = broken(company)
    return every - {moved_test(company)}


@broken.mistake("others")
def _not_broken(company: Company) -> set[str]:
    return set(results(company).index) - set(broken(company))


@sheet.number(tolerance=0.0005)
def lift_within_days(
    company: Company, within: Literal["test", "date"] = "date", late: bool | None = None
) -> float:
    tests = company.experiments[company.experiments["experiment_id"] == moved_test(company)]
    if late is not None:
        tests = tests[(tests["date"] >= tests["date"].median()) == late]
    return float(experiments.compare(tests, within=within)["lift"].iloc[0])


lift_within_days.mistake("all_days", within="test")
lift_within_days.mistake("one_half", within="test", late=True)
lift_within_days.also(
    "one_half",
    {"within": "test", "late": False},
    {"late": True},
    {"late": False},
)


@lift_within_days.mistake("mean_of_days")
def _mean_of_lifts(company: Company) -> float:
    return float(np.nanmean(_daily(company)))


def _daily(company: Company) -> pd.Series[float]:
    tests = company.experiments[company.experiments["experiment_id"] == moved_test(company)]
    rate = tests.assign(rate=tests["conversions"] / tests["visitors"])
    wide = rate.pivot_table(index="date", columns="is_control", values="rate")
    lift: pd.Series[float] = wide[False] / wide[True].where(wide[True] > 0) - 1
    return lift


@lift_within_days.also("mean_of_days")
def _median_of_lifts(company: Company) -> list[float]:
    return [float(_daily(company).median())]


@lift_within_days.mistake("turned")
def _a_against_b(company: Company) -> float:
    return 1 / (1 + float(lift_within_days(company))) - 1


def _pays(company: Company, worth: pd.Series[float]) -> set[str]:
    return set(worth.index[worth > given(company)["cost"]])


def _best(company: Company) -> set[str]:
    return _pays(company, brought(company))


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no look at what a lift is worth."""
    found = results(company)
    ranked = found["lift"].sort_values(ascending=False).index
    made = {f"top_{n}": set(ranked[:n]) for n in (1, 2, 3, 5, 8, 12)}
    made["every_page"] = set(found.index)
    made["above_0"] = set(found.index[found["lift"] > 0])
    for least in (0.1, 0.2, 0.5):
        made[f"p_below_{least}"] = set(found.index[(found["lift"] > 0) & (found["p"] < least)])
    return made


@sheet.decision(
    best=_best,
    choices=lambda company: pd.Series(sorted(results(company).index), name="experiment_id"),
    good_enough=0.95,
    guesses=_guesses,
)
def goes_live(company: Company, chosen: set[str]) -> float:
    return float(brought(company)[sorted(chosen)].sum() - given(company)["cost"] * len(chosen))


@goes_live.mistake("significant")
def _winners(company: Company) -> set[str]:
    found = results(company)
    return set(found.index[(found["p"] < 0.05) & (found["lift"] > 0)])


@goes_live.mistake("measured")
def _measured(company: Company) -> set[str]:
    return _pays(company, margin(company) * results(company)["lift"])


@goes_live.mistake("broken_too")
def _broken_too(company: Company) -> set[str]:
    return _best(company) | set(broken(company))


@goes_live.mistake("same_page")
def _same_page_too(company: Company) -> set[str]:
    return _best(company) | _same_page(company)
