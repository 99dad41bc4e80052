"""Claims about uplift: learners find whom an offer changes, lists are priced right, one Qini."""

import numpy as np
import pandas as pd
import pytest

from mktlab import uplift
from mktlab.schema import MktlabError

TEST = {"features": ["risk", "deals"], "outcome": "stays", "treated": "offer"}
COLUMNS = {"outcome": "stays", "treated": "offer"}


def a_test(n: int, seed: int, drawn: float = 0.5) -> pd.DataFrame:
    """Customers of whom deals decide whom the offer keeps: it drives away those without deals."""
    rng = np.random.default_rng(seed)
    risk, deals = rng.normal(size=n), rng.random(n)
    offer, luck = rng.random(n) < drawn, rng.random(n)
    untreated = 1 / (1 + np.exp(2 - 0.7 * risk))
    treated = 1 / (1 + np.exp(2 - 0.7 * risk + 3 * (deals - 0.3)))
    stays = luck >= np.where(offer, treated, untreated)
    known = {"risk": risk, "deals": deals, "offer": offer, "stays": stays}
    return pd.DataFrame(known).assign(effect=untreated - treated)


@pytest.mark.parametrize("learner", ["T", "X", "DR"])
def test_learners_recover_whom_the_offer_changes(learner):
    for seed in range(5):
        people, others = a_test(20_000, seed), a_test(2_000, 100 + seed)
        told = uplift.effects(people, others, **TEST, learner=learner)
        assert np.corrcoef(told, others["effect"])[0, 1] > 0.85
        assert told.mean() == pytest.approx(others["effect"].mean(), abs=0.015)


def test_one_model_for_all_knows_no_sleeping_dogs():
    """The offer moves its chances in one direction: the ranking is one by risk, in disguise."""
    people, others = a_test(20_000, 1), a_test(2_000, 2)
    told = uplift.effects(people, others, **TEST, learner="S")
    assert (told > 0).all()
    assert (others["effect"] < 0).mean() > 0.2
    assert np.corrcoef(told, others["risk"])[0, 1] > 0.5


def test_nobody_is_told_by_a_model_that_saw_them():
    """Where nothing can be learned, what was learned of oneself looks like a find."""
    rng, found, flattered = np.random.default_rng(3), [], []
    for seed in range(20):
        people = pd.DataFrame(rng.normal(size=(400, 8))).add_prefix("x")
        people = people.assign(offer=rng.random(400) < 0.5, stays=rng.random(400) < 0.8)
        how = {"features": [f"x{n}" for n in range(8)], **COLUMNS}
        honest = uplift.cross_fit(people, **how, seed=seed)
        itself = uplift.effects(people, people, **how)
        for kept, told in ((found, honest), (flattered, itself)):
            kept.append(uplift.qini(people, told, **COLUMNS).area)
    assert np.mean(flattered) > 1  # points
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(20)


def test_a_list_is_priced_without_bias_and_the_interval_is_as_wide_as_it_says():
    values = []
    for seed in range(40):
        people = a_test(2_000, seed, drawn=0.3)
        euros = {"value": 100.0, "cost": 2.0}
        found = uplift.policy_value(people, people["deals"] > 0.5, **TEST, **euros)
        truth = (100 * people["effect"] - 2)[people["deals"] > 0.5].sum()
        values.append((found.difference - truth, found.error))
    off, error = np.array(values).T
    assert abs(off.mean()) < 3 * off.std() / np.sqrt(40)
    assert off.std() == pytest.approx(error.mean(), rel=0.3)


def test_what_one_knows_before_makes_the_interval_narrower():
    people = a_test(4_000, 1)
    everybody = uplift.policy_value(people, np.ones(4_000), **TEST)
    plain = uplift.uplift_at(people, people["risk"], 1.0, **COLUMNS)
    assert everybody.error / 4_000 < plain.error
    assert everybody.difference / 4_000 == pytest.approx(plain.difference, abs=2 * plain.error)


def test_the_difference_of_two_lists_is_the_difference_of_their_values():
    people = a_test(2_000, 4)
    one, other = people["deals"] > 0.5, people["risk"] > 0
    values = [uplift.policy_value(people, chosen, **TEST, cost=0.01) for chosen in (one, other)]
    lead = uplift.policy_value(people, one, **TEST, cost=0.01, against=other)
    assert lead.difference == pytest.approx(values[0].difference - values[1].difference)
    assert lead.error < values[0].error + values[1].error
    nobody = uplift.policy_value(people, one, **TEST, against=one)
    assert (nobody.difference, nobody.error) == (0.0, 0.0)


