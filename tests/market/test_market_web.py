"""Claims about the log of visits and the heat map."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import observe
from mktlab.market.observed.sample import SAMPLE, SESSION_WEEKS, in_sample
from mktlab.market.observed.web import (
    AIM,
    BUYING,
    SEEN,
    WAYS,
    browser_ids,
    buying_visits,
    page_clicks,
    page_clicks_truth,
    sessions,
    sessions_truth,
)
from mktlab.market.run import past as run
from mktlab.tables import TABLES

WEEKS = 30
STAGES = ["viewed_product", "added_to_cart", "began_checkout", "purchased"]
TODAY = pd.Timestamp("2023-01-02", tz="UTC") + pd.Timedelta(weeks=WEEKS)


@pytest.fixture(scope="module")
def history():
    return run(people=12_000, weeks=WEEKS, seed=12)


@pytest.fixture(scope="module")
def company(history):
    return observe(history)


@pytest.fixture(scope="module")
def visits(history):
    return sessions(history)


@pytest.fixture(scope="module")
def clicks(history, visits):
    return page_clicks(history, visits)


def test_tables_are_as_declared(visits, clicks):
    for name, table in (("sessions", visits), ("page_clicks", clicks)):
        assert_declared(name, table)
        assert list(table) == [c.name for c in TABLES[name].columns]


def test_keys_join(company, visits, clicks):
    known = visits["customer_id"].dropna()
    assert known.isin(company["customers"]["customer_id"]).all()
    assert clicks["session_id"].isin(visits["session_id"]).all()


def test_the_log_covers_eight_weeks_to_the_second(visits):
    start = visits["started_at"]
    assert start.is_monotonic_increasing
    assert TODAY - pd.Timedelta(weeks=SESSION_WEEKS) <= start.min() and start.max() < TODAY
    assert (start.dt.microsecond == 0).all()


def test_tables_stay_small_at_teaching_size(visits, clicks):
    assert 8_000 < len(visits) <= 15_000
    assert 4_000 < len(clicks) <= 12_000


def test_every_purchase_is_a_paid_web_order_of_that_customer_on_that_day(company, visits):
    orders = company["orders"].query("outlet == 'web' and status == 'paid'")
    orders = orders[orders["order_date"] >= (TODAY - pd.Timedelta(weeks=8)).tz_localize(None)]
    bought = visits[visits["purchased"]]
    day = bought["started_at"].dt.tz_localize(None).dt.normalize()
    seen = pd.MultiIndex.from_arrays([bought["customer_id"], day]).value_counts()
    placed = orders[["customer_id", "order_date"]].value_counts()
    sampled = placed[placed.index.get_level_values(0).isin(bought["customer_id"])]
    assert seen.to_dict() == sampled.to_dict()  # all orders of the people in the sample
    assert len(bought) / len(orders) == pytest.approx(SAMPLE, rel=0.03)


def test_one_person_in_seven_is_logged_and_makes_a_seventh_of_all_visits(history, visits):
    here = history.people.arrives_week < len(history.weeks)
    assert in_sample(history)[here].mean() == pytest.approx(SAMPLE, rel=1e-3)
    truth = sessions_truth(history)
    everywhere = truth.query("device == 'all'")["visits"].sum()
    assert len(visits) / everywhere == pytest.approx(SAMPLE, rel=0.02)
    by_device = truth.query("device != 'all'").groupby("device")["visits"].sum()
    assert by_device.sum() == pytest.approx(everywhere, abs=SESSION_WEEKS)
    logged = visits["device"].value_counts()[by_device.index]
    assert np.allclose(logged / SAMPLE, by_device, rtol=0.05)


def test_buying_visits_name_their_orders(history, company):
    buying = buying_visits(history, weeks=10)
    orders = company["orders"].iloc[buying.order]
    assert (orders["outlet"] == "web").all() and (orders["status"] == "paid").all()
    named = orders["customer_id"].str.removeprefix("C").astype(int) - 1
    assert (named == buying.person).all()
    day = (orders["order_date"] - pd.Timestamp("2023-01-02")).dt.days
    assert (day == buying.second // 86_400).all()


def test_stages_are_nested(visits):
    for before, after in pairwise(STAGES):
        assert (visits[before] >= visits[after]).all()
    assert (visits["pages"] >= 1 + 2 * visits[STAGES].sum(axis=1)).all()


def test_each_device_improves_while_the_whole_gets_worse(visits):
    """Simpson's paradox, without damage to the data."""
    late = visits["started_at"] >= TODAY - pd.Timedelta(weeks=4)
    total = visits.groupby(late)["purchased"].mean()
    by_device = visits.groupby([visits["device"], late])["purchased"].mean().unstack()
    assert (by_device[True] > by_device[False]).all()
    assert total[True] < total[False]


