"""Claims about what an order holds."""

import numpy as np
import pytest

from mktlab.market import baskets, demand, prices
from mktlab.market.world import ONLINE, OUTLETS, draw_people, draw_taste

PEOPLE = draw_people(9, 8000)
SHELF = prices.set_prices(prices.draw_climate(9, 13), 12)
QUIET = np.zeros(5)
DEMAND = demand.react(draw_taste(9), SHELF, competitor=QUIET, season=QUIET, shock=QUIET)


def fill(count, **options):
    return baskets.fill_baskets(9, 12, PEOPLE, count, demand=DEMAND, prices=SHELF, **options)


@pytest.fixture(scope="module")
def full():
    return fill(np.full(len(PEOPLE), 3))


def test_an_order_does_not_depend_on_who_else_orders(full):
    everybody, all_lines = full
    count = np.zeros(len(PEOPLE), dtype=np.int64)
    count[[5, 70, 6000]] = 1, 3, 2
    some, some_lines = fill(count)
    for k, (person, number) in enumerate(zip(some.person, some.number, strict=True)):
        same = np.flatnonzero((everybody.person == person) & (everybody.number == number))[0]
        for field in baskets.Orders._fields:
            assert getattr(some, field)[k] == getattr(everybody, field)[same]
        mine, theirs = some_lines.order == k, all_lines.order == same
        for field in baskets.Lines._fields[1:]:
            mine_field = getattr(some_lines, field)[mine]
            assert np.array_equal(mine_field, getattr(all_lines, field)[theirs])


def test_every_order_has_lines_without_gaps(full):
    orders, lines = full
    assert np.array_equal(np.unique(lines.order), np.arange(len(orders.person)))
    sizes = np.bincount(lines.order)
    assert np.array_equal(sizes, 1 + np.bincount(lines.order, weights=lines.slot > 0))
    assert lines.slot.max() == baskets.MOST_EXTRA_LINES
    assert lines.quantity.min() == 1


def test_a_week_without_orders_is_possible():
    orders, lines = fill(np.zeros(len(PEOPLE), dtype=np.int64))
    assert len(orders.person) == len(lines.order) == 0


def test_nobody_orders_in_a_cafe_that_is_not_there(full):
    orders, _ = full
    cafe = orders.outlet == OUTLETS.index("cafe")
    assert cafe.any()
    assert (PEOPLE.zone[orders.person[cafe]] != ONLINE).all()


def test_cancelled_and_refunded_shares_are_the_stated_ones(full):
    orders, _ = full
    size = len(orders.person)
    refunded, in_full = orders.refund_share > 0, orders.refund_share == 1
    for share, expected in [
        (orders.cancelled, baskets.CANCELLED),
        (refunded, baskets.REFUNDED),
        (in_full, baskets.REFUNDED * baskets.REFUNDED_IN_FULL),
        (orders.refund_share, baskets.MEAN_REFUND),
    ]:
        assert abs(share.mean() - expected) < 4 * np.sqrt(expected / size)
    assert not (orders.cancelled & refunded).any()
    partly = orders.refund_share[refunded & ~in_full]
    assert ((partly >= 0.2) & (partly <= 0.8)).all()


def test_a_nicer_cafe_draws_orders_from_the_other_outlets(full):
    usual = full[0].outlet
    nicer = fill(np.full(len(PEOPLE), 3), outlet_lift=np.array([0, 0.5, 0]))[0].outlet
    cafe = OUTLETS.index("cafe")
    assert (nicer == cafe).sum() > (usual == cafe).sum()


def test_the_shelf_price_is_charged(full):
    orders, lines = full
    zone = PEOPLE.zone[orders.person[lines.order]]
    assert np.array_equal(lines.unit_cents, SHELF.shelf[zone, lines.product])
    regular = lines.unit_cents + lines.promotion_cents
    assert np.array_equal(regular, SHELF.regular[zone, lines.product])
