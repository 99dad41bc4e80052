"""Claims about opinions: few give one, and they are not like the others."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import flaws
from mktlab.market.observed import opinions, sales, service
from mktlab.market.run import past

SEEDS = range(3)


@pytest.fixture(scope="module")
def histories():
    return [past(people=6000, weeks=80, seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def worlds(histories):
    """Reviews and their truth."""
    return [(opinions.reviews(h), opinions.review_truth(h).set_index("about")) for h in histories]


def test_reviews_are_as_declared_by_day_and_small(worlds):
    for told, _ in worlds:
        assert_declared("reviews", told)
        assert told["review_date"].is_monotonic_increasing
        assert (told["product_id"].isna() == told["zone"].notna()).all()
        assert (told["outlet"].eq("cafe") == told["zone"].notna()).all()
        assert (told["customer_id"].notna() == told["verified"]).all()
        assert len(told.to_csv(index=False)) < 500_000


def test_who_is_verified_had_bought_it_within_two_weeks(histories, worlds):
    told = worlds[0][0].dropna(subset=["customer_id", "product_id"])
    orders, lines = sales.orders_and_lines(histories[0])
    paid = lines.merge(orders[orders["status"] == "paid"], on="order_id")
    there = paid["delivered_date"].fillna(paid["order_date"])
    met = told.merge(paid.assign(there=there), on=["customer_id", "product_id", "outlet"])
    ago = (met["review_date"] - met["there"]).dt.days
    assert set(met.loc[ago.between(1, 14), "review_id"]) == set(told["review_id"])


def test_most_give_five_some_one_and_hardly_any_three(worlds):
    stars = pd.concat([told["stars"] for told, _ in worlds]).value_counts(normalize=True)
    assert stars.idxmax() == 5
    assert stars.idxmin() == 3
    assert stars[1] > stars[2] > stars[3] < stars[4] < stars[5]


def test_the_mean_of_the_stars_is_below_that_of_all_buyers_and_as_expected_of_writers(worlds):
    for told, truth in worlds:
        error = told["stars"].std() / np.sqrt(len(told))
        assert truth.loc["all", "stars_told"] < truth.loc["all", "stars"] - 0.1
        assert abs(told["stars"].mean() - truth.loc["all", "stars_told"]) < 3 * error
        expected = truth.loc["all", "chance"] * truth.loc["all", "number"]
        assert len(told) == pytest.approx(expected, abs=3.5 * np.sqrt(expected))


def test_the_truth_of_all_is_the_mean_over_products_and_cafes(worlds):
    for _, truth in worlds:
        parts = truth.drop("all")
        assert parts["number"].sum() == truth.loc["all", "number"]
        mean = np.average(parts["stars"], weights=parts["number"])
        assert mean == pytest.approx(truth.loc["all", "stars"])


def test_the_words_fit_the_stars_and_the_parcel(worlds):
    told = pd.concat([told for told, _ in worlds])
    late = told["comment"].str.contains("arrived after|en retard|came late|non respecté", na=False)
    assert late.any()
    assert (told.loc[late, "stars"] <= 3).all()
    assert (told.loc[late, "outlet"] != "cafe").all()
    thanks = told["comment"].str.contains("Thank you|Merci", na=False)
    assert thanks.any()
    assert (told.loc[thanks, "stars"] == 5).all()
    assert told["comment"].isna().mean() == pytest.approx(opinions.WORDLESS, abs=0.04)


def test_ids_do_not_tell_the_order_and_do_not_repeat():
    ids = opinions.review_ids(np.arange(200_000))
    assert ids.is_unique
    assert not ids[:10].is_monotonic_increasing


def test_bought_praise_comes_in_bursts_without_a_buyer_in_words_of_others(worlds):
    told, _ = worlds[0]
    after, log = flaws.plant({"reviews": told}, flaws=("bought_reviews",), seed=4)
    fakes = after["reviews"].set_index("review_id").loc[log["key"]]
    assert len(fakes) == 36
    assert not fakes["verified"].any()
    assert fakes["stars"].eq(5).all()
    assert (fakes["product_id"] == fakes["product_id"].iloc[0]).all()
    assert fakes["comment"].isin(told["comment"].dropna()).all()
    assert fakes["review_date"].between(told["review_date"].min(), told["review_date"].max()).all()
    assert fakes["review_date"].nunique() <= 3 * (4 + 1)


def test_repeated_reviews_are_the_same_but_for_their_number(worlds):
    told, _ = worlds[0]
    after, log = flaws.plant({"reviews": told}, flaws=("repeated_reviews",), seed=4)
    assert len(log) == int(np.ceil(0.03 * len(told)))
    both = after["reviews"].set_index("review_id")
    again, first = both.loc[log["key"]], both.loc[log["true_value"]]
    pd.testing.assert_frame_equal(again.reset_index(drop=True), first.reset_index(drop=True))


@pytest.fixture(scope="module")
def requests(histories):
    """Requests with their answers, and the truth, of each market."""
    return [
        (
            service.tickets(h).merge(opinions.ticket_answers(h), how="left"),
            opinions.ticket_truth(h).set_index("topic"),
        )
        for h in histories
    ]


def test_answers_are_as_declared_by_day_and_of_settled_requests_alone(histories, requests):
    for history, (told, _) in zip(histories, requests, strict=True):
        table = opinions.ticket_answers(history)
        assert_declared("ticket_answers", table)
        assert table["answered_date"].is_monotonic_increasing
        answered = told[told["csat"].notna()]
        assert len(answered) == len(table)
        settled = answered["closed_at"].dt.tz_localize(None).dt.normalize()
        assert (answered["answered_date"] - settled).dt.days.between(0, 2).all()
        assert answered["answered_date"].max() < pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=80)


def test_a_quarter_answers_and_they_are_what_the_truth_expects_of_who_answers(requests):
    told = pd.concat([told for told, _ in requests])
    answers = told["csat"].dropna().astype(float)
    truth = pd.DataFrame([truth.loc["all"] for _, truth in requests])
    assert len(answers) / truth["number"].sum() == pytest.approx(truth["chance"].mean(), abs=0.03)
    error = answers.std() / np.sqrt(len(answers))
    mean = np.average(truth["csat_told"], weights=truth["number"] * truth["chance"])
    assert abs(answers.mean() - mean) < 3 * error
    assert (truth["csat_told"] > truth["csat"]).all()  # the pleased answer more than the lukewarm


def test_who_waits_is_less_pleased_and_finds_it_harder(requests):
    told = pd.concat([told for told, _ in requests]).dropna(subset=["csat"])
    days = (told["closed_at"] - told["opened_at"]).dt.total_seconds() / 86_400
    scores = told[["csat", "effort"]].astype(float)
    assert (scores[days > 1.5].mean() < scores[days < 0.5].mean()).all()
    assert scores.corr().loc["csat", "effort"] == pytest.approx(0.7, abs=0.15)


def test_a_late_parcel_displeases_most_and_a_damaged_one_takes_more_effort(requests):
    for _, truth in requests:
        topics = truth.drop("all")
        assert topics["csat"].idxmin() == "late parcel"
        assert topics.loc["damaged parcel", "effort"] < topics.loc["product", "effort"]
        assert topics["number"].sum() == truth.loc["all", "number"]


def test_some_answer_on_effort_the_wrong_way_round(histories):
    told = opinions.ticket_answers(histories[0])
    after, log = flaws.plant({"ticket_answers": told}, flaws=("reversed_effort",), seed=2)
    before = told.set_index("ticket_id").loc[log["key"], "effort"]
    now = after["ticket_answers"].set_index("ticket_id").loc[log["key"], "effort"]
    assert len(log) > 0
    assert (before + now == 8).all()
    assert (before.astype(str) == log["true_value"].to_numpy()).all()
