"""Claims about what customer relations and service keep."""

import numpy as np
import pandas as pd
import pytest

from mktlab.market.crm import TEST_LASTS, TEST_WEEK
from mktlab.market.observed import observe
from mktlab.market.observed.relations import EMAIL_WEEKS
from mktlab.market.prices import START
from mktlab.market.run import past as run
from mktlab.market.state import NEVER
from mktlab.plan.costs import CAFES, OPENING_HOURS


@pytest.fixture(scope="module")
def history():
    return run(people=6000, weeks=140, seed=3)


@pytest.fixture(scope="module")
def tables(history):
    return observe(history)


def test_newsletters_reach_customers_who_agreed_and_one_in_ten_is_held_out(history, tables):
    emails = tables["emails"]
    assert emails["campaign_id"].nunique() == EMAIL_WEEKS
    customers = tables["customers"].set_index("customer_id")
    assert 0.09 < emails["held_out"].mean() < 0.11
    left_list = emails.loc[emails["unsubscribed"], "customer_id"]
    still = customers["email_opt_in"].loc[emails["customer_id"].unique()]
    assert still.drop(left_list).all()
    assert not still[left_list].any()
    assert not (emails["held_out"] & (emails["opened"] | emails["clicked"])).any()
    assert (emails["clicked"] <= emails["opened"]).all()


def test_people_open_three_newsletters_in_ten(tables):
    sent = tables["emails"].query("~held_out")
    assert sent["opened"].mean() == pytest.approx(0.30, abs=0.02)
    assert sent["clicked"].mean() == pytest.approx(0.018, abs=0.004)
    assert sent["unsubscribed"].mean() == pytest.approx(0.0022, abs=0.001)


def test_nobody_gets_a_newsletter_after_leaving(history, tables):
    emails = tables["emails"]
    person = emails["customer_id"].str.removeprefix("C").astype(int).to_numpy() - 1
    day = (emails["sent_at"].dt.tz_localize(None) - pd.Timestamp(START)).dt.days.to_numpy()
    assert (day < history.state.left_day[person]).all()
    assert (day > history.state.joined_day[person]).all()


def test_points_earned_less_points_spent_never_fall_below_zero(tables):
    loyalty = tables["loyalty"]
    by_day = loyalty.groupby(["customer_id", "moved_date"])["points"].sum()
    balance = by_day.groupby("customer_id").cumsum()
    assert (balance >= 0).all()
    assert (balance < 500).all()
    members = tables["customers"].query("loyalty_member")["customer_id"]
    assert set(loyalty.query("reason == 'joined'")["customer_id"]) == set(members)


def test_points_are_three_percent_of_what_members_paid(tables):
    orders = tables["orders"].query("status == 'paid'")
    members = tables["customers"].query("loyalty_member")["customer_id"]
    paid = orders.loc[orders["customer_id"].isin(members), "revenue"].sum()
    earned = tables["loyalty"].query("reason == 'earned'")["points"].sum()
    assert earned == pytest.approx(3 * paid, rel=0.01)


def test_friends_bring_newcomers_who_are_called_referrals(history, tables):
    referrals, customers = tables["referrals"], tables["customers"].set_index("customer_id")
    channel = customers["acquisition_channel"]
    assert set(referrals["customer_id"]) == set(channel[channel == "referral"].index)
    joined = customers["joined_date"]
    referrer = joined.loc[referrals["referrer_id"]].to_numpy()
    assert (referrer <= referrals["referred_date"].to_numpy()).all()
    zone = customers["zone"]
    same = zone.loc[referrals["referrer_id"]].to_numpy() == zone.loc[referrals["customer_id"]]
    assert same.all()


def test_subscriptions_running_are_those_the_market_delivers_to(history, tables):
    boxes = tables["subscriptions"]
    running = boxes[boxes["ended_date"].isna()]
    subscribed = np.flatnonzero(history.state.box_since != NEVER) + 1
    assert sorted(running["customer_id"].str[1:].astype(int)) == subscribed.tolist()
    assert running["customer_id"].is_unique
    ended = boxes.dropna(subset="ended_date")
    assert (ended["ended_date"] > ended["started_date"]).all()
    assert (running["cancel_reason"].isna() | (running["cancel_reason"] == "")).all()
    assert set(ended["cancel_reason"]) >= {"payment failure", "customer left", "too expensive"}


def test_boxes_end_at_a_delivery_unless_the_customer_left(tables):
    ended = tables["subscriptions"].dropna(subset="ended_date")
    weeks = (ended["ended_date"] - ended["started_date"]).dt.days // 7
    stayed = ended["cancel_reason"] != "customer left"
    assert (weeks[stayed] % 4 == 0).all()


def test_who_lapses_in_the_retention_test_never_orders_again(history, tables):
    test = tables["retention_campaign"]
    lapsed = test.loc[test["lapsed"], "customer_id"]
    over = pd.Timestamp(START) + pd.Timedelta(weeks=TEST_WEEK + TEST_LASTS)
    later = tables["orders"][tables["orders"]["order_date"] >= over]
    assert not later["customer_id"].isin(lapsed).any()
    person = test.loc[~test["lapsed"], "customer_id"].str[1:].astype(int).to_numpy() - 1
    assert (history.state.left_day[person] > 7 * (TEST_WEEK + TEST_LASTS)).all()


def test_requests_are_opened_after_the_order_and_settled_after_they_are_opened(tables):
    tickets = tables["tickets"]
    settled = tickets.dropna(subset="closed_at")
    assert (settled["closed_at"] > settled["opened_at"]).all()
    assert tickets["opened_at"].is_monotonic_increasing
    today = pd.Timestamp(START) + pd.Timedelta(weeks=140)
    assert (tickets["opened_at"].dt.tz_localize(None) < today).all()


def test_late_parcels_bring_five_times_the_requests(tables):
    tickets, orders = tables["tickets"], tables["orders"]
    came = orders[orders["delivered_date"].notna()]
    late = (came["delivered_date"] > came["promised_date"]).mean()
    about_late = (tickets["topic"] == "late parcel").mean()
    assert 0.02 < late < 0.15
    assert about_late > 2 * late


def test_parcels_arrive_after_they_were_ordered_and_only_web_orders_have_one(tables):
    orders = tables["orders"]
    took = (orders["delivered_date"] - orders["order_date"]).dt.days
    assert took.min() >= 1
    assert orders.loc[orders["delivered_date"].notna(), "promised_date"].notna().all()
    sent = orders[orders["promised_date"].notna()]
    assert (sent["promised_date"] - sent["order_date"] == pd.Timedelta(days=3)).all()
    assert set(sent["outlet"]) == {"web"}
    assert set(sent["status"]) == {"paid"}


def test_cafes_sell_to_most_of_their_guests_and_queue_when_they_are_full(history, tables):
    sheets = tables["store_weeks"]
    assert set(sheets["zone"]) == set(CAFES)
    assert (sheets["sales"] < sheets["visits"]).all()
    assert 0.75 < sheets["sales"].sum() / sheets["visits"].sum() < 0.95
    scale = history.people.scale
    assert (sheets["open_hours"] == round(OPENING_HOURS * scale, 1)).all()
    for _, sheet in sheets.groupby("zone"):
        tenth = sheet["visits"].rank(pct=True)
        full, quiet = (
            sheet.loc[weeks, "wait_minutes"].mean() for weeks in (tenth > 0.9, tenth < 0.1)
        )
        assert full > 1.4 * quiet
        assert sheet["visits"].corr(sheet["wait_minutes"]) > 0.7
