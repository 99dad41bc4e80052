"""Claims about chance in the market."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mktlab.market import draws


@given(
    seed=st.integers(0, 2**40),
    stream=st.text(max_size=20),
    week=st.integers(0, 10_000),
    sizes=st.tuples(st.integers(0, 300), st.integers(0, 300)),
)
def test_the_first_persons_draw_the_same_however_many_follow(seed, stream, week, sizes):
    few, many = sorted(sizes)
    short = draws.uniforms(seed, stream, few, week=week)
    long = draws.uniforms(seed, stream, many, week=week)
    assert np.array_equal(short, long[:few])


def test_streams_weeks_and_seeds_do_not_share_draws():
    keys = [(1, "orders", 0), (1, "leave", 0), (1, "orders", 1), (2, "orders", 0)]
    drawn = np.array([draws.uniforms(s, name, 2000, week=w) for s, name, w in keys])
    correlation = np.corrcoef(drawn) - np.eye(len(keys))
    assert np.abs(correlation).max() < 4 / np.sqrt(2000)


def test_drawing_another_stream_does_not_move_this_one():
    before = draws.uniforms(5, "orders", 10, week=3)
    draws.uniforms(5, "a stream of tomorrow", 10, week=3)
    assert np.array_equal(before, draws.uniforms(5, "orders", 10, week=3))


def test_poissons_are_the_inverse_distribution_cut_at_most():
    uniform = draws.uniforms(1, "test", 5000)
    mean = np.linspace(0.01, 5, 5000)
    expected = np.minimum(stats.poisson.ppf(uniform, mean), 4)
    assert np.array_equal(draws.poissons(uniform, mean, most=4), expected)


def test_mean_of_poissons_counts_the_cut():
    mean, counts = 1.7, np.arange(60)
    expected = (np.minimum(counts, 3) * stats.poisson.pmf(counts, mean)).sum()
    assert np.isclose(draws.mean_of_poissons(np.array([mean]), most=3)[0], expected)


def test_gammas_have_mean_one_and_the_asked_spread():
    sample = draws.gammas((np.arange(200_000) + 0.5) / 200_000, shape=1.3)
    assert np.isclose(sample.mean(), 1, atol=1e-3)
    assert np.isclose(sample.var(), 1 / 1.3, atol=1e-2)


def test_betas_are_the_inverse_distribution():
    uniform = draws.uniforms(1, "test", 2000)
    assert np.allclose(draws.betas(uniform, 2.0, 4.0), stats.beta.ppf(uniform, 2.0, 4.0))


def test_normals_stay_finite_at_the_end_of_the_scale():
    assert np.isfinite(draws.normals(np.array([0.0, 1 - 2.0**-53]))).all()


def test_choices_never_take_an_option_without_weight():
    uniform = draws.uniforms(1, "test", 1000)
    uniform[:2] = 0.0, 1 - 2.0**-53
    taken = draws.choices(uniform, np.tile([0.0, 0.3, 0.0, 0.7, 0.0], (1000, 1)))
    assert set(taken) == {1, 3}
    assert np.isclose((taken == 3).mean(), 0.7, atol=0.05)
