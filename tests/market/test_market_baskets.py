"""Claims about what an order holds."""

import dataclasses

import numpy as np
import pytest

from mktlab.market import baskets, demand, prices
from mktlab.market.shelf import Shelf, set_prices, without_tax
from mktlab.market.world import (
    CAFE_ZONES,
    CATEGORY_OF,
    OUTLETS,
    draw_people,
    draw_taste,
    outlet_chances,
)
from mktlab.plan.mix import BASE, PhysicalEvidence, Place

PEOPLE = draw_people(9, 8000)
CLIMATE = prices.draw_climate(9, 13)
CLIMATE.promotion_lot[12] = 0, 1, 0, 1, 1  # beans and capsules are on promotion
_, SHELF = set_prices(Shelf.at_start(), CLIMATE, 12, BASE)
QUIET = np.zeros(5)
DEMAND = demand.react(draw_taste(9), SHELF, competitor=QUIET, season=QUIET, shock=QUIET)


def fill(count, mix=BASE, late_share=0.04):
    return baskets.fill_baskets(
        9,
        12,
        PEOPLE,
        count,
        demand=DEMAND,
        prices=SHELF,
        outlets=outlet_chances(mix),
        late_share=late_share,
        promised_days=mix.place.delivery_days,
    )


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
    assert np.isin(PEOPLE.zone[orders.person[cafe]], CAFE_ZONES).all()


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
    mix = dataclasses.replace(BASE, physical_evidence=PhysicalEvidence(ambience=1.5))
    nicer = fill(np.full(len(PEOPLE), 3), mix)[0].outlet
    cafe = OUTLETS.index("cafe")
    assert (nicer == cafe).sum() > (usual == cafe).sum()
    assert (nicer[usual == cafe] == cafe).mean() > 0.9  # the others move, not they


def test_nobody_orders_on_a_marketplace_that_was_left(full):
    gone = fill(np.full(len(PEOPLE), 3), dataclasses.replace(BASE, place=Place(marketplace=False)))
    marketplace = OUTLETS.index("marketplace")
    assert (full[0].outlet == marketplace).any()
    assert (gone[0].outlet != marketplace).all()


def test_the_stated_share_of_parcels_is_late_and_nothing_else_is(full):
    orders, _ = fill(np.full(len(PEOPLE), 3), late_share=0.3)
    parcel = (orders.outlet == OUTLETS.index("web")) & ~orders.cancelled
    error = np.sqrt(0.3 * 0.7 / parcel.sum())
    assert abs(orders.late[parcel].mean() - 0.3) < 3 * error
    assert not orders.late[~parcel].any()
    assert (orders.late >= full[0].late).all()  # whoever was late before still is


def test_a_late_parcel_comes_after_the_promised_day_and_the_others_do_not(full):
    orders, _ = full
    parcel = (orders.outlet == OUTLETS.index("web")) & ~orders.cancelled
    promised = BASE.place.delivery_days
    assert (orders.delivery_days[orders.late] > promised).all()
    assert (orders.delivery_days[parcel & ~orders.late] <= promised).all()
    assert (orders.delivery_days[parcel] >= 1).all()
    assert (orders.delivery_days[~parcel] == 0).all()


def test_a_late_parcel_brings_five_times_the_requests():
    orders, _ = fill(np.full(len(PEOPLE), 3), late_share=0.5)
    parcel = (orders.outlet == OUTLETS.index("web")) & ~orders.cancelled
    for some, asks in [(parcel & orders.late, 5), (parcel & ~orders.late, 1)]:
        expected = baskets.TICKETS_PER_ORDER + asks * baskets.TICKETS_PER_PARCEL
        error = np.sqrt(expected * (1 - expected) / some.sum())
        assert abs(orders.ticket[some].mean() - expected) < 3 * error
    assert not orders.ticket[orders.cancelled].any()


def test_expected_pieces_are_the_mean_of_the_drawn_ones(full):
    orders, lines = full
    placed, weighted = (
        np.histogram2d(
            PEOPLE.segment, PEOPLE.zone, bins=[np.arange(6), np.arange(14)], weights=weight
        )[0]
        for weight in (np.full(len(PEOPLE), 3.0), 3 * PEOPLE.basket_size)
    )
    expected = baskets.pieces_per_order(DEMAND, placed, weighted).sum(axis=(0, 1))
    category = CATEGORY_OF[lines.product]
    drawn = np.bincount(category, weights=lines.quantity)
    of_order = np.bincount(
        lines.order * 5 + category, weights=lines.quantity, minlength=5 * len(orders.person)
    )
    error = of_order.reshape(-1, 5).std(axis=0) * np.sqrt(len(orders.person))
    assert (error < 0.04 * expected).all()
    assert (np.abs(drawn - expected) < 3 * error).all()


def test_a_line_pays_the_shelf_price_without_tax(full):
    orders, lines = full
    zone = PEOPLE.zone[orders.person[lines.order]]
    assert np.array_equal(lines.unit_cents, SHELF.net[zone, lines.product])
    regular = lines.unit_cents + lines.promotion_cents
    assert np.array_equal(regular, without_tax(SHELF.regular)[zone, lines.product])
    promoted = SHELF.on_promotion[CATEGORY_OF[lines.product]]
    assert promoted.any()
    assert ((lines.promotion_cents > 0) == promoted).all()
