"""Claims about the market around the company: who sells to its residents, and what a plan takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab import market
from mktlab.market import rivals
from mktlab.market.observed.sales import customer_ids, orders_and_lines
from mktlab.market.rivals import RIVALS, divide, standing
from mktlab.market.run import past
from mktlab.plan import Plan

NAMES = [rival.name for rival in RIVALS]


@pytest.fixture(scope="module")
def history():
    return past(people=3000, weeks=53, seed=4)


def rest(ours, need=100.0):
    return divide(ours, need, appeal=rivals.appeal(), closeness=rivals.closeness())


def test_the_shares_of_all_brands_add_to_1(history):
    sales = rivals.market(history).pivot(index="quarter", columns="brand", values="sales")
    need = rivals.weekly_need(history.seed, 53, 3000)
    number = rivals.quarters(53)
    spent = [need[number == quarter].sum() for quarter in np.unique(number)[:4]]
    assert np.allclose(sales.sum(axis=1), spent, atol=0.05)
    assert (sales > 0).all(axis=None)


def test_our_first_euro_is_taken_by_share_times_closeness():
    loss = (rest(0.0) - rest(1e-4)) / 1e-4
    assert np.allclose(loss, rivals.appeal() * rivals.closeness(), atol=1e-5)
    assert loss.sum() == pytest.approx(1)


@given(st.floats(0, 85), st.floats(0.5, 5))
def test_whatever_we_win_every_rival_loses_and_the_closest_the_greatest_part(ours, more):
    before, after = rest(ours), rest(ours + more)
    assert (before - after).sum() == pytest.approx(more)
    assert (after < before).all()
    kept = after / before
    assert (np.argsort(kept) == np.argsort(-rivals.closeness())).all()


def test_the_local_roaster_is_closest_and_the_own_label_farthest():
    near = rivals.closeness()
    assert NAMES[near.argmax()] == "Vasselin"
    assert NAMES[near.argmin()] == "Valmarché"


def test_a_company_that_sells_nearly_all_leaves_a_tenth():
    assert rivals.size(200.0, 100.0) == pytest.approx(200 / 0.9)
    assert rest(200.0).sum() == pytest.approx(200 / 9)
    assert (rest(200.0) > 0).all()


def test_the_need_moves_by_a_few_percent_and_is_what_was_assumed():
    years = []
    for seed in range(20):
        need = rivals.weekly_need(seed, 156, 1000)
        number = rivals.quarters(156)
        quarters = np.bincount(number - number[0], weights=need)
        assert np.abs(quarters / quarters.mean() - 1).max() < 0.15
        years.append(need.sum() / 3000)
    assert np.mean(years) == pytest.approx(rivals.NEED, rel=0.02)
    assert np.std(years) < 0.03 * rivals.NEED


def test_the_company_has_between_15_and_30_percent(history):
    ours = standing(history, 0)
    assert 0.15 < ours["market_share"] < 0.30
    assert 0.15 < standing(history, 0, expected=True)["market_share"] < 0.30


def test_what_the_company_sells_is_what_its_tables_say(history):
    table = rivals.market(history).query("brand == 'Maison Solane'")
    orders, _ = orders_and_lines(history)
    paid = orders[(orders["status"] == "paid") & (orders["order_date"] >= "2023-07-03")]
    paid = paid[paid["order_date"] < "2023-10-02"]
    third = table.iloc[2]
    net = (paid["revenue"] - paid["refunded"]).sum()
    assert third["sales"] == pytest.approx(1.055 * net, abs=0.01)
    assert third["buyers"] == paid["customer_id"].nunique()


def test_share_and_penetration_by_hand(history):
    orders, _ = orders_and_lines(history)
    paid = orders[(orders["status"] == "paid") & (orders["order_date"] >= "2023-12-18")]
    net = (paid["revenue"] - paid["refunded"]).sum()
    need = rivals.weekly_need(history.seed, 53, 3000)[50:].sum()
    told = standing(history, 50)
    assert told["market_share"] == pytest.approx(1.055 * net / need)
    assert told["penetration"] == paid["customer_id"].nunique() / history.people.residents
    assert paid["customer_id"].isin(customer_ids(np.arange(len(history.people)))).all()


def test_a_plan_that_sells_more_wins_share_and_its_closest_rival_loses_most():
    cheaper = Plan.baseline().but(
        budget=600_000, price=dict.fromkeys(("beans", "ground", "capsules", "gift", "tea"), 0.9)
    )
    season = market.start(cheaper, people=1500).advance(14)
    report = season.report().set_index("kpi")
    for kpi in ("market_share", "penetration"):
        assert report.loc[kpi, "value"] > report.loc[kpi, "baseline"]
    ours, usual = (
        rivals.market(run).tail(len(rivals.brands())).set_index("brand")["sales"]
        for run in (season._history, season._usual)
    )
    assert ours["Maison Solane"] > usual["Maison Solane"]
    assert ours.sum() == pytest.approx(usual.sum(), abs=0.05)
    kept = (ours / usual)[NAMES]
    assert (kept < 1).all()
    assert kept.idxmin() == "Vasselin"


def test_large_brands_have_more_buyers_and_nobody_more_than_the_town(history):
    table = rivals.market(history)
    assert (table["buyers"] < 3000).all()
    means = table.groupby("brand")["buyers"].mean()
    assert means.idxmax() == "Valmarché"
    assert means.idxmin() == "Vasselin"
