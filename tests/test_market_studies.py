"""Market studies: weights fit the census, sizes are the textbook's, maps find what is planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mktlab.market_study import (
    design_effect,
    margin_of_error,
    perceptual_map,
    rake,
    sample_size,
    share_gap,
    weighted_share,
)
from mktlab.schema import MktlabError
from mktlab.show import charts

TABLE = np.array([[80, 170, 150], [90, 80, 210], [10, 80, 130]])
"""A sample by two columns, which raking adjusts to the sums of rows and columns below: the example
of Ardilly and Tillé, as in `IPFP` of the R package TeachingSampling (Gutierrez, 2009)."""
ROWS, COLUMNS = [430, 360, 210], [150, 300, 550]
ATTRIBUTES = ["taste", "value", "gifts"]


def sample_of(table):
    where = np.repeat(np.arange(table.size), table.ravel())
    return pd.DataFrame({"a": where // 3, "b": where % 3}).astype("str")


def census_of(rows, columns):
    """A census with these sums, in which both columns are independent."""
    persons = np.outer(rows, columns) / sum(columns)
    return pd.DataFrame(
        {"a": np.repeat(list("012"), 3), "b": list("012") * 3, "persons": persons.ravel()}
    )


def test_raking_fits_the_sums_of_the_published_example_and_keeps_its_odds_ratios():
    sample = sample_of(TABLE)
    weights = rake(sample, census_of(ROWS, COLUMNS), ["a", "b"])
    made = weights.groupby([sample["a"], sample["b"]]).sum().unstack().to_numpy()
    assert made.sum(axis=1) == pytest.approx(ROWS)  # 1,000 people in both
    assert made.sum(axis=0) == pytest.approx(COLUMNS)
    odds = [t[0, 0] * t[1, 1] / t[0, 1] / t[1, 0] for t in (TABLE, made)]
    assert odds[0] == pytest.approx(odds[1])


@given(st.lists(st.integers(1, 30), min_size=9, max_size=9))
@settings(max_examples=30, deadline=None)
def test_raking_fits_every_column_whatever_the_sample(cells):
    sample = sample_of(np.array(cells).reshape(3, 3))
    weights = rake(sample, census_of(ROWS, COLUMNS), ["a", "b"])
    for column, sums in (("a", ROWS), ("b", COLUMNS)):
        part = weights.groupby(sample[column]).sum() / weights.sum()
        assert part.to_numpy() == pytest.approx(np.array(sums) / 1_000, abs=1e-6)
    assert weights.mean() == pytest.approx(1)


def test_a_census_in_the_sample_s_proportions_leaves_all_weights_at_1():
    sample = sample_of(TABLE)
    census = sample.groupby(["a", "b"]).size().reset_index(name="persons")
    assert rake(sample, census, ["a", "b"]).to_numpy() == pytest.approx(np.ones(len(sample)))


@pytest.mark.parametrize(("margin", "people"), [(0.05, 385), (0.03, 1068), (0.02, 2401)])
def test_sizes_are_the_textbook_s(margin, people):
    """Cochran (1977), ch. 4: 1.96^2 x .25 / margin^2, rounded up."""
    assert sample_size(margin) == people
    assert margin_of_error(people) == pytest.approx(margin, rel=0.002)


def test_a_small_town_needs_fewer():
    """Krejcie & Morgan (1970): 278 of 1,000 and 370 of 10,000, within 5 points."""
    assert sample_size(0.05, population=1_000) == 278
    assert sample_size(0.05, population=10_000) == 370
    assert margin_of_error(278, population=1_000) == pytest.approx(0.05, abs=0.0001)


def test_weights_that_differ_cost_people():
    weights = pd.Series([1.0] * 80 + [4.0] * 20)
    effect = design_effect(weights)
    assert effect == pytest.approx(100 * (80 + 320) / 160**2)
    found = weighted_share(pd.Series([True, False] * 50), weights)
    assert found.people == 100
    assert found.effective == pytest.approx(100 / effect)


def test_an_interval_has_a_width_where_all_say_the_same():
    found = weighted_share(pd.Series([False] * 50))
    assert found.value == 0
    assert found.low == pytest.approx(0)
    assert 0.06 < found.high < 0.08  # 3.84 / (50 + 3.84)


def test_nobody_is_left_to_be_wrong_about_when_the_whole_town_was_asked():
    answers = pd.Series([True, False] * 50)
    found = weighted_share(answers, population=100)
    assert found.high - found.low < 1e-4


def test_weights_mend_a_share_that_goes_with_age():
    rng = np.random.default_rng(7)
    old = rng.random(4_000) < 0.2  # of the sample; half of the town
    yes = pd.Series(rng.random(4_000) < np.where(old, 0.7, 0.3))
    sample = pd.DataFrame({"age": np.where(old, "old", "young")})
    town = pd.DataFrame({"age": ["old", "young"], "persons": [5_000, 5_000]})
    found = weighted_share(yes, rake(sample, town, ["age"]))
    assert yes.mean() < 0.4
    assert found.value == pytest.approx(0.5, abs=0.03)


def test_people_who_like_everything_do_not_widen_a_gap():
    rng = np.random.default_rng(1)
    liking = rng.normal(size=500)
    ours, theirs = (pd.Series(liking + 0.3 * rng.normal(size=500) > c) for c in (-0.2, 0.2))
    apart = theirs.set_axis(range(1_000, 1_500))  # as if others had said it
    same, others = share_gap(ours, theirs), share_gap(ours, apart)
    assert same[0] == others[0]
    assert same[2] - same[1] < 0.7 * (others[2] - others[1])


def ratings(*, people=300, seed=1, halo=1.0):
    """Three brands, each said to have one attribute more, by people who like all or nothing."""
    rng = np.random.default_rng(seed)
    rows = []
    for place, brand in enumerate(["A", "B", "C"]):
        said = 4 + 1.5 * np.eye(3)[place] + halo * rng.normal(size=(people, 1))
        said = said + 0.5 * rng.normal(size=(people, 3))
        rows.append(pd.DataFrame(said, columns=ATTRIBUTES).assign(brand=brand))
    return pd.concat(rows).rename_axis("respondent_id").reset_index()


@pytest.mark.parametrize("seed", range(5))
def test_a_map_puts_each_brand_where_its_attribute_points(seed):
    found = perceptual_map(ratings(seed=seed), ATTRIBUTES, draws=20)
    places, arrows = found.brands.to_numpy(), found.attributes.to_numpy()
    assert (places @ arrows.T).argmax(axis=1).tolist() == [0, 1, 2]
    assert sum(found.explained) == pytest.approx(1)


def test_draws_lie_around_the_place_and_more_people_are_surer():
    few, many = (
        perceptual_map(ratings(people=n), ATTRIBUTES, draws=60).draws.groupby("brand")["x"].std()
        for n in (100, 900)
    )
    assert (many < 0.5 * few).all()


def test_a_map_is_the_same_again_and_tells_what_it_shows():
    found, again = (perceptual_map(ratings(), ATTRIBUTES, draws=10) for _ in range(2))
    pd.testing.assert_frame_equal(found.draws, again.draws)
    ax = found.plot(highlight="A")
    assert ax.get_label().startswith("Map with arrows of attributes: A ")
    charts.show(ax, title="Three brands lie apart")


TOWN = pd.DataFrame({"age": ["old", "young"], "persons": [1, 1]})
YOUNG = pd.DataFrame({"age": ["young"]})
YES = pd.Series([True, False])


@pytest.mark.parametrize(
    ("do", "words"),
    [
        (lambda: rake(YOUNG, TOWN, ["sex"]), "sex"),
        (lambda: rake(YOUNG, TOWN, ["age"]), "Nobody in the sample has age 'old'"),
        (lambda: rake(pd.DataFrame({"age": ["ancient"]}), TOWN, ["age"]), "'ancient'"),
        (lambda: rake(YOUNG.iloc[:0], TOWN, ["age"]), "empty"),
        (
            lambda: rake(
                pd.DataFrame({"a": ["0", "1"], "b": ["0", "1"]}),
                pd.DataFrame({"a": ["0", "1"], "b": ["1", "0"], "persons": [3, 1]}),
                ["a", "b"],
            ),
            "No weights fit a, b at once",
        ),
        (lambda: weighted_share(pd.Series([1, 2])), "true or false"),
        (lambda: weighted_share(YES, pd.Series([1.0], [7])), "no weight"),
        (lambda: weighted_share(YES, population=1), "smaller than the sample"),
        (lambda: design_effect(pd.Series([0.0, 0.0])), "0 or more"),
        (lambda: share_gap(YES.set_axis([1, 1]), YES), "stands twice"),
        (lambda: sample_size(3), "margin is 3"),
        (lambda: sample_size(0.03, effect=0.5), "design effect"),
        (lambda: margin_of_error(0), "1 person"),
        (lambda: perceptual_map(ratings().query("brand != 'C'"), ATTRIBUTES), "2 brands"),
        (lambda: perceptual_map(ratings().assign(taste="good"), ATTRIBUTES), "no number"),
    ],
)
def test_bad_input_gets_one_sentence(do, words):
    with pytest.raises(MktlabError, match=words):
        do()
