"""Claims about what people say when they are asked."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared
from scipy.optimize import minimize

from mktlab.market.observed import studies, surveys
from mktlab.market.run import past
from mktlab.market.truth.studies import nps
from mktlab.market.world import CAFE_ZONES, LABEL_WORTH, ORIGIN_WORTH, of_segments


@pytest.fixture(scope="module")
def history():
    return past(people=12_000, weeks=78, seed=3)


@pytest.fixture(scope="module")
def answers(history):
    return surveys.survey_responses(history)


@pytest.fixture(scope="module")
def worlds(answers):
    """The answers of four worlds."""
    others = (past(people=12_000, weeks=52, seed=seed) for seed in (4, 5, 6))
    return [answers, *map(surveys.survey_responses, others)]


def score(answers):
    return 100 * ((answers["nps"] >= 9).mean() - (answers["nps"] <= 6).mean())


def test_who_answers_is_happier_than_who_does_not(history, answers):
    truth = nps(history)
    assert score(answers) > truth["nps"].mean() + 4
    error = 100 * np.sqrt(0.6 / len(answers))
    assert abs(score(answers) - truth["nps_of_respondents"].mean()) < 3 * error
    asked = truth["asked"].sum()
    assert len(answers) / asked == pytest.approx(truth["answers"].mean(), rel=0.1)


def test_round_numbers_leave_the_net_promoter_score_as_it_is():
    score, lot = np.indices((11, 1001))
    said = surveys.lumped(score, lot / 1000)
    cuts = [6.5, 8.5]
    assert (np.digitize(said, cuts) == np.digitize(score, cuts)).all()
    assert (said != score).any(axis=1).nonzero()[0].tolist() == [1, 2, 3, 4, 5, 6, 7, 9]


def test_answers_lump_at_0_5_8_and_10(worlds):
    for answers in worlds:
        count = np.bincount(answers["nps"], minlength=11)
        assert count[0] > count[1]
        assert count[5] > max(count[4], count[6])
        assert count[8] > count[7]
        assert count[10] > count[9]


@pytest.mark.slow
def test_ratings_tell_what_satisfaction_is_made_of():
    """Few rate all five: they live near a café and also get parcels. Hence a large market."""
    answers = surveys.survey_responses(past(people=400_000, weeks=26, seed=3))
    full = answers.dropna(subset=list(surveys.DRIVERS))
    ratings = full[list(surveys.DRIVERS)].to_numpy()
    design = np.column_stack([ratings, np.ones(len(full))])
    weight = np.linalg.lstsq(design, full["nps"].to_numpy(float))[0][:5]
    assert weight.argmax() == 0  # quality
    true = np.array(list(surveys.DRIVERS.values()))
    assert np.corrcoef(weight, true)[0, 1] > 0.9


def test_nobody_rates_what_they_do_not_meet(history, answers):
    person = answers["customer_id"].str[1:].astype(int).to_numpy() - 1
    near = np.isin(history.people.zone[person], CAFE_ZONES)
    assert answers.loc[~near, ["service", "ambience"]].isna().all(axis=None)
    assert answers.loc[near, ["service", "ambience"]].notna().all(axis=None)


def test_a_short_market_has_no_survey_yet():
    history = past(people=200, weeks=5, seed=1)
    none = surveys.survey_responses(history)
    assert none.empty
    assert surveys.comment_topics(history).empty
    assert_declared("survey_responses", none)


def test_people_claim_to_know_a_brand_that_does_not_exist(history):
    panel = surveys.awareness(history)
    ghost = panel[panel["brand"] == "Maison Ordelle"]
    assert ghost["spontaneous"].sum() == 0
    assert ghost["aided"].sum() / ghost["asked"].sum() == pytest.approx(0.04, abs=0.01)
    ours = panel[panel["brand"] == "Maison Solane"]
    assert ours["aided"].sum() / ours["asked"].sum() == pytest.approx(0.37, abs=0.03)
    assert (panel["spontaneous"] <= panel["aided"]).all()
    assert panel["month"].is_monotonic_increasing


def choice_model(choices):
    """Multinomial logit: organic, fair trade, origin, log price, none."""
    design = np.column_stack(
        [
            choices["label"] == "organic",
            choices["label"] == "organic and fair trade",
            choices["single_origin"],
            np.log(choices["price"].fillna(12) / 12),
            choices["price"].isna(),
        ]
    ).astype(float)
    design, chosen = design.reshape(-1, 4, 5), choices["chosen"].to_numpy().reshape(-1, 4)

    def loss(worth):
        utility = design @ worth
        return np.log(np.exp(utility).sum(axis=1)).sum() - utility[chosen].sum()

    return minimize(loss, np.zeros(5)).x


def test_choices_recover_the_worth_of_labels_once_the_hypothetical_bias_is_known():
    worths = np.mean([choice_model(studies.conjoint_choices(seed)) for seed in range(4)], axis=0)
    organic, fair, origin, price, _ = worths
    assert 0 < origin < organic < fair
    assert organic / fair == pytest.approx(LABEL_WORTH["organic"] / 0.55, abs=0.1)
    assert origin / fair == pytest.approx(ORIGIN_WORTH / 0.55, abs=0.1)
    sensitivity = of_segments("share") @ of_segments("price_sensitivity")
    pays_more = np.exp(fair / -price * studies.HYPOTHETICAL * sensitivity) - 1
    assert pays_more == pytest.approx(np.exp(0.55 / 3.2) - 1, rel=0.15)


def test_every_task_ends_in_one_choice():
    choices = studies.conjoint_choices(5)
    per_task = choices.groupby(["respondent_id", "task"])["chosen"].sum()
    assert (per_task == 1).all()
    assert len(per_task) == studies.RESPONDENTS * studies.TASKS
    none = choices["price"].isna()
    assert (choices.loc[none, "alternative"] == 4).all()
    assert choices.loc[none, "chosen"].mean() < 0.5


def test_clean_price_answers_are_in_order_and_follow_the_willingness_to_pay():
    survey, truth = studies.price_survey(5), studies.willingness(5)
    ordered = ["too_cheap", "cheap", "expensive", "too_expensive"]
    assert (survey[ordered].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    middle = pd.Series(survey["expensive"] / truth["willingness_to_pay"])
    assert middle.median() == pytest.approx(1.05, abs=0.03)
