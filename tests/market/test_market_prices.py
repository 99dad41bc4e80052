"""Claims about seasons, costs and prices."""

import dataclasses

import numpy as np
import pytest

from mktlab.market import prices
from mktlab.market.world import CATEGORY_OF, LIST_CENTS, of_categories
from mktlab.plan.mix import BASE, Price, Promotion

BEANS, GIFT = 0, 3


@pytest.fixture(scope="module")
def climate():
    return prices.draw_climate(11, 520)


def test_a_longer_climate_begins_with_the_shorter_one(climate):
    short = prices.draw_climate(11, 60)
    for field in dataclasses.fields(short):
        assert np.array_equal(getattr(short, field.name), getattr(climate, field.name)[:60])


def test_gifts_sell_before_christmas_every_year(climate):
    monday = prices.START + 7 * np.arange(520)
    for year in range(2023, 2032):
        weeks = np.flatnonzero(monday.astype("M8[Y]").astype(int) + 1970 == year)
        peak = monday[weeks[climate.season[weeks, GIFT].argmax()]]
        assert np.datetime64(f"{year}-12-14") <= peak <= np.datetime64(f"{year}-12-22")


def test_price_tests_are_balanced_and_last_eight_weeks_of_seventeen(climate):
    assert climate.in_test[:26].tolist() == ([False] * 9 + [True] * 8) + [False] * 9
    assert (climate.test[~climate.in_test] == 0).all()
    tested = climate.test[climate.in_test]
    for arm in (-0.08, 0.0, 0.08):
        assert np.isclose(np.isclose(tested, arm).mean(), 1 / 3, atol=0.03)
    first = climate.test[9:17]
    assert (first == first[0]).all()


def test_price_tests_are_not_related_to_demand(climate):
    tested = climate.test[climate.in_test].mean(axis=1).reshape(-1)
    assert abs(np.corrcoef(tested, climate.shock[climate.in_test].reshape(-1))[0, 1]) < 0.1


def test_the_manager_raises_prices_when_demand_is_strong(climate):
    log_price = np.array([prices.set_prices(climate, w, BASE).log.mean(axis=0) for w in range(520)])
    beans = log_price[:, CATEGORY_OF == BEANS].mean(axis=1)
    assert np.corrcoef(beans, climate.shock[:, BEANS])[0, 1] > 0.3


def test_a_dearer_bean_market_reaches_the_shelf_by_the_pass_through(climate):
    dearer = dataclasses.replace(climate, green_cost=climate.green_cost + 0.1)
    change = prices.set_prices(dearer, 40, BASE).log - prices.set_prices(climate, 40, BASE).log
    expected = 0.1 * prices.PASS_THROUGH * of_categories("cost_exposure")[CATEGORY_OF]
    rounding = 1.0 / LIST_CENTS
    assert (np.abs(change - expected) < 2 * rounding).all()


def test_green_cost_is_charged_six_weeks_late(climate):
    assert (climate.green_cost[:6] == 0).all()
    assert (climate.green_cost[6:12] != 0).all()


def test_promotions_take_their_depth_off_the_regular_price(climate):
    taken_off = np.array([prices.promotions(climate, w, BASE) for w in range(520)])
    week, category = np.argwhere(taken_off > 0)[0]
    shelf = prices.set_prices(climate, int(week), BASE)
    assert shelf.on_promotion[category]
    off = 1 - shelf.shelf / shelf.regular
    promoted = category == CATEGORY_OF
    assert np.allclose(off[:, promoted], taken_off[week, category], atol=0.002)
    assert 0.6 * 0.16 <= taken_off[week, category] <= 1.4 * 0.16


def test_promotions_are_as_frequent_and_deep_as_planned_and_more_frequent_near_gifts(climate):
    taken_off = np.array([prices.promotions(climate, w, BASE) for w in range(520)])
    near = prices.gift_weeks(prices.weeks_of_year(520)) > 0.2
    for weeks, chance in [(~near, 0.13), (near, 1.6 * 0.13)]:
        promoted = taken_off[weeks] > 0
        assert abs(promoted.mean() - chance) < 4 * np.sqrt(chance / promoted.size)
    assert np.isclose(taken_off[taken_off > 0].mean(), 0.16, rtol=0.05)


def test_more_deals_are_the_same_deals_and_further_ones(climate):
    often = dataclasses.replace(BASE, promotion=Promotion(deal_chance=0.26))
    usual, more = (
        np.array([prices.promotions(climate, w, mix) for w in range(520)]) for mix in (BASE, often)
    )
    assert np.array_equal(more[usual > 0], usual[usual > 0])
    assert (more > 0).sum() > 1.5 * (usual > 0).sum()


def test_the_planned_price_level_moves_the_shelf(climate):
    dearer = dataclasses.replace(BASE, price=Price(beans=1.1))
    planned, usual = (prices.set_prices(climate, 3, mix).log for mix in (dearer, BASE))
    beans = CATEGORY_OF == BEANS
    assert np.allclose((planned - usual)[:, beans], np.log(1.1), atol=0.002)
    assert np.array_equal(planned[:, ~beans], usual[:, ~beans])


def test_competitors_react_rarely_and_weakly(climate):
    nothing, dearer = np.zeros(5), np.full(5, 0.1)
    reaction = [
        prices.competitor_prices(nothing, climate, w, our_last=dearer)
        - prices.competitor_prices(nothing, climate, w, our_last=nothing)
        for w in range(520)
    ]
    assert np.isclose(np.mean(reaction), 0.1 * 0.3 * 0.12, rtol=0.1)
    assert np.isclose(np.max(reaction), 0.1 * 0.12)


def test_the_exchange_leads_what_is_charged_by_six_weeks(climate):
    assert (climate.green_cost[6:] == climate.exchange[:-6]).all()
    assert (climate.green_cost[:6] == 0).all()