def test_the_truth_says_the_same_without_chance(history):
    truth = sessions_truth(history).pivot(index="week", columns="device")
    conversion, share = truth["conversion"], truth["visit_share"]
    for device in ("desktop", "mobile"):
        assert conversion[device].is_monotonic_increasing
    assert conversion["all"].is_monotonic_decreasing
    assert share["mobile"].is_monotonic_increasing
    whole = (conversion * share)[["desktop", "mobile"]].sum(axis=1)
    assert np.allclose(whole, conversion["all"], atol=1e-6)
    stages = sessions_truth(history)[["views", "adds_to_cart", "begins_checkout", "purchases"]]
    assert np.allclose(stages.prod(axis=1), sessions_truth(history)["conversion"], atol=1e-5)


def test_conversion_and_stages_are_near_the_truth(history, visits):
    truth = sessions_truth(history)
    for device, seen in visits.groupby("device"):
        expected = truth[truth["device"] == device]
        assert seen["purchased"].mean() == pytest.approx(expected["conversion"].mean(), rel=0.05)
        assert seen["viewed_product"].mean() == pytest.approx(expected["views"].mean(), abs=0.03)
        carts = seen["added_to_cart"].sum() / seen["viewed_product"].sum()
        assert carts == pytest.approx(expected["adds_to_cart"].mean(), rel=0.12)


def test_a_browser_is_one_device_and_no_two_browsers_share_a_name(visits):
    for trait in ("device", "customer_id"):
        assert visits.groupby("visitor_id")[trait].nunique().max() == 1
    assert browser_ids(np.arange(200_000)).is_unique


def test_last_clicks_flatter_brand_search_and_forget_radio(history):
    way = buying_visits(history, weeks=WEEKS).way
    share = np.bincount(way, minlength=len(WAYS)) / len(way)
    assert np.allclose(share, BUYING, atol=0.035)
    paid = share[: WAYS.index("organic")]
    assert paid.argmax() == WAYS.index("search_brand")
    assert "radio" not in WAYS


def test_only_people_on_the_list_come_by_e_mail_and_none_of_the_holdout_by_social(history):
    buying, people = buying_visits(history, weeks=WEEKS), history.people
    by_mail = buying.person[buying.way == WAYS.index("email")]
    by_social = buying.person[buying.way == WAYS.index("social")]
    assert len(by_mail) and people.email_opt_in[by_mail].all()
    assert len(by_social) and not people.social_holdout[by_social].any()
    assert not (buying.way[buying.newcomer] == WAYS.index("email")).any()


def test_who_signed_in_and_only_looked_came_by_a_way_that_can_bring_them(history, visits):
    looked = visits[~visits["purchased"]].dropna(subset="customer_id")
    person = looked["customer_id"].str.removeprefix("C").astype(int) - 1
    by_mail = person[looked["channel"] == "email"]
    assert len(by_mail) and history.people.email_opt_in[by_mail].all()
    assert not history.people.social_holdout[person[looked["channel"] == "social"]].any()


def test_no_visit_comes_from_a_channel_that_is_off():
    without = run(people=3000, weeks=20, seed=4)
    for week in without.weeks:
        week.reach[0] = 0  # brand search
    buying = buying_visits(without, weeks=20)
    assert len(buying.way) > 200
    assert WAYS.index("search_brand") not in buying.way


def test_clicks_gather_around_the_middle_of_their_element(clicks):
    truth = page_clicks_truth()
    on_target = clicks.dropna(subset="element").merge(
        truth, on=["page", "element", "screen_width"], suffixes=("", "_middle")
    )
    assert len(on_target) == clicks["element"].notna().sum()
    away = on_target["x"] - on_target["x_middle"]
    assert abs(away.mean()) < 0.5
    assert away.std() == pytest.approx(AIM, rel=0.05)


def test_a_sixth_of_the_clicks_is_dead_and_all_are_on_the_page(clicks):
    assert clicks["element"].isna().mean() == pytest.approx(1 / 6, abs=0.02)
    assert clicks["x"].between(0, clicks["screen_width"]).all()
    assert (clicks["y"] >= 0).all()
    assert set(clicks["screen_width"]) == {1440, 390}


def test_dead_clicks_thin_out_as_fast_as_people_stop_scrolling(clicks):
    dead = clicks[clicks["element"].isna()]
    screen = (dead["y"] // dead["screen_width"].map({1440: 900, 390: 844})).astype(int)
    share = screen.clip(upper=4).value_counts(normalize=True).sort_index()
    assert np.allclose(share, SEEN / SEEN.sum(), atol=0.04)


def test_only_visits_that_got_there_click_on_a_page(visits, clicks):
    seen = clicks.merge(visits, on="session_id")
    assert seen.loc[seen["page"] == "product", "viewed_product"].all()
    assert seen.loc[seen["page"] == "checkout", "began_checkout"].all()
    width = seen["device"].map({"desktop": 1440, "mobile": 390})
    assert (seen["screen_width"] == width).all()
