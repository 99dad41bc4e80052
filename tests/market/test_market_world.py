"""Claims about who lives in the market and what is sold there."""

import dataclasses

import numpy as np
import pytest

from mktlab.market import world
from mktlab.plan.costs import GOODS
from mktlab.plan.mix import BASE


@pytest.fixture(scope="module")
def people():
    return world.draw_people(7, 40_000)


def test_the_first_persons_are_the_same_in_a_larger_market():
    few, many = world.draw_people(3, 500), world.draw_people(3, 900)
    assert few.residents < many.residents
    for field in dataclasses.fields(few):
        if field.name == "residents":
            continue
        assert np.array_equal(getattr(few, field.name), getattr(many, field.name)[:500])


def test_segments_have_the_shares_of_the_study(people):
    shares = np.bincount(people.segment) / len(people)
    assert np.allclose(shares, world.of_segments("share"), atol=4 * 0.5 / np.sqrt(len(people)))


def test_seven_persons_in_ten_live_in_one_of_the_cities_and_the_others_order_online(people):
    population = world.of_segments("share") @ world.zone_shares()
    assert np.isclose(population[: world.ONLINE].sum(), 0.70)
    assert np.isclose((people.zone < world.ONLINE).mean(), 0.70, atol=0.01)


def test_locals_live_where_a_cafe_is_and_nobody_walks_into_one_from_elsewhere(people):
    names = [s.name for s in world.SEGMENTS]
    local = people.segment == names.index("local")
    assert set(people.zone[local]) == set(world.CAFE_ZONES)
    walk_in = people.channel == world.CHANNELS.index("walk-in")
    assert set(people.zone[walk_in]) == set(world.CAFE_ZONES)
    assert np.isin(people.zone, world.CAFE_ZONES).mean() < 0.6  # most cities have none


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


def test_today_people_order_where_the_study_says_where_there_is_a_cafe():
    chances = world.outlet_chances(BASE)
    study = np.array([segment.outlets for segment in world.SEGMENTS])
    assert np.allclose(chances[:, world.CAFE_ZONES], study[:, None, :])
    assert np.allclose(chances.sum(axis=-1), 1)
    elsewhere = np.delete(chances, world.CAFE_ZONES, axis=1)
    assert (elsewhere[..., CAFE] == 0).all()
    ratio = (study[:, WEB] / study[:, MARKETPLACE])[:, None]
    assert np.allclose(elsewhere[..., WEB] / elsewhere[..., MARKETPLACE], ratio)


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
    change = (world.outlet_chances(mix) - world.outlet_chances(BASE))[:, world.CAFE_ZONES]
    assert (change[..., outlet] > 0).all()
    assert (np.delete(change, outlet, axis=-1) < 0).all()


GONE = mixed("place", marketplace=False)


def test_without_the_marketplace_the_other_outlets_keep_their_proportions():
    usual, gone = world.outlet_chances(BASE), world.outlet_chances(GONE)
    assert (gone[..., MARKETPLACE] == 0).all()
    kept = usual[..., :MARKETPLACE]
    assert np.allclose(gone[..., :MARKETPLACE], kept / kept.sum(axis=-1, keepdims=True))


def test_of_the_orders_of_an_outlet_that_closes_about_the_stated_share_goes_elsewhere():
    """A small outlet loses just `GO_ELSEWHERE` of its own; the larger it was, the more is kept."""
    marketplace = world.outlet_chances(BASE)[..., MARKETPLACE]
    lost = 1 - world.sold_share(GONE)
    assert np.allclose(world.sold_share(BASE), 1)
    share = lost / marketplace
    assert (share >= world.GO_ELSEWHERE).all()
    assert (share < world.GO_ELSEWHERE + 0.15).all()


def test_an_outlet_made_better_finds_more_orders_and_one_made_worse_fewer():
    for levers, way in [({"web_ease": 0.9}, 1), ({"web_ease": 0.3}, -1)]:
        assert (np.sign(world.sold_share(mixed("process", **levers)) - 1) == way).all()


def test_the_products_lie_in_the_price_ranges_of_their_family():
    ranges = {"BEA": (11, 17, 8), "GRO": (6, 9, 5), "CAP": (4, 6, 5), "GIF": (19, 55, 4)}
    ranges["TEA"] = (7, 12, 2)
    for family, (low, high, count) in ranges.items():
        prices = [p.shelf_price for p in world.PRODUCTS if p.product_id.startswith(family)]
        assert len(prices) == count
        assert low <= min(prices) <= max(prices) <= high
    assert (world.COST_CENTS < world.LIST_CENTS).all()
    assert (world.LIST_CENTS < world.LIST_SHELF).all()  # tax


def test_unit_costs_of_the_plan_are_those_of_the_products():
    """What a plan is checked with: the mean unit cost over the list price of each family."""
    for family, share in GOODS.items():
        mine = np.array([world.CATEGORIES[c].name == family for c in world.CATEGORY_OF])
        mean = (world.COST_CENTS[mine] / world.LIST_CENTS[mine]).mean()
        assert share == pytest.approx(mean, abs=0.02)


def test_margin_rates_differ_between_the_products_of_a_family():
    rate = 1 - world.COST_CENTS / world.LIST_CENTS
    for category in range(len(world.CATEGORIES)):
        assert np.ptp(rate[category == world.CATEGORY_OF]) > 0.03


def test_people_move_in_steadily_and_are_drawn_for_themselves():
    here, later = world.draw_people(7, 1000), world.draw_people(7, 1000, weeks=156)
    assert len(here) == here.residents == later.residents == 1000
    assert len(later) == 1000 + round(1000 * world.MOVE_IN * 3)
    for field in dataclasses.fields(here):
        if field.name != "residents":
            assert np.array_equal(getattr(here, field.name), getattr(later, field.name)[:1000])
    arrive = later.arrives_week[1000:]
    assert (later.arrives_week[:1000] == 0).all()
    assert (np.diff(arrive) >= 0).all()
    assert 1 <= arrive.min() <= arrive.max() <= 156
    assert np.ptp(np.bincount((arrive - 1) // 13)) <= 1
    assert not later.starts_as_customer[1000:].any()


def test_three_percent_of_those_who_live_here_move_away_within_a_year(people):
    stay = people.moves_week - people.arrives_week
    expected = 1 - np.exp(-world.MOVE_OUT)
    error = np.sqrt(expected / len(people))
    assert abs((stay <= 52).mean() - expected) < 4 * error


def test_labels_are_worth_their_part_on_average():
    taste = np.mean([world.draw_taste(seed) for seed in range(200)], axis=(0, 1))
    worth = dict(zip([p.product_id for p in world.PRODUCTS], taste, strict=True))
    error = 0.5 / np.sqrt(200 * 5)
    assert abs(worth["BEA-01"]) < 4 * error
    assert abs(worth["CAP-05"] - 0.85) < 4 * error
