"""Claims about the queue in the cafés: it settles, and more guests or baristas never sell less."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from levers import but

from mktlab.market import service
from mktlab.market.prices import draw_climate
from mktlab.plan.costs import (
    CAFES,
    GUESTS,
    GUESTS_PER_HOUR,
    OPENING_HOURS,
    PEAK_GUESTS,
    PEAK_HOURS,
    PEAK_STAFF,
    baristas_by_cafe,
    roster,
)
from mktlab.plan.mix import BASE, LEVERS

CLIMATE = draw_climate(3, 104)
MOST = LEVERS["people.baristas"].high
SIZE = np.array(list(CAFES.values()))
STAFF = np.array([roster(mean) for mean in baristas_by_cafe(BASE)]).T  # at peak, in calm hours
PART = np.array([[PEAK_GUESTS], [1 - PEAK_GUESTS]])
HOURS = OPENING_HOURS * np.array([[PEAK_HOURS], [1 - PEAK_HOURS]])
TODAY = PART * GUESTS * SIZE / SIZE.mean() / HOURS  # arrivals an hour, by part of the day and café
LOADS = np.geomspace(0.1, 3.0, 60)


def cafes(mix=BASE, week=40, scale=1.0, load=1.0, reputation=BASE.product.quality, **changes):
    """A week at the counters; `load` multiplies the guests, by way of advertising."""
    every = np.ones(len(CAFES))
    usual = {"awareness": 0.35 * every, "posts": 1.0, "buzz": 0.0}
    return service.run_cafes(
        8,
        week,
        CLIMATE,
        mix,
        scale=scale,
        advertising=np.log(load) / 0.8 * every,
        reputation=reputation,
        **usual | changes,
    )


def settled(load, servers=STAFF, speed=GUESTS_PER_HOUR):
    return service.settle(load * TODAY, servers, speed)


@given(load=st.floats(0.1, 3), more=st.floats(1, 30), skill=st.floats(0.7, 1.4))
def test_more_guests_never_sell_less_at_any_cafe_at_peak_or_in_calm_hours(load, more, skill):
    speed = GUESTS_PER_HOUR * skill
    assert (settled(load * more, speed=speed) >= settled(load, speed=speed) - 1e-9).all()


def test_sales_never_fall_when_advertising_brings_more_guests():
    sales = np.array([cafes(load=load).expected_sales for load in LOADS])
    assert (np.diff(sales, axis=0) >= -1e-9 * sales[1:]).all()
    assert (sales[-1] > 1.05 * cafes().expected_sales).all()  # even today a full counter sells more


@given(load=st.floats(0.1, 3), skill=st.floats(0.7, 1.4))
def test_as_many_join_as_a_queue_of_that_length_lets_join(load, skill):
    speed = GUESTS_PER_HOUR * skill
    joined = settled(load, speed=speed)
    wait = 60 * service.queue_wait(joined, STAFF, speed)
    assert np.allclose(joined, load * TODAY * service.staying(wait), rtol=1e-6)
    assert (joined <= STAFF * speed).all()


@given(load=st.floats(0.1, 3), baristas=st.floats(0.6, MOST), more=st.floats(0, 3))
def test_another_barista_never_lowers_sales(load, baristas, more):
    few, many = (
        np.array([roster(mean) for mean in baristas_by_cafe(but("people.baristas", number))]).T
        for number in (baristas, baristas + more)
    )
    assert (settled(load, many) >= settled(load, few) - 1e-9).all()


def test_a_larger_roster_never_lowers_sales_of_a_week():
    staff = np.linspace(LEVERS["people.baristas"].low, MOST, 20)
    sales = np.array([cafes(but("people.baristas", n)).expected_sales for n in staff])
    assert (np.diff(sales, axis=0) >= -1e-9 * sales[1:]).all()
    assert (sales[-1] > sales[0]).all()


def test_over_90_percent_buy_where_nobody_queues():
    weeks = [cafes(but("people.baristas", MOST), week=w) for w in range(52)]
    assert np.max([w.wait_minutes for w in weeks]) < 0.5
    sales, guests = (
        np.array([getattr(w, x) for w in weeks]).sum(axis=0) for x in ("sales", "visits")
    )
    assert (sales > 0.9 * guests).all()
    assert service.BUYERS * service.staying(np.zeros(1))[0] > 0.9


def test_the_peak_brings_its_share_of_the_guests():
    """With more baristas than guests nearly all who come join: their rate at peak is known."""
    busy = but("people.baristas", MOST)
    at_peak = PEAK_STAFF / (1 + PEAK_HOURS * (PEAK_STAFF - 1)) * baristas_by_cafe(busy)
    weeks = [cafes(busy, week=w) for w in range(104)]
    rate = np.array([w.utilization * at_peak * GUESTS_PER_HOUR for w in weeks]).sum(axis=0)
    guests = np.array([w.visits for w in weeks]).sum(axis=0)
    share = rate * PEAK_HOURS * OPENING_HOURS / guests
    assert np.allclose(share, PEAK_GUESTS, rtol=0.02)


def test_the_roster_is_the_stated_mean_of_the_opening_hours():
    at_peak, calm = roster(2.0)
    assert PEAK_HOURS * at_peak + (1 - PEAK_HOURS) * calm == pytest.approx(2.0)
    assert at_peak / calm == pytest.approx(PEAK_STAFF)


def test_waits_do_not_depend_on_the_size_of_the_market():
    few, many = cafes(scale=0.25), cafes(scale=4.0)
    assert np.allclose(few.wait_minutes, many.wait_minutes)
    assert np.allclose(16 * few.expected_sales, many.expected_sales)


def test_a_queue_of_16_minutes_turns_63_percent_away_and_one_of_4_only_6():
    assert 1 - service.staying(np.array([16.0, 4.0])) == pytest.approx([0.632, 0.061], abs=0.001)


def test_who_walks_out_buys_nothing_and_the_peak_alone_would_send_away_its_part():
    for load in (0.7, 1.0, 1.5):
        week, empty = cafes(load=load), cafes(but("people.baristas", MOST), load=load)
        stay = week.expected_sales / empty.expected_sales
        assert np.allclose(1 - week.walked_out, stay, atol=1e-3)
        assert (week.walked_out >= PEAK_GUESTS * (1 - service.staying(week.wait_minutes))).all()


def test_sales_are_as_expected_on_average():
    weeks = [cafes(week=w) for w in range(104)]
    gap = np.array([(w.sales - w.expected_sales).sum() for w in weeks])
    assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(len(gap))
    value = np.array(
        [w.revenue_cents.sum() / 100 - service.CAFE_TICKET * w.sales.sum() for w in weeks]
    )
    assert abs(value.mean()) < 3 * value.std() / np.sqrt(len(value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("people.baristas", 1.3 * BASE.people.baristas),
        ("people.training", 1.0),
        ("process.order_ahead", True),
    ],
)
def test_more_and_better_service_shortens_waits(path, value):
    assert (cafes(but(path, value)).wait_minutes < cafes().wait_minutes).all()


@pytest.mark.parametrize(
    "fuller",
    [
        {"mix": but("price.cafe", 0.9)},
        {"mix": but("physical_evidence.ambience", 0.9)},
        {"reputation": 0.9},
        {"load": 1.05},
        {"awareness": np.full(len(CAFES), 0.45)},
        {"posts": 2.0},
        {"buzz": 1.0},
        {"lift": 0.05},
    ],
)
def test_what_draws_guests_also_lengthens_waits(fuller):
    full, usual = cafes(**fuller), cafes()
    assert (full.wait_minutes > usual.wait_minutes).all()
    assert (full.visits >= usual.visits).all()
    assert full.visits.sum() > usual.visits.sum()


def test_better_coffee_draws_guests_only_once_it_is_talked_about():
    assert np.array_equal(cafes(but("product.quality", 0.9)).visits, cafes().visits)


def test_a_sale_costs_what_the_plan_says():
    dear, usual = cafes(but("price.cafe", 1.2)), cafes()
    each = [w.revenue_cents.sum() / w.sales.sum() for w in (dear, usual)]
    assert each[0] / each[1] == pytest.approx(1.2, rel=0.02)
