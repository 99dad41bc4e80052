"""Claims about weights of marks: published numbers, the halo, customers drawn anew."""

import numpy as np
import pandas as pd
import pytest

from mktlab import drivers
from mktlab.schema import MktlabError

NAMES = ["overall", "bag", "label", "parcel", "street"]
TRUE = np.array([0.5, 0.1, 0.4, 0.0])
SWISS = [  # R's data set swiss: correlations of its six columns, Fertility first
    [1, 0.3530792, -0.6458827, -0.66378886, 0.4636847, 0.41655603],
    [0, 1, -0.6865422, -0.63952252, 0.4010951, -0.06085861],
    [0, 0, 1, 0.6984153, -0.5727418, -0.11402160],
    [0, 0, 0, 1, -0.1538589, -0.09932185],
    [0, 0, 0, 0, 1, 0.17549591],
    [0, 0, 0, 0, 0, 1],
]


def swiss():
    upper = np.array(SWISS)
    whole = upper + np.triu(upper, 1).T
    names = ["Fertility", "Agriculture", "Examination", "Education", "Catholic", "Infant"]
    return pd.DataFrame(whole, names, names)


def answers(seed, people=1500, halo=1.2, noise=1.0, answers_each=2):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), answers_each)
    felt = (rng.normal(size=(people, 4))[who] + rng.normal(size=(len(who), 4))) / 2**0.5
    common = halo * (rng.normal(size=people)[who] + rng.normal(size=len(who))) / 2**0.5
    marks = felt + common[:, None] + noise * rng.normal(size=felt.shape)
    overall = felt @ TRUE + common + 0.5 * rng.normal(size=len(who))
    table = pd.DataFrame(np.column_stack([overall, marks]), columns=NAMES)
    return table.assign(customer_id=who.astype(str))


def test_shapley_gives_the_numbers_of_relaimpo_on_swiss():
    """R's relaimpo (Grömping, 2006), calc.relimp(lm(Fertility ~ ., swiss), "lmg", rela = TRUE)."""
    found = drivers.shapley(swiss(), "Fertility")
    told = [0.0807816517, 0.2422025632, 0.3680795178, 0.1493772774, 0.1595589898]
    assert found.to_numpy() == pytest.approx(told, abs=1e-6)


def test_relative_weights_give_the_numbers_of_rwa_on_mtcars():
    """R's rwa, README: rwa(mtcars, "mpg", c("cyl", "disp", "hp", "gear")), rescaled."""
    mpg = [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4]
    mpg += [10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8]
    cyl = [6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8]
    disp = [160, 160, 108, 258, 360, 225, 360, 146.7, 140.8, 167.6, 167.6, 275.8, 275.8, 275.8]
    disp += [472, 460, 440, 78.7, 75.7, 71.1, 120.1, 318, 304, 350, 400, 79, 120.3, 95.1, 351]
    hp = [110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215, 230, 66, 52]
    hp += [65, 97, 150, 150, 245, 175, 66, 91, 113, 264]
    gear = [4, 4, 4, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 5, 5]
    cars = pd.DataFrame({"mpg": mpg, "cyl": cyl, "disp": disp, "hp": hp, "gear": gear})
    last = [[19.7, 6, 145, 175, 5], [15, 8, 301, 335, 5], [21.4, 4, 121, 109, 4]]
    cars = pd.concat([cars, pd.DataFrame(last, columns=cars.columns)])
    found = drivers.relative_weights(cars.cov(), "mpg")
    assert (100 * found).to_numpy() == pytest.approx([29.32274, 28.50999, 29.79691, 12.37037], 1e-5)


def test_johnson_comes_close_to_shapley_and_both_sum_to_one():
    for seed in range(5):
        spread = answers(seed)[NAMES].cov()
        one, other = drivers.relative_weights(spread, "overall"), drivers.shapley(spread, "overall")
        assert np.abs(one - other).max() < 0.01
        assert one.sum() == pytest.approx(1) == other.sum()


def test_the_halo_makes_a_street_count_and_taking_it_out_gives_the_truth_back():
    found = []
    for seed in range(20):
        spread = answers(seed)[NAMES].cov()
        assert drivers.relative_weights(spread, "overall")["street"] > 0.1
        found.append(drivers.without_halo_weights(spread, "overall"))
    assert np.mean(found, axis=0) == pytest.approx(TRUE, abs=0.02)
    lift = drivers.halo(answers(1, people=40_000)[NAMES].cov(), "overall")
    assert lift.to_numpy() == pytest.approx(1.2, abs=0.04)


def test_without_a_halo_nothing_is_taken_out():
    spread = answers(3, people=20_000, halo=0.0)[NAMES].cov()
    assert drivers.without_halo_weights(spread, "overall").to_numpy() == pytest.approx(
        TRUE, abs=0.04
    )


def test_a_stronger_halo_on_the_outcome_shows_in_the_mark_that_cannot_matter():
    table = answers(4, people=20_000)
    lift = table[NAMES[1:]].mean(axis=1)
    spread = table.assign(overall=table["overall"] + 0.5 * lift)[NAMES].cov()
    assert drivers.without_halo_weights(spread, "overall")["street"] > 0.05


def test_intervals_count_customers_and_not_answers():
    once = answers(5, people=300, answers_each=1)
    marks = NAMES[1:]
    thrice = pd.concat([once] * 3)
    one = drivers.intervals(once, "overall", marks, draws=100)
    three = drivers.intervals(thrice, "overall", marks, draws=100)
    assert np.allclose(one["weight"], three["weight"])
    assert np.allclose(one["high"] - one["low"], three["high"] - three["low"], rtol=0.02)
    alone = drivers.intervals(thrice.drop(columns="customer_id"), "overall", marks, draws=100)
    assert (alone["high"] - alone["low"] < three["high"] - three["low"]).all()


def test_rows_without_a_mark_or_a_name_are_no_trouble():
    table = answers(6, people=200)
    table.loc[:9, "bag"] = np.nan
    table.loc[5:15, "customer_id"] = None
    found = drivers.intervals(table, "overall", NAMES[1:], drivers.relative_weights, draws=20)
    assert found.notna().all(axis=None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="bag"), "bag"),
        (lambda t: t.assign(bag=5.0), "always the same"),
        (lambda t: t.head(20), "30 or more"),
        (lambda t: t.assign(overall=-t["overall"]), "No mark goes up"),
    ],
)
def test_what_cannot_be_weighed_is_told_in_a_sentence(change, message):
    with pytest.raises(MktlabError, match=message):
        drivers.intervals(change(answers(7, people=100)), "overall", NAMES[1:], draws=5)


def test_covariances_of_other_columns_are_refused():
    spread = answers(8)[NAMES].cov()
    with pytest.raises(MktlabError, match="no row and column nps"):
        drivers.shapley(spread, "nps")
    with pytest.raises(MktlabError, match="three marks"):
        drivers.halo(spread.iloc[:3, :3], "overall")
    many = pd.DataFrame(np.eye(14), [*"abcdefghijklmn"], [*"abcdefghijklmn"])
    with pytest.raises(MktlabError, match="at most 12"):
        drivers.shapley(many, "a")
