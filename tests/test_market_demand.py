"""Claims about how people answer prices."""

import numpy as np
import pytest

from mktlab.market import demand
from mktlab.market.world import (
    CATEGORY_OF,
    PRODUCTS,
    SEGMENTS,
    ZONES,
    Conditions,
    draw_people,
    draw_taste,
)

TASTE = draw_taste(4)
LOG_PRICE = np.random.default_rng(1).normal(0, 0.1, (len(ZONES), len(PRODUCTS)))


def expected_demand(log_price):
    """Demand by product and by category: the product of its three steps."""
    pull = demand.attraction(TASTE, log_price)
    by_category = demand.category_demand(
        demand.price_index(pull, TASTE),
        competitor=np.full(5, 0.02),
        season=np.linspace(-0.1, 0.4, 5),
        shock=np.full(5, 0.03),
        on_promotion=np.array([1.0, 0, 0, 1, 0]),
    )
    week = demand.Demand(demand.market_shares(pull), np.empty(0), by_category)
    return week.by_product, week.by_category


def slope(which, change, step=1e-4):
    """Finite difference of log demand, per unit of log price."""
    up, down = (expected_demand(LOG_PRICE + s * step * change)[which] for s in (1, -1))
    return (np.log(up) - np.log(down)) / (2 * step)


@pytest.mark.parametrize("product", range(len(PRODUCTS)))
def test_product_elasticity_is_the_slope_of_demand(product):
    only_this = (np.arange(len(PRODUCTS)) == product).astype(float)
    formula = demand.sku_elasticity(demand.market_shares(demand.attraction(TASTE, LOG_PRICE)))
    assert np.allclose(slope(0, only_this)[..., product], formula[..., product], rtol=1e-3)


@pytest.mark.parametrize("category", range(5))
def test_category_elasticity_is_the_slope_of_demand(category):
    all_of_it = (category == CATEGORY_OF).astype(float)
    formula = demand.category_elasticity()[:, None, category]
    assert np.allclose(slope(1, all_of_it)[..., category], formula, rtol=1e-3)


def test_normal_prices_give_normal_demand():
    level = np.zeros((len(ZONES), len(PRODUCTS)))
    pull = demand.attraction(TASTE, level)
    index = demand.price_index(pull, TASTE)
    assert np.allclose(index, 0)
    usual = np.zeros(5)
    by_category = demand.category_demand(
        index, competitor=usual, season=usual, shock=usual, on_promotion=usual
    )
    assert np.allclose(by_category.sum(axis=-1), 1)


def test_price_index_follows_a_common_change():
    pull = demand.attraction(TASTE, LOG_PRICE)
    dearer = demand.attraction(TASTE, LOG_PRICE + 0.05)
    change = demand.price_index(dearer, TASTE) - demand.price_index(pull, TASTE)
    assert np.allclose(change, 0.05)


def test_market_shares_sum_to_one_in_each_category():
    shares = demand.market_shares(demand.attraction(TASTE, LOG_PRICE))
    assert np.allclose(demand.category_sum(shares), 1)


def test_bargain_hunters_are_the_most_price_sensitive():
    names = [s.name for s in SEGMENTS]
    assert (demand.category_elasticity().argmin(axis=0) == names.index("bargain")).all()


def usual_rates(conditions, people, stock=0.0):
    by_product, by_category = expected_demand(np.zeros_like(LOG_PRICE))
    week = demand.Demand(by_product, np.empty(0), by_category)
    who = np.arange(len(people))
    satisfaction = np.full(len(people), 7.0)
    stock_at_home = np.full(len(people), stock)
    orders = demand.order_rate(
        people,
        who,
        week,
        satisfaction=satisfaction,
        promotion_stock=stock_at_home,
        conditions=conditions,
    )
    return orders, demand.joining_rate(people, who, week, conditions=conditions)


def test_advertising_in_a_zone_lifts_that_zone_by_the_segments_sensitivity():
    people = draw_people(2, 500)
    lift = np.zeros(len(ZONES))
    lift[3] = 0.1
    usual, _ = usual_rates(Conditions(), people)
    lifted, _ = usual_rates(Conditions(advertising_lift=lift), people)
    sensitivity = np.array([s.ad_sensitivity for s in SEGMENTS])[people.segment]
    assert np.allclose(np.log(lifted / usual), 0.1 * sensitivity * (people.zone == 3))


def test_awareness_is_proportional_to_joining_and_leaves_orders_alone():
    people = draw_people(2, 500)
    orders, joining = usual_rates(Conditions(), people)
    less_known = usual_rates(Conditions(awareness=0.14), people)
    assert np.array_equal(less_known[0], orders)
    assert np.allclose(less_known[1], 0.4 * joining)


def test_a_full_shelf_at_home_delays_the_next_order():
    people = draw_people(2, 50)
    usual, full = (usual_rates(Conditions(), people, stock)[0] for stock in (0.0, 1.0))
    assert np.allclose(full / usual, np.exp(-0.55))


def test_a_satisfied_customer_leaves_less():
    chance = demand.leaving_chance(np.full(11, 0.01), np.arange(11.0))
    assert (np.diff(chance) < 0).all()
    assert np.isclose(chance[7], 1 - np.exp(-0.01))
