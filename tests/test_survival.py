"""Survival: the published numbers come back, and what is projected comes."""

import numpy as np
import pytest

from mktlab.schema import MktlabError
from mktlab.survival import Sbg, fit_sbg, project

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
"""Survivors of Fader & Hardie (2007), Table 1; the model is fitted to the first seven years."""


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)]
)
def test_the_published_parameters_come_back(survivors, alpha, beta):
    fit = fit_sbg(survivors[:8])
    assert fit.alpha == pytest.approx(alpha, abs=0.0006)
    assert fit.beta == pytest.approx(beta, abs=0.0006)


@pytest.mark.parametrize("survivors", [REGULAR, HIGH_END])
def test_what_was_published_of_later_years_lies_in_the_band(survivors):
    later = project(survivors[:8], 12).tail(5)
    came = np.array(survivors[8:]) / 1000
    assert ((later["low"] <= came) & (came <= later["high"])).all()


def made(alpha: float, beta: float, people: int, ages: int, seed: int) -> list[int]:
    rng = np.random.default_rng(seed)
    left = rng.geometric(np.clip(rng.beta(alpha, beta, people), 1e-9, 1))
    return [int((left > age).sum()) for age in range(ages + 1)]


@pytest.mark.parametrize(("alpha", "beta"), [(0.7, 1.2), (0.7, 3.8), (2.0, 6.0)])
def test_the_later_share_is_recovered_over_many_cohorts(alpha, beta):
    found = [fit_sbg(made(alpha, beta, 3_000, 6, seed)).share(12) for seed in range(20)]
    assert np.mean(found) == pytest.approx(Sbg(alpha, beta).share(12), abs=0.01)


def test_a_chance_alike_for_all_loses_the_same_share_each_time():
    fit = fit_sbg([10_000, 8_000, 6_400, 5_120])
    assert fit.share(6) == pytest.approx(0.8**6, abs=0.002)


def test_the_projection_starts_at_the_last_known_age_and_is_the_same_every_time():
    table = project(REGULAR[:5], 9, seed=3)
    assert table["known"].notna().sum() == 5
    assert (table["low"] <= table["expected"]).all()
    assert (table["expected"] <= table["high"]).all()
    assert table["expected"].is_monotonic_decreasing
    assert table.equals(project(REGULAR[:5], 9, seed=3))


@pytest.mark.parametrize(
    ("survivors", "told"),
    [
        ([100, 80], "three numbers or more"),
        ([100, np.nan, 50], "three numbers or more"),
        ([100, 50, 60], "at age 2"),
        ([100, 50, -1], "at age 2"),
        ([100, 100, 100], "nobody has left"),
    ],
)
def test_survivors_that_cannot_be_get_a_sentence(survivors, told):
    with pytest.raises(MktlabError, match=told):
        fit_sbg(survivors)


def test_a_projection_into_the_past_gets_a_sentence():
    with pytest.raises(MktlabError, match="known up to age 4; give a later age"):
        project(REGULAR[:5], 4)
