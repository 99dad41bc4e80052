"""Claims about leads: what became of them, the list that fits the hours, and open deals by age."""

import numpy as np
import pandas as pd
import pytest

from mktlab import leads, uplift
from mktlab.schema import MktlabError

DAY = pd.Timestamp("2025-01-06")
WEEK = pd.Timedelta(weeks=1)


def some_leads(size=4000, seed=0, change=0.2):
    """Leads of two kinds; a call adds `change` to the chance of a restaurant alone."""
    rng = np.random.default_rng(seed)
    kind = np.where(rng.random(size) < 0.5, "hotel", "restaurant")
    called = rng.random(size) < 0.5
    chance = 0.1 + change * (called & (kind == "restaurant"))
    return pd.DataFrame(
        {
            "source": "fair",
            "kind": kind,
            "cups": 50,
            "downloads": rng.poisson(2, size),
            "called": called,
            "won": rng.random(size) < chance,
        }
    )


def made_deals(rate, weeks=120, lost_for_good=0.5, seed=0):
    """Deals opened each week; each week a live one is won with chance `rate`, or goes stale."""
    rng, rows = np.random.default_rng(seed), []
    for week in range(weeks):
        for _ in range(6):
            stale = rng.random() < lost_for_good
            waits = rng.geometric(rate)
            ends = week + waits
            done = not stale and ends < weeks
            rows.append(
                {
                    "opened_date": DAY + week * WEEK,
                    "closed_date": DAY + ends * WEEK if done else pd.NaT,
                    "stage": "won" if done else "offer",
                    "margin": 100.0,
                    "later": not stale and weeks <= ends < weeks + 13,
                }
            )
    return pd.DataFrame(rows), DAY + weeks * WEEK


def test_a_lead_without_call_and_deal_is_kept():
    one = pd.DataFrame({"lead_id": ["a"], "created_date": [DAY]})
    calls = pd.DataFrame({"lead_id": ["b"], "hours": [1.0]})
    deals = pd.DataFrame({"lead_id": ["b"], "stage": ["won"], "margin": [9.0]})
    row = leads.followed(one, calls, deals, today=DAY + WEEK).iloc[0]
    assert (row["called"], row["won"], row["age_weeks"]) == (False, False, 1.0)
    assert np.isnan(row["hours"])
    assert np.isnan(row["margin"])


def test_a_lost_deal_is_not_bought():
    one = pd.DataFrame({"lead_id": ["a"], "created_date": [DAY]})
    deals = pd.DataFrame({"lead_id": ["a"], "stage": ["lost"], "margin": [9.0]})
    rows = leads.followed(one, deals.assign(hours=1.0), deals, today=DAY)
    assert not rows["won"].any()


def test_features_are_numbers_and_hold_nothing_of_what_came_later():
    known = leads.features(some_leads(50).assign(margin=1.0, hours=2.0))
    assert set(known) == {
        "source_fair",
        "kind_hotel",
        "kind_restaurant",
        "log_cups",
        "downloads",
    }
    assert set(known.dtypes.astype(str)) == {"float64"}


def test_the_change_of_a_call_is_learned_from_the_draw():
    rows = some_leads()
    known = leads.features(rows)
    names = list(known)
    known = known.assign(won=rows["won"], called=rows["called"])
    change = uplift.effects(known, known, features=names, outcome="won", treated="called")
    by_kind = change.groupby(rows["kind"]).mean()
    assert by_kind["restaurant"] == pytest.approx(0.2, abs=0.05)
    assert by_kind["hotel"] == pytest.approx(0.0, abs=0.05)


def test_without_a_draw_there_is_one_clear_sentence():
    rows = some_leads(200).assign(age_weeks=40.0)
    with pytest.raises(MktlabError, match=r"column test says call or none"):
        leads.drawn(rows)
    few = rows.assign(test=["call"] * 199 + ["none"])
    with pytest.raises(MktlabError, match=r"for 50 leads"):
        leads.drawn(few)


def test_young_leads_are_not_in_the_draw():
    rows = some_leads(400).assign(test=["call", "none"] * 200, age_weeks=30.0)
    rows.loc[:99, "age_weeks"] = 25.0
    assert len(leads.drawn(rows)) == 300
    assert len(leads.drawn(rows, ripe_weeks=20)) == 400


def test_a_kind_that_never_bought_takes_the_mean_of_all():
    past = pd.DataFrame(
        {
            "kind": ["office", "hotel"],
            "cups": [10, 20],
            "won": [True, False],
            "margin": [300.0, np.nan],
            "hours": [1.0, np.nan],
        }
    )
    told = leads.worth(past, known=past)
    assert told["value"].tolist() == [300.0, 600.0]
    assert told["need"].tolist() == [1.0, 1.0]
    with pytest.raises(MktlabError, match=r"none was won"):
        leads.worth(past, known=past.assign(won=False))


def test_no_list_takes_more_hours_than_there_are():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"need": rng.uniform(0.5, 8, 200)})
    score = pd.Series(rng.random(200))
    for hours in (0.1, 10, 100, 10_000):
        called = leads.first_calls(rows, score, hours=hours)
        assert rows.loc[called, "need"].sum() <= hours + 1e-6
        if called.any() and not called.all():
            assert score[called].min() > score[~called].max()


def test_batches_hold_every_lead_once():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"need": rng.uniform(0.5, 4, 300)})
    gain = pd.Series(rng.normal(50, 30, 300))
    table = leads.next_hours(rows, gain, score=gain / rows["need"], step=50)
    assert table["calls"].sum() == 300
    assert table["gain"].sum() == pytest.approx(gain.sum())
    assert (table["per_hour"].diff().dropna() < 0).all()


def test_stale_deals_have_no_chance_and_young_ones_have():
    deals, today = made_deals(0.2)
    chances = leads.open_chances(deals, today=today)["chance"]
    assert chances[0] > 0.35
    assert chances[26] < 0.05


@pytest.mark.slow
def test_the_interval_of_a_forecast_holds_what_is_won_in_most_worlds():
    held = 0
    for seed in range(60):
        deals, today = made_deals(0.12, seed=seed)
        told = leads.forecast(deals, today=today)
        open_ones = deals[deals["closed_date"].isna()]
        held += told.low <= open_ones.loc[open_ones["later"], "margin"].sum() <= told.high
    assert held >= 51


def test_no_old_deal_is_one_clear_sentence():
    deals, _ = made_deals(0.2, weeks=4)
    with pytest.raises(MktlabError, match=r"none was opened"):
        leads.open_chances(deals, today=DAY + 4 * WEEK)