def test_qini_by_hand_on_ten_rows():
    """Scores 9 to 5, two rows each; offered and not in each pair."""
    people = pd.DataFrame(
        {
            "score": [9, 9, 8, 8, 7, 7, 6, 6, 5, 5],
            "offer": [True, False] * 5,
            "stays": [True, False, True, True, True, False, False, False, False, True],
        }
    )
    found = uplift.qini(people, people["score"], **COLUMNS)
    # of the offered stay 1, 2, 3, 3, 3; of the others 0, 1, 1, 1, 2; for 100 of 5 offered
    assert found.curve["gained"].tolist() == [0, 20, 20, 40, 40, 20]
    assert found.curve["share"].tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    # trapezoids .2 x (10 + 20 + 30 + 40 + 30) = 26, less the triangle 20 / 2
    assert found.area == pytest.approx(16)


def test_equal_scores_enter_together_in_any_order_of_rows():
    people = a_test(500, 5).assign(score=lambda rows: rows["deals"].round(1))
    mixed = people.sample(frac=1, random_state=1)
    areas = [uplift.qini(p, p["score"], **COLUMNS).area for p in (people, mixed)]
    assert areas[0] == pytest.approx(areas[1], abs=1e-9)
    assert uplift.qini(people, np.ones(500), **COLUMNS).area == pytest.approx(0, abs=1e-9)
    turned = uplift.qini(people, -people["score"], **COLUMNS)
    assert turned.area < 0 < areas[0]
    effect = uplift.uplift_at(people, people["score"], 1.0, **COLUMNS).difference
    assert turned.curve["gained"].iloc[-1] == pytest.approx(100 * effect)


def test_empty_cells_and_flags_are_features_like_others():
    people = a_test(600, 6).assign(member=lambda rows: rows["risk"] > 0)
    people.loc[::7, "deals"] = np.nan
    told = uplift.cross_fit(people, features=["deals", "member"], **COLUMNS)
    assert told.between(-1, 1).all()
    assert told.index.equals(people.index)
    again = uplift.cross_fit(people, features=["deals", "member"], **COLUMNS)
    pd.testing.assert_series_equal(told, again)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda p: uplift.cross_fit(p, features=["age"], **COLUMNS), "people has no column age"),
        (lambda p: uplift.cross_fit(p, features=[], **COLUMNS), "features is empty"),
        (lambda p: uplift.cross_fit(p, features=["stays"], **COLUMNS), "not known before"),
        (lambda p: uplift.cross_fit(p, **TEST, folds=1), "folds is 1: give 2 to 20"),
        (lambda p: uplift.cross_fit(p.assign(offer=True), **TEST), "no group to compare with"),
        (lambda p: uplift.cross_fit(p.assign(stays=True), **TEST), "one outcome only"),
        (lambda p: uplift.cross_fit(p.assign(stays=0.5), **TEST), "stays must be true or false"),
        (lambda p: uplift.cross_fit(p.assign(risk="high"), **TEST), "features must be numbers"),
        (lambda p: uplift.effects(p, p, **TEST, learner="R"), "one of S, T, X and DR"),
        (lambda p: uplift.effects(p, p[["risk"]], **TEST), "others has no column deals"),
        (lambda p: uplift.policy_value(p, [True], **TEST), "chosen needs a number for each of 200"),
        (lambda p: uplift.policy_value(p, p["risk"], **TEST), "chosen must be true or false"),
        (lambda p: uplift.policy_value(p, p["offer"][::-1], **TEST), "has another index"),
        (lambda p: uplift.policy_value(p, p["offer"], **TEST, value=np.nan), "value is empty"),
        (lambda p: uplift.uplift_at(p, p["risk"], 0, **COLUMNS), "share is 0: above 0, up to 1"),
        (lambda p: uplift.uplift_at(p, p["risk"], 0.005, **COLUMNS), "take a larger share"),
    ],
)
def test_what_cannot_be_told_is_said_in_one_sentence(call, told):
    with pytest.raises(MktlabError, match=told):
        call(a_test(200, 7))
