"""Claims about who lives in the market and what is sold there."""

import dataclasses

import numpy as np
import pytest

from mktlab.market import world
from mktlab.plan.mix import BASE


@pytest.fixture(scope="module")
def people():
    return world.draw_people(7, 40_000)


def test_the_first_persons_are_the_same_in_a_larger_market():
    few, many = world.draw_people(3, 500), world.draw_people(3, 900)
    for field in dataclasses.fields(few):
        assert np.array_equal(getattr(few, field.name), getattr(many, field.name)[:500])


def test_segments_have_the_shares_of_the_study(people):
    shares = np.bincount(people.segment) / len(people)
    assert np.allclose(shares, world.of_segments("share"), atol=4 * 0.5 / np.sqrt(len(people)))


def test_seven_persons_in_ten_live_in_a_cafe_city(people):
    population = world.of_segments("share") @ world.zone_shares()
    assert np.isclose(population[: world.ONLINE].sum(), 0.70)
    assert np.isclose((people.zone < world.ONLINE).mean(), 0.70, atol=0.01)


def test_locals_live_where_a_cafe_is_and_never_walk_into_one_from_elsewhere(people):
    names = [s.name for s in world.SEGMENTS]
    assert (people.zone[people.segment == names.index("local")] != world.ONLINE).all()
    walk_in = people.channel == world.CHANNELS.index("walk-in")
    assert walk_in.any()
    assert (people.zone[walk_in] != world.ONLINE).all()


def test_order_rates_average_to_the_segment_rate(people):
    for k, segment in enumerate(world.SEGMENTS):
        rates = people.order_rate[people.segment == k]
        error = rates.std() / np.sqrt(len(rates))
        assert abs(rates.mean() - segment.order_rate) < 4 * error


def test_loyalty_members_select_themselves(people):
    member = people.loyalty_member
    naive = people.order_rate[member].mean() / people.order_rate[~member].mean()
    assert naive > 1.5


def test_one_in_ten_never_sees_social_advertising_whoever_they_are(people):
    held_out = people.social_holdout
    error = np.sqrt(0.1 * 0.9 / len(people))
    assert abs(held_out.mean() - 0.1) < 3 * error
    for trait in (people.order_rate, people.patience, people.segment, people.zone):
        gap = trait[held_out].mean() - trait[~held_out].mean()
        assert abs(gap) < 3 * trait.std() / np.sqrt(held_out.sum())


def test_a_taste_for_mail_is_a_third_on_average_and_seven_in_ten_ask_for_it(people):
    assert people.email_taste.mean() == pytest.approx(2 / 6, abs=0.01)
    assert people.email_opt_in.mean() == pytest.approx(0.70, abs=0.01)


def mixed(group, **levers):
    changed = dataclasses.replace(getattr(BASE, group), **levers)
    return dataclasses.replace(BASE, **{group: changed})


WEB, CAFE, MARKETPLACE = range(3)


def test_today_people_order_where_the_study_says():
    chances = world.outlet_chances(BASE)
    study = np.array([segment.outlets for segment in world.SEGMENTS])
    assert np.allclose(chances[:, : world.ONLINE], study[:, None, :])
    assert np.allclose(chances.sum(axis=-1), 1)
    assert (chances[:, world.ONLINE, CAFE] == 0).all()


@pytest.mark.parametrize(
    ("mix", "outlet"),
    [
        (mixed("process", web_ease=0.9), WEB),
        (mixed("place", delivery_days=2.0), WEB),
        (mixed("place", free_shipping_from=30.0), WEB),
        (mixed("physical_evidence", ambience=0.9), CAFE),
    ],
)
def test_an_outlet_made_better_takes_orders_from_the_others(mix, outlet):
    change = (world.outlet_chances(mix) - world.outlet_chances(BASE))[:, : world.ONLINE]
    assert (change[..., outlet] > 0).all()
    assert (np.delete(change, outlet, axis=-1) < 0).all()


def test_without_the_marketplace_its_shoppers_go_where_the_others_go():
    usual = world.outlet_chances(BASE)
    gone = world.outlet_chances(mixed("place", marketplace=False))
    assert (gone[..., MARKETPLACE] == 0).all()
    kept = usual[..., :MARKETPLACE]
    assert np.allclose(gone[..., :MARKETPLACE], kept / kept.sum(axis=-1, keepdims=True))


def test_24_products_lie_in_the_price_ranges_of_their_family():
    ranges = {"BEA": (11, 16, 8), "GRO": (6, 9, 5), "CAP": (4, 6, 5), "GIF": (19, 45, 4)}
    ranges["TEA"] = (7, 12, 2)
    for family, (low, high, count) in ranges.items():
        prices = [p.list_price for p in world.PRODUCTS if p.product_id.startswith(family)]
        assert len(prices) == count
        assert low <= min(prices) <= max(prices) <= high
    assert (world.COST_CENTS < world.LIST_CENTS).all()


def test_labels_are_worth_their_part_on_average():
    taste = np.mean([world.draw_taste(seed) for seed in range(200)], axis=(0, 1))
    worth = dict(zip([p.product_id for p in world.PRODUCTS], taste, strict=True))
    error = 0.5 / np.sqrt(200 * 5)
    assert abs(worth["BEA-01"]) < 4 * error
    assert abs(worth["CAP-05"] - 0.85) < 4 * error
