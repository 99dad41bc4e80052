"""Claims about the paths of contacts."""

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import journeys, observe
from mktlab.market.observed.journeys import FIRST, JOURNEY_WEEKS, LENGTHS, kept_share, touchpoints
from mktlab.market.observed.web import BUYING, WAYS, all_visits, sessions
from mktlab.market.run import past as run
from mktlab.tables import TABLES

WEEKS = 30


@pytest.fixture(scope="module")
def history():
    return run(people=12_000, weeks=WEEKS, seed=12)


@pytest.fixture(scope="module")
def company(history):
    return observe(history)


@pytest.fixture(scope="module")
def contacts(history):
    return touchpoints(history)


@pytest.fixture(scope="module")
def bought(contacts):
    return contacts.dropna(subset="order_id")


def shares(channel):
    return channel.value_counts(normalize=True).reindex(WAYS, fill_value=0).to_numpy()


def test_table_is_as_declared_and_its_key_unique(contacts):
    assert_declared("touchpoints", contacts)
    assert list(contacts) == [c.name for c in TABLES["touchpoints"].columns]
    assert contacts["touched_at"].is_monotonic_increasing


def test_every_paid_web_order_of_26_weeks_has_a_path_of_its_customer(company, bought):
    orders = company["orders"].query("outlet == 'web' and status == 'paid'")
    since = pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=WEEKS - JOURNEY_WEEKS)
    recent = orders[orders["order_date"] >= since].set_index("order_id")
    assert set(bought["order_id"]) == set(recent.index)
    last = bought.groupby("order_id").last()
    assert (last["customer_id"] == recent["customer_id"].loc[last.index]).all()
    day = last["touched_at"].dt.tz_localize(None).dt.normalize()
    assert (day == recent["order_date"].loc[last.index]).all()


def test_customers_join(company, contacts):
    known = contacts["customer_id"].dropna()
    assert known.isin(company["customers"]["customer_id"]).all()


def test_the_last_contact_is_the_visit_that_the_server_logged(history, bought):
    visits = sessions(history).query("purchased")
    last = bought.groupby("order_id").last()
    columns = ["visitor_id", "customer_id", "touched_at", "channel"]
    logged = visits.rename(columns={"started_at": "touched_at"})[columns]
    assert len(logged.merge(last[columns].drop_duplicates())) == len(logged) > 50


def test_last_contacts_flatter_brand_search_and_first_ones_social(bought):
    path = bought.groupby("order_id")["channel"]
    several = path.transform("size") > 1
    first = bought[several].groupby("order_id")["channel"].first()
    assert np.allclose(shares(path.last()), BUYING, atol=0.035)
    assert np.allclose(shares(first), FIRST, atol=0.05)
    brand, social = WAYS.index("search_brand"), WAYS.index("social")
    assert shares(path.last())[brand] > 3 * shares(first)[brand]
    assert shares(first)[social] > 3 * shares(path.last())[social]


def test_radio_leaves_no_contact(contacts):
    assert set(contacts["channel"]) == set(WAYS)
    assert "radio" not in set(contacts["channel"])


def test_paths_are_as_long_as_assumed_but_for_those_cut_by_the_order_before(bought):
    length = bought.groupby("order_id").size().value_counts(normalize=True).sort_index()
    assert np.allclose(length, LENGTHS, atol=0.04)
    assert length[1] > LENGTHS[0]


def test_no_contact_counts_for_two_orders(bought):
    in_turn = bought.sort_values(["customer_id", "touched_at"], kind="stable")
    span = in_turn.groupby("order_id")["touched_at"].agg(["min", "max"])
    span["customer_id"] = in_turn.groupby("order_id")["customer_id"].first()
    span = span.sort_values(["customer_id", "max"])
    before = span.groupby("customer_id")["max"].shift()
    assert before.notna().sum() > 100
    assert (span["min"] > before)[before.notna()].all()


def test_four_paths_to_nowhere_are_kept_for_each_order(contacts, bought):
    lost = contacts[contacts["order_id"].isna()]
    strangers = lost[lost["customer_id"].isna()]["visitor_id"].nunique()
    expected = journeys.PATHS_PER_ORDER * (1 - journeys.SIGNED_IN)
    assert strangers / bought["order_id"].nunique() == pytest.approx(expected, rel=0.03)


def test_contacts_scaled_by_the_share_of_paths_kept_are_as_many_as_the_visits(history, contacts):
    weight = TABLES["touchpoints"].weight(kept_share(history))
    table = nw.from_native(contacts).select(weight=weight).to_native()["weight"]
    visits, orders = all_visits(history, weeks=JOURNEY_WEEKS)
    assert table.sum() == pytest.approx(visits.sum(), rel=0.03)
    assert (table == 1).sum() == contacts["order_id"].notna().sum() > orders.sum()


def test_brand_search_and_retargeting_meet_those_who_would_buy_anyway(contacts, bought):
    lost = contacts[contacts["order_id"].isna()].groupby("visitor_id")["channel"].last()
    ratio = shares(bought.groupby("order_id")["channel"].last()) / shares(lost)
    for way in ("search_brand", "retargeting"):
        assert ratio[WAYS.index(way)] > 1.5
    assert ratio[WAYS.index("social")] < 0.5


def test_dark_zones_meet_fewer_ads():
    """Contacts follow spend: a channel without reach leaves none."""
    off = run(people=3000, weeks=20, seed=4)
    for week in off.weeks:
        week.reach[2] = 0  # social
    assert "social" not in set(touchpoints(off)["channel"])
    assert "social" in set(touchpoints(run(people=3000, weeks=20, seed=4))["channel"])


def test_nothing_happens_before_the_market_opens_or_after_today():
    young = run(people=3000, weeks=13, seed=4)
    when = touchpoints(young)["touched_at"].dt.tz_localize(None)
    assert when.min() >= pd.Timestamp("2023-01-02")
    assert when.max() < pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=13)
