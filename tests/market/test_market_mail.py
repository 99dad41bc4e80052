"""Claims about consents, delivery and the test of pressure."""

import functools

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import crm
from mktlab.market.observed import flow_emails, mail, relations, sales
from mktlab.market.run import past
from mktlab.market.truth import mail as truth
from mktlab.market.truth.counterfactual import Rewind
from mktlab.market.week import begin, play

START = pd.Timestamp("2023-01-02")


@functools.cache
def world(seed=1, people=3000):
    return past(people=people, weeks=156, seed=seed)


def test_consents_agree_with_the_customer_file_the_newsletters_and_the_orders():
    history = world()
    told = mail.consents(history)
    assert_declared("consents", told)
    customers = sales.customers(history).set_index("customer_id")
    known = customers.loc[told["customer_id"]].reset_index()
    withdrawn = told["end_reason"] == "unsubscribed"
    still = told["customer_id"][~withdrawn]
    assert set(customers.index[customers["email_opt_in"]]) <= set(still)
    assert (told["consent_date"] >= known["joined_date"]).all()
    later = known["joined_date"] >= START
    assert (told["consent_date"] == known["joined_date"])[later].all()
    assert (told["consent_date"] < START)[~later].all()
    emails = relations.emails(history)
    both = emails.merge(told, on="customer_id", how="left")
    assert both["consent_date"].notna().all()
    sent = both["sent_at"].dt.tz_localize(None)
    assert (sent >= both["consent_date"]).all()
    assert not (sent.dt.normalize() > both["ended_date"]).any()
    left = both[both["unsubscribed"]]
    since = (left["ended_date"] - left["sent_at"].dt.tz_localize(None).dt.normalize()).dt.days
    assert (left["end_reason"] == "unsubscribed").all()
    assert since.between(0, 5).all()


def test_delivery_counts_the_mails_of_both_logs():
    history = world()
    told = mail.mail_delivery(history)
    assert_declared("mail_delivery", told)
    arrived = told["sent"] - told["hard_bounced"] - told["soft_bounced"]
    assert (arrived == told["delivered"]).all()
    assert (told["complaints"] <= told["delivered"]).all()
    emails = relations.emails(history)
    emails = emails[~emails["held_out"]]
    week = emails["sent_at"].dt.tz_localize(None).dt.to_period("W").dt.start_time
    letters = told[told["mailing"] == "newsletter"].groupby("week")[["sent", "hard_bounced"]].sum()
    alive = letters["sent"] - letters["hard_bounced"]
    assert (week.value_counts().sort_index() == alive.tail(26)).all()
    flows = flow_emails.flow_emails(history)
    flows = flows[~flows["held_out"] & (flows["date"] >= told["week"].min())]
    counted = told[told["mailing"] != "newsletter"].groupby("mailing")["sent"].sum()
    assert counted.to_dict() == flows["flow"].value_counts().to_dict()


def test_one_provider_complains_more_from_a_week_on_and_the_truth_says_which():
    for seed in (1, 2, 3):
        history = world(seed)
        so = truth.delivery(history).set_index("domain")
        bad = so.index[so["since"].notna()]
        assert len(bad) == 1
        told = mail.mail_delivery(history).query("mailing == 'newsletter'")
        now = told[told["week"] >= so.loc[bad[0], "since"]]
        sums = now.groupby("domain")[["sent", "delivered", "complaints", "soft_bounced"]].sum()
        assert (sums["soft_bounced"] / sums["sent"]).idxmax() == bad[0]
        for name, row in sums.iterrows():
            expected = so.loc[name, "complaints_now"] * row["delivered"]
            assert abs(row["complaints"] - expected) < 4.5 * np.sqrt(expected) + 1, name


def test_the_test_of_pressure_gives_the_law_of_leaving_back():
    lost, size, rates = np.zeros(3), np.zeros(3), []
    for seed in (1, 2, 3):
        history = world(seed)
        told = mail.pressure_test(history)
        assert_declared("pressure_test", told)
        arm = np.searchsorted(mail.ARMS, told["mails_per_week"])
        lost += np.bincount(arm, weights=told["unsubscribed"], minlength=3)
        size += np.bincount(arm, minlength=3)
        person = told["customer_id"].str[1:].astype(int).to_numpy() - 1
        for trait in (history.people.order_rate, history.people.email_taste):
            rates.append(np.corrcoef(arm, trait[person])[0, 1] * np.sqrt(len(told)))
    assert np.allclose(size / size.sum(), mail.ARM_SHARES, atol=0.02)
    assert np.abs(rates).max() < 4
    hazard = crm.UNSUBSCRIBE * (1 - crm.EMAIL_HOLDOUT) * mail.ARMS**1.6
    low, high = (1 - (1 - hazard) ** (mail.TEST_LASTS * stay) for stay in (0.85, 1.0))
    error = 3 * np.sqrt(high / size)
    assert ((lost / size > low - error) & (lost / size < high + error)).all()
    assert 0.98 < (mail.ARM_SHARES * mail.ARMS**1.6).sum() < 1.02  # as many as in the market


def test_the_test_of_pressure_was_over_before_the_log_of_newsletters_begins():
    assert mail.TEST_WEEK + mail.TEST_LASTS <= 156 - relations.EMAIL_WEEKS
    assert mail.pressure_test(past(people=300, weeks=120, seed=1)) is None


def test_pressure_has_its_optimum_inside_and_the_lower_the_longer_ago_they_bought():
    before = play(begin(people=3000, weeks=156, seed=1), 104)
    so = truth.pressure(Rewind.of(before, play(before.copy(), 52)))
    wide = so.pivot(index="group", columns="mails_per_week", values="net_margin")
    best = wide.idxmax(axis=1)[list(truth.GROUPS)]
    assert (wide[0.0] == 0).all()
    assert (np.diff(best) <= 0).all()
    assert best.iloc[0] > best.iloc[-1]
    assert best.max() < 3
    lost = so.pivot(index="group", columns="mails_per_week", values="lost_in_a_year")
    assert (lost.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_a_market_of_a_few_people_and_weeks_has_mails_too():
    history = past(people=100, weeks=13, seed=1)
    assert_declared("consents", mail.consents(history))
    assert_declared("mail_delivery", mail.mail_delivery(history))


@pytest.mark.parametrize("table", [mail.consents, mail.mail_delivery])
def test_more_weeks_change_no_earlier_row(table):
    size = {"people": 800, "seed": 5}
    less, more = (table(play(begin(**size, weeks=60), weeks)) for weeks in (40, 46))
    if "week" in less:
        until = less["week"].max() - pd.Timedelta(
            weeks=3
        )  # mails whose days are not over come later
        less, more = (t[t["week"] <= until].reset_index(drop=True) for t in (less, more))
    else:
        more = more[more["customer_id"].isin(less["customer_id"])].reset_index(drop=True)
        more.loc[
            more["ended_date"] >= START + pd.Timedelta(weeks=40), ["ended_date", "end_reason"]
        ] = None
    pd.testing.assert_frame_equal(less, more, check_dtype=False)
