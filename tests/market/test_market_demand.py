"""Claims about how people answer prices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.market import demand
from mktlab.market.prices import draw_climate
from mktlab.market.shelf import Shelf, set_prices
from mktlab.market.world import (
    CATEGORY_OF,
    PRODUCTS,
    SEGMENTS,
    ZONES,
    draw_people,
    draw_taste,
)
from mktlab.plan.mix import BASE, Mix, Price

TASTE = draw_taste(4)
LEVELS = st.floats(0.5, 3)  # of all prices over list
LOG_PRICE = np.random.default_rng(1).normal(0, 0.1, (len(ZONES), len(PRODUCTS)))


def week_at(log_price):
    """Demand of a week at these prices: the product of its three steps."""
    pull = demand.attraction(TASTE, log_price)
    index = demand.price_index(pull, TASTE)
    by_category = demand.category_demand(
        index,
        competitor=np.full(5, 0.02),
        season=np.linspace(-0.1, 0.4, 5),
        shock=np.full(5, 0.03),
        on_promotion=np.array([1.0, 0, 0, 1, 0]),
    )
    return demand.Demand(demand.market_shares(pull), index, by_category)


def slope(what, log_price, change, step=1e-4):
    """Finite difference of log demand, per unit of log price."""
    up, down = (getattr(week_at(log_price + s * step * change), what) for s in (1, -1))
    return (np.log(up) - np.log(down)) / (2 * step)


@given(level=LEVELS)
@pytest.mark.parametrize("product", range(0, len(PRODUCTS), 5))
def test_product_elasticity_is_the_slope_of_demand_at_any_price(product, level):
    only_this = (np.arange(len(PRODUCTS)) == product).astype(float)
    log_price = LOG_PRICE + np.log(level)
    formula = demand.sku_elasticity(week_at(log_price))[..., product]
    assert np.allclose(slope("by_product", log_price, only_this)[..., product], formula, rtol=1e-3)


@given(level=LEVELS)
@pytest.mark.parametrize("category", range(5))
def test_category_elasticity_is_the_slope_of_demand_at_any_price(category, level):
    all_of_it = (category == CATEGORY_OF).astype(float)
    log_price = LOG_PRICE + np.log(level)
    formula = demand.category_elasticity(week_at(log_price).log_price_index)[..., category]
    found = slope("by_category", log_price, all_of_it)[..., category]
    assert np.allclose(found, formula, rtol=1e-3)


def test_the_dearer_a_family_is_the_more_its_demand_answers():
    """So its revenue has a peak: a constant elasticity above 1 would have none."""
    levels = np.log([0.5, 1.0, 2.0, 3.0])
    answers = np.array([demand.category_elasticity(np.full((5, 13, 5), level)) for level in levels])
    assert (np.diff(answers, axis=0) < 0).all()
    assert np.allclose(answers / answers[1], np.exp(levels)[:, None, None, None])


def test_a_price_rise_of_one_percent_does_what_the_elasticity_says_within_2_percent():
    """Through cents and shelf prices: the whole way from the plan to the demand."""
    climate = draw_climate(4, 30)
    dearer = Mix(price=Price(beans=1.01 * BASE.price.beans))
    usual, raised = (
        demand.react(
            TASTE,
            set_prices(Shelf.at_start(), climate, 20, mix)[1],
            competitor=np.zeros(5),
            season=climate.season[20],
            shock=climate.shock[20],
        )
        for mix in (BASE, dearer)
    )
    change = np.log(raised.by_category[..., 0] / usual.by_category[..., 0])
    step = raised.log_price_index[..., 0] - usual.log_price_index[..., 0]
    formula = demand.category_elasticity(usual.log_price_index)[..., 0]
    assert np.allclose(step, np.log(1.01), rtol=0.25)  # prices end in 0, 5 or 9
    assert np.allclose(change / step, formula, rtol=0.02)
    assert np.array_equal(raised.by_category[..., 1:], usual.by_category[..., 1:])


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
    at_list = demand.category_elasticity(np.zeros((5, 13, 5)))
    assert (at_list.argmin(axis=0) == names.index("bargain")).all()


def usual_rates(conditions, people, stock=0.0):
    week = week_at(np.zeros_like(LOG_PRICE))
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
    lift = np.zeros((len(ZONES), 2))
    lift[3] = 0.1
    usual, _ = usual_rates(demand.Conditions(), people)
    lifted, _ = usual_rates(demand.Conditions(advertising_lift=lift), people)
    sensitivity = np.array([s.ad_sensitivity for s in SEGMENTS])[people.segment]
    assert np.allclose(np.log(lifted / usual), 0.1 * sensitivity * (people.zone == 3))


def test_the_holdout_is_lifted_by_its_own_advertising():
    people = draw_people(2, 500)
    lift = np.tile([0.3, 0.1], (len(ZONES), 1))
    _, usual = usual_rates(demand.Conditions(acquisition_lift=0.0), people)
    _, lifted = usual_rates(demand.Conditions(acquisition_lift=lift), people)
    expected = np.where(people.social_holdout, 0.1, 0.3)
    assert people.social_holdout.any()
    assert np.allclose(np.log(lifted / usual), expected)


def test_awareness_is_proportional_to_joining_and_leaves_orders_alone():
    people = draw_people(2, 500)
    orders, joining = usual_rates(demand.Conditions(), people)
    less_known = usual_rates(demand.Conditions(awareness=0.14), people)
    assert np.array_equal(less_known[0], orders)
    assert np.allclose(less_known[1], 0.4 * joining)


def test_a_full_shelf_at_home_delays_the_next_order():
    people = draw_people(2, 50)
    usual, full = (usual_rates(demand.Conditions(), people, stock)[0] for stock in (0.0, 1.0))
    assert np.allclose(full / usual, np.exp(-demand.STOCK_EFFECT))


def test_wishes_that_find_no_outlet_lower_orders_and_joining_alike():
    people = draw_people(2, 500)
    share = np.linspace(0.4, 1.0, 65).reshape(5, 13)
    usual = usual_rates(demand.Conditions(), people)
    fewer = usual_rates(demand.Conditions(sold_share=share), people)
    of_person = share[people.segment, people.zone]
    for one, other in zip(usual, fewer, strict=True):
        assert np.allclose(other, of_person * one)


def test_joining_rates_of_zones_are_those_of_the_persons_who_live_there():
    people = draw_people(2, 500)
    lift = np.linspace(-0.5, 0.5, 2 * len(ZONES)).reshape(-1, 2)
    conditions = demand.Conditions(acquisition_lift=lift)
    week = week_at(LOG_PRICE)
    of_persons = demand.joining_rate(people, np.arange(500), week, conditions=conditions)
    of_zones = demand.joining_rates(week, conditions)
    held_out = people.social_holdout.astype(int)
    assert np.array_equal(of_persons, of_zones[people.segment, people.zone, held_out])


def test_discontented_newcomers_more_often_order_once_and_never_again():
    people = draw_people(2, 50)
    who = np.arange(50)
    usual, less = (demand.one_time_chance(people, who, np.full(50, s)) for s in (7.0, 5.0))
    assert np.allclose(usual, demand.of_segments("one_time_share")[people.segment])
    assert np.allclose(less / usual, np.exp(0.5))


def test_a_satisfied_customer_leaves_less():
    chance = demand.leaving_chance(np.full(11, 0.01), np.arange(11.0))
    assert (np.diff(chance) < 0).all()
    assert np.isclose(chance[7], 1 - np.exp(-0.01))
