"""Claims about seasons, costs, price tests and competitors."""

import dataclasses

import numpy as np
import pytest

from mktlab.market import prices

GIFT = 3


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
        assert np.datetime64(f"{year}-12-11") <= peak <= np.datetime64(f"{year}-12-18")


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


def test_green_cost_is_charged_six_weeks_late(climate):
    assert (climate.green_cost[:6] == 0).all()
    assert (climate.green_cost[6:12] != 0).all()


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
