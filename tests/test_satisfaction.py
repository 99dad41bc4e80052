"""Surveys: who answers stands for everybody known, small groups are moved, ghosts are taken out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mktlab.company import Company
from mktlab.satisfaction import aided_corrected, answers, group_scores, response_weights, shrink
from mktlab.schema import MktlabError

BASEBALL = [0.400, 0.378, 0.356, 0.333, 0.311, 0.311, 0.289, 0.267, 0.244, 0.244, 0.222, 0.222,
            0.222, 0.222, 0.222, 0.200, 0.178, 0.156]  # fmt: skip
"""Batting averages of 18 players in their first 45 at bats (Efron & Morris, 1975, table 1)."""
SEASON = [0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264, 0.256,
          0.303, 0.264, 0.226, 0.285, 0.316, 0.200]  # fmt: skip
"""The same players in the rest of the season."""


def asked(*, size=4_000, seed=1):
    """Half live in town, where three of four answer and are content; else one of four."""
    rng = np.random.default_rng(seed)
    town = rng.random(size) < 0.5
    answered = rng.random(size) < np.where(town, 0.75, 0.25)
    likes = rng.random(size) < np.where(town, 0.8, 0.4)
    home = np.where(town, "town", "country")
    return pd.DataFrame(
        {"home": home, "orders": 1 + 2 * town, "answered": answered, "likes": likes}
    )


def test_weights_mend_what_goes_with_what_is_known():
    people = asked()
    spoke = people[people["answered"]]
    weighted = np.average(spoke["likes"], weights=response_weights(people, "answered", ["home"]))
    assert spoke["likes"].mean() > 0.67  # .75 x .8 + .25 x .4 = .70
    assert weighted == pytest.approx(people["likes"].mean(), abs=0.03)


def test_weights_mend_nothing_that_goes_with_the_opinion_alone():
    rng = np.random.default_rng(2)
    likes = rng.random(6_000) < 0.5
    people = pd.DataFrame({"orders": rng.poisson(3, 6_000), "likes": likes})
    people["answered"] = rng.random(6_000) < np.where(likes, 0.6, 0.3)
    spoke = people[people["answered"]]
    weighted = np.average(spoke["likes"], weights=response_weights(people, "answered", ["orders"]))
    assert weighted == pytest.approx(spoke["likes"].mean(), abs=0.01)
    assert weighted > 0.6


def test_weights_of_numbers_and_of_names_agree_and_missing_is_a_value():
    people = asked()
    by_name = response_weights(people, "answered", ["home"])
    by_number = response_weights(people, "answered", ["orders"])
    assert (by_name / by_number).between(0.98, 1.02).all()
    people["orders"] = people["orders"].astype(float).mask(people["home"] == "town")
    with_holes = response_weights(people, "answered", ["orders"])
    assert (by_name / with_holes).between(0.98, 1.02).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.02, 0.9))
def test_weights_have_mean_1_and_none_is_above_5_times_the_mean_before(seed, share):
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({"x": rng.normal(size=80) ** 3, "answered": rng.random(80) < share})
    people.loc[[0, 1], "answered"] = [True, False]
    weights = response_weights(people, "answered", ["x"])
    assert list(weights.index) == list(people.index[people["answered"]])
    assert weights.mean() == pytest.approx(1)
    assert (weights > 0).all()
    assert weights.max() <= 5 * len(weights)


@pytest.mark.parametrize("told", [True, False])
def test_without_both_kinds_there_are_no_weights(told):
    people = pd.DataFrame({"x": [1, 2], "answered": told})
    with pytest.raises(MktlabError, match="give everybody who was asked"):
        response_weights(people, "answered", ["x"])


def test_known_columns_that_do_not_vary_leave_all_weights_1():
    people = pd.DataFrame({"x": 1, "answered": [True, True, False]})
    assert response_weights(people, "answered", ["x"]).tolist() == [1, 1]


def test_a_missing_column_is_named():
    with pytest.raises(MktlabError, match="no column zone: it has answered"):
        response_weights(pd.DataFrame({"answered": [True, False]}), "answered", ["zone"])


def test_shrunken_batting_averages_are_nearer_to_the_season_than_measured_ones():
    """Efron & Morris (1975): squared errors fall by more than half."""
    sure = np.sqrt(np.mean(BASEBALL) * (1 - np.mean(BASEBALL)) / 45)
    table = pd.DataFrame({"average": BASEBALL, "error": sure})
    found = shrink(table, value="average", error="error")
    measured = ((table["average"] - SEASON) ** 2).sum()
    assert ((found["shrunk"] - SEASON) ** 2).sum() < 0.5 * measured
    assert found["shrunk"].iloc[0] == pytest.approx(0.294, abs=0.01)  # Clemente: .400, then .346
    assert pd.Series(SEASON).between(found["low"], found["high"]).mean() >= 0.9


def test_groups_that_differ_more_than_chance_keep_their_scores():
    table = pd.DataFrame({"nps": [-40.0, 0, 40, 80], "error": 1.0})
    found = shrink(table, value="nps", error="error")
    assert (found["kept"] > 0.99).all()
    assert (found["shrunk"] - table["nps"]).abs().max() < 0.1


def test_groups_that_differ_by_chance_alone_keep_2_parts_of_groups_less_1():
    table = pd.DataFrame({"nps": [29.0, 30, 31, 30, 30, 29, 31], "error": 8.0})
    assert shrink(table, value="nps", error="error")["kept"].tolist() == pytest.approx([2 / 6] * 7)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-100, 100), min_size=4, max_size=20),
    st.integers(0, 1_000),
)
def test_a_shrunken_score_lies_between_its_own_and_the_mean(scores, seed):
    errors = np.random.default_rng(seed).uniform(1, 30, len(scores))
    found = shrink(pd.DataFrame({"nps": scores, "error": errors}), value="nps", error="error")
    assert found["kept"].between(0, 1).all()
    assert (found["low"] <= found["shrunk"]).all()
    assert (found["shrunk"] <= found["high"]).all()
    lowest, highest = min(scores) - 1e-6, max(scores) + 1e-6
    assert found["shrunk"].between(lowest, highest).all()
    order = np.argsort(errors)
    assert (np.diff(found["kept"].to_numpy()[order]) <= 1e-9).all()  # less where less is sure


def test_a_group_without_an_error_stays_as_it_is():
    table = pd.DataFrame({"nps": [10.0, 20, 30, 40, 100], "error": [5, 5, 5, 5, np.nan]})
    last = shrink(table, value="nps", error="error").iloc[-1]
    assert last["shrunk"] == 100
    assert np.isnan(last["low"])


def test_three_groups_are_too_few():
    table = pd.DataFrame({"nps": [1.0, 2, 3], "error": 1.0})
    with pytest.raises(MktlabError, match=r"Only 3 groups .* give 4 or more"):
        shrink(table, value="nps", error="error")


def test_a_ghost_takes_out_who_claims_to_know_any_brand():
    rng = np.random.default_rng(3)
    knows, claims = rng.random(200_000) < 0.35, rng.random(200_000) < 0.10
    aided = [int((knows | claims).sum()), int(claims.sum())]
    panel = pd.DataFrame({"brand": ["ours", "ghost"], "asked": 200_000, "aided": aided})
    row = aided_corrected(panel, ghost="ghost").iloc[0]
    assert row["claimed"] == pytest.approx(0.35 + 0.1 * 0.65, abs=0.005)
    assert row["known"] == pytest.approx(0.35, abs=0.005)


def test_months_are_added_up_and_more_people_make_it_surer():
    month = pd.DataFrame({"brand": ["A", "Nix"], "asked": [500, 500], "aided": [275, 50]})
    one = aided_corrected(month, ghost="Nix").iloc[0]
    four = aided_corrected(pd.concat([month] * 4), ghost="Nix").iloc[0]
    assert four["known"] == one["known"]
    assert (one["high"] - one["low"]) / (four["high"] - four["low"]) == pytest.approx(2)


def test_fewer_than_the_ghost_is_nobody():
    panel = pd.DataFrame({"brand": ["A", "Nix"], "asked": [100, 100], "aided": [1, 20]})
    assert aided_corrected(panel, ghost="Nix")["known"].tolist() == [0]


def test_a_ghost_that_is_not_there_and_one_that_all_know_are_said():
    panel = pd.DataFrame({"brand": ["A"], "asked": [10], "aided": [10]})
    with pytest.raises(MktlabError, match="Nix, is not in the panel: it has A"):
        aided_corrected(panel, ghost="Nix")
    with pytest.raises(MktlabError, match="Everybody claims to know A"):
        aided_corrected(panel, ghost="A")


def told(**more):
    days = pd.Timestamp("2025-10-01") + pd.to_timedelta(range(6), "D")
    table = {"response_id": list("123456"), "responded_date": days, "nps": [10, 9, 8, 7, 6, 0]}
    return pd.DataFrame({**table, **more})


def shop(table, **more):
    return Company(
        {"survey_responses": table, **more}, name="shop", today=pd.Timestamp("2025-11-01")
    )


def test_answers_without_a_name_count_as_a_person_each():
    assert answers(shop(told()))["customer_id"].tolist() == list("123456")
    some = answers(shop(told(customer_id=["Ana", "Ana", None, "Ben", None, "Ben"])))
    assert some["customer_id"].tolist() == ["Ana", "Ana", "3", "Ben", "5", "Ben"]
    assert some["points"].tolist() == [100, 100, 0, 0, -100, -100]


def test_an_answer_has_its_own_zone_or_that_of_its_customer():
    homes = pd.DataFrame({"customer_id": ["Ana", "Ben"], "zone": ["Lyon", "Paris"]})
    named = told(customer_id=["Ana"] * 3 + ["Ben"] * 2 + ["Cleo"])
    zones = answers(shop(named, customers=homes))["zone"]
    assert zones.tolist()[:5] == ["Lyon"] * 3 + ["Paris"] * 2
    assert pd.isna(zones.iloc[5])
    assert answers(shop(told(zone="Lille"), customers=homes))["zone"].eq("Lille").all()
    assert answers(shop(told()))["zone"].isna().all()
    with pytest.raises(MktlabError, match="survey_responses has no column response_id, nps"):
        answers(Company({"orders": pd.DataFrame()}, name="shop", today=pd.Timestamp("2025-11-01")))


def test_the_error_of_a_group_counts_people_and_not_answers():
    rng = np.random.default_rng(3)
    day = pd.Timestamp("2025-10-01")
    nps = rng.integers(0, 11, 120)
    once = pd.DataFrame({"response_id": [f"R{n}" for n in range(120)], "nps": nps, "zone": "Lyon"})
    once = once.assign(responded_date=day, customer_id=once["response_id"])
    twice = pd.concat([once, once.assign(response_id="again " + once["response_id"])])
    errors = []
    for table in (once, twice.reset_index(drop=True)):
        company = shop(table)
        start, before = pd.Timestamp("2025-09-01"), pd.Timestamp("2025-08-01")
        each = group_scores(company, answers(company), "zone", start=start, before=before)
        errors.append(each.loc["Lyon", "error"])
    points = answers(shop(once))["points"]
    assert errors[0] == pytest.approx(points.std() / np.sqrt(120), rel=0.02)
    assert errors[1] == pytest.approx(errors[0], rel=0.01)
