"""Claims about the media bill, the posts and the booking book."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.advertising import CHANNELS, MEDIA
from mktlab.market.observed.media import (
    BOOKINGS,
    ENGAGEMENT,
    NETWORKS,
    REACH,
    ad_spend,
    posts_truth,
    reservations,
    social_posts,
)
from mktlab.market.run import past as run
from mktlab.plan.mix import BASE
from mktlab.tables import TABLES

MAKERS = {"ad_spend": ad_spend, "social_posts": social_posts, "reservations": reservations}
WEEKS = 104


@pytest.fixture(scope="module")
def history():
    return run(people=2000, weeks=WEEKS, seed=12)


@pytest.fixture(scope="module")
def tables(history):
    return {name: make(history) for name, make in MAKERS.items()}


def week_number(day):
    return (day.dt.tz_localize(None) - pd.Timestamp("2023-01-02")).dt.days // 7


@pytest.mark.parametrize("name", MAKERS)
def test_table_is_as_declared(tables, name):
    assert_declared(name, tables[name])
    declared = [c.name for c in TABLES[name].columns if c.name != "claimed_conversions"]
    assert list(tables[name]) == declared


@pytest.mark.parametrize("name", MAKERS)
def test_a_longer_history_begins_with_the_shorter_one(history, tables, name):
    shorter = run(people=2000, weeks=20, seed=12)
    first = MAKERS[name](shorter)
    same = tables[name].head(len(first))
    if name == "reservations":  # who is still expected has not come yet
        first, same = first.drop(columns="showed_up"), same.drop(columns="showed_up")
    pd.testing.assert_frame_equal(first, same, check_exact=True)


def test_campaigns_add_up_to_the_media_plan_cent_for_cent(history, tables):
    billed = tables["ad_spend"]
    cents = (100 * billed["spend"]).round().astype(int)
    total = cents.groupby([week_number(billed["week"]), billed["channel"], billed["zone"]]).sum()
    for week, played in enumerate(history.weeks):
        planned = np.rint(100 * played.spend).astype(int)
        assert (
            total[week]
            .unstack()[list(tables["ad_spend"]["zone"].unique())]
            .loc[list(CHANNELS)]
            .to_numpy()
            .tolist()
            == planned.tolist()
        )


def test_gift_season_campaigns_run_in_six_weeks_of_the_year(tables):
    billed = tables["ad_spend"]
    pushed = billed[billed["campaign"] == "gift season"]
    assert set(pushed["channel"]) == {"search_generic", "social", "radio"}
    assert pushed["week"].nunique() == 12  # two years
    assert set(pushed["week"].dt.month) == {11, 12}


def test_dark_weeks_are_kept_cost_nothing_and_are_marked(history, tables):
    billed = tables["ad_spend"]
    dark = billed["budget_test"] == "dark"
    assert (billed.loc[dark, ["impressions", "clicks", "spend"]].fillna(0) == 0).all(axis=None)
    always_on = billed[billed["campaign"] == "always-on"]
    assert len(always_on) == WEEKS * 13 * 6
    marked = (always_on["budget_test"] == "dark").sum()
    assert marked == history.media.dark[:WEEKS].sum() > 0
    tested = always_on[always_on["budget_test"] != "no test"]
    per_week = tested.groupby("week")["budget_test"].value_counts().unstack()
    assert (per_week["dark"] == 6).all() and (per_week["on"] == 7).all()


def test_views_cost_more_before_christmas_and_less_in_january(tables):
    billed = tables["ad_spend"].query("channel == 'social' and spend > 0")
    month = billed["week"].dt.month.where(billed["week"].dt.day < 19)
    sums = billed.groupby(month)[["spend", "impressions"]].sum()
    price = 1000 * sums["spend"] / sums["impressions"]
    usual = price[4]
    assert usual == pytest.approx(7.0, rel=0.03)
    assert price[12] / usual == pytest.approx(1.5, rel=0.05)
    assert price[1] / usual == pytest.approx(0.8, rel=0.05)


def test_clicks_follow_the_click_rate_and_radio_has_none(tables):
    billed = tables["ad_spend"]
    assert billed.loc[billed["channel"] == "radio", "clicks"].isna().all()
    sums = billed.groupby("channel")[["impressions", "clicks"]].sum()
    for channel in MEDIA:
        if channel.click_rate:
            views, clicks = sums.loc[channel.name, ["impressions", "clicks"]]
            assert abs(clicks - channel.click_rate * views) < 3 * np.sqrt(clicks)
    assert (billed["clicks"] <= billed["impressions"]).fillna(True).all()


def test_reach_of_a_weeks_posts_adds_up_to_what_moves_the_cafes(history, tables):
    posts = tables["social_posts"]
    reached = posts.groupby(week_number(posts["posted_at"]))["reach"].sum()
    usual = REACH * history.people.scale
    index = (reached / usual + 0.5) / 5.5
    assert np.allclose(index, [w.posts for w in history.weeks], rtol=0.02)


def enlarged(history, *, times):
    """The same weeks in a larger market: counts are larger and less a matter of chance."""
    people = history.people
    traits = {f.name: getattr(people, f.name) for f in fields(people) if f.name != "residents"}
    larger = {name: np.tile(trait, times) for name, trait in traits.items()}
    return replace(history, people=replace(people, residents=times * people.residents, **larger))


def test_engagement_per_follower_is_that_of_each_network():
    history = enlarged(run(people=100, weeks=WEEKS, seed=1), times=600)
    posts = social_posts(history)
    engaged = posts[["likes", "shares", "comments"]].sum(axis=1)
    assert (engaged <= posts["reach"]).all()
    quiet = history.media.buzz[week_number(posts["posted_at"])] < 0.3
    rate = (engaged / posts["followers"])[quiet].groupby(posts["network"]).median()
    assert np.allclose(rate[list(NETWORKS)], ENGAGEMENT, rtol=0.25)


def test_posts_are_more_frequent_on_weekends_and_followers_grow(tables):
    posts = tables["social_posts"]
    assert posts["posted_at"].is_monotonic_increasing
    weekday = posts["posted_at"].dt.day_of_week
    assert (weekday >= 5).mean() > 0.33 > 2 / 7
    for _, of_network in posts.groupby("network"):
        assert of_network["followers"].iloc[-1] > of_network["followers"].iloc[0]
        assert (
            of_network.groupby(week_number(of_network["posted_at"]))["followers"]
            .first()
            .is_monotonic_increasing
        )


def test_a_plan_without_posts_has_none(history):
    silent = replace(BASE, promotion=replace(BASE.promotion, posts_per_week=0))
    quiet = run(people=200, weeks=13, seed=1, decide=lambda week: silent)
    posts = social_posts(quiet)
    assert_declared("social_posts", posts)
    assert len(posts) == 0


def test_bookings_are_made_in_the_past_for_days_that_may_still_come(tables):
    book = tables["reservations"]
    today = pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=WEEKS)
    assert book["booked_date"].is_monotonic_increasing
    assert book["booked_date"].max() < today <= book["visit_date"].max()
    assert (book["visit_date"] >= book["booked_date"]).all()
    assert not book.loc[book["visit_date"] >= today, "showed_up"].any()


def test_no_shows_are_few_and_grow_with_the_days_ahead():
    book = reservations(run(people=12_000, weeks=40, seed=3))
    past = book[book["visit_date"] < pd.Timestamp("2023-10-09")]
    absent = ~past["showed_up"]
    ahead = (past["visit_date"] - past["booked_date"]).dt.days
    assert absent.mean() == pytest.approx(0.08, abs=0.015)
    assert absent[ahead > 10].mean() > 1.5 * absent[ahead.between(1, 3)].mean()
    assert len(book) / 40 == pytest.approx(BOOKINGS, rel=0.1)
    assert (past["visit_date"].dt.day_of_week.isin([4, 5])).mean() > 0.4


def test_naive_regression_on_posts_triples_their_effect_and_buzz_explains_why():
    naive, informed = [], []
    for seed in range(3):
        history = run(people=100, weeks=156, seed=seed)
        truth = posts_truth(history)
        bookings = np.log(truth["expected_bookings"])
        constant, posts = np.ones(len(truth)), truth["log_posts_index"]
        season = np.log(bookings_without(history, truth))
        known = np.column_stack([constant, posts, truth["buzz"], season])
        naive.append(np.linalg.lstsq(known[:, :2], bookings)[0][1])
        informed.append(np.linalg.lstsq(known, bookings)[0][1])
    assert 2 < np.mean(naive) / 0.06 < 4.5
    assert np.allclose(informed, 0.06, atol=1e-4)


def bookings_without(history, truth):
    """Bookings expected in the same season, with usual posts and no buzz."""
    away = -0.06 * truth["log_posts_index"] - 0.10 * truth["buzz"]
    return truth["expected_bookings"] * np.exp(away)


def test_counted_bookings_show_the_same():
    ours = enlarged(run(people=100, weeks=156, seed=5), times=240)
    book, truth = reservations(ours), posts_truth(ours)
    counted = book.groupby(week_number(book["booked_date"])).size().to_numpy()
    known = np.column_stack([np.ones(156), truth["log_posts_index"], truth["buzz"]])
    naive = np.linalg.lstsq(known[:, :2], np.log(counted))[0][1]
    assert naive > 2 * 0.06
    chance = counted / truth["expected_bookings"]
    assert abs(chance.mean() - 1) < 4 * chance.std() / np.sqrt(156)


def test_what_posts_bring_is_the_assumption(history):
    truth = posts_truth(history)
    assert (truth["visits_elasticity"] == 0.03).all()
    assert (truth["bookings_elasticity"] == 0.06).all()
