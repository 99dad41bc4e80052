"""Claims about the shelf: regular prices that stay, promotions that keep the law, tax."""

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from levers import but

from mktlab.market import prices, shelf
from mktlab.market.observed import sales
from mktlab.market.run import past
from mktlab.market.world import CATEGORY_OF, LIST_SHELF, PRODUCTS, VAT, ZONES, of_categories
from mktlab.plan.mix import BASE, DEAL_GAP, DEAL_WEEKS, LEVERS

SEEDS, WEEKS = range(10), 208
BEANS = CATEGORY_OF == 0


def shelves(climate, mix=BASE):
    """The prices of all weeks, and the regular ones as a review left them, log over list."""
    state, weeks, base = shelf.Shelf.at_start(), [], []
    for week in range(len(climate)):
        state, shown = shelf.set_prices(state, climate, week, mix)
        weeks.append(shown)
        base.append(state.base)
    return weeks, np.array(base)


@functools.cache
def drawn(seed):
    climate = prices.draw_climate(seed, WEEKS)
    return climate, *shelves(climate)


def of(weeks, what):
    return np.array([getattr(week, what) for week in weeks])


@given(cents=st.floats(5, 9999))
def test_a_price_ends_in_0_5_or_9_and_is_the_nearest_that_does(cents):
    price = int(shelf.ending(np.array([cents]))[0])
    allowed = [c for c in range(int(cents) - 9, int(cents) + 12) if c >= 5 and c % 10 in (0, 5, 9)]
    assert price in allowed
    assert abs(price - cents) == pytest.approx(min(abs(c - cents) for c in allowed))


def test_every_price_on_the_shelf_has_an_ending():
    _, weeks, _ = drawn(1)
    for what in ("regular", "shelf"):
        assert np.isin(of(weeks, what) % 10, (0, 5, 9)).all()


def test_regular_prices_are_the_same_in_all_zones_but_for_price_tests():
    climate, weeks, _ = drawn(1)
    regular = of(weeks, "regular")
    spread = np.ptp(regular, axis=1)
    assert (spread[~climate.in_test] == 0).all()
    assert (spread[climate.in_test] > 0).any()


def test_a_test_moves_a_zone_s_price_by_its_step():
    climate, weeks, base = drawn(1)
    regular = of(weeks, "regular")
    expected = LIST_SHELF * np.exp(base)[:, None, :] * (1 + climate.test[..., CATEGORY_OF])
    assert (np.abs(regular - expected) <= 2.5 + 1e-9).all()  # endings are 5 cents apart at most


def test_a_regular_price_changes_at_most_at_its_review():
    reviewed = {}
    for seed in SEEDS:
        _, _, base = drawn(seed)
        week, product = np.argwhere(np.diff(base, axis=0) != 0).T
        for p, w in zip(product, week + 1, strict=True):
            reviewed.setdefault(p, set()).add(w % shelf.REVIEW_EVERY)
    assert len(reviewed) == len(PRODUCTS)
    assert all(len(weeks) == 1 for weeks in reviewed.values())


def test_a_review_changes_a_price_by_what_is_worth_new_labels():
    changes = np.abs(np.diff(drawn(1)[2], axis=0))
    assert changes[changes > 0].min() >= shelf.WORTH_CHANGING


def test_4_to_12_percent_of_the_regular_prices_change_in_a_month():
    """9 to 12 % do in the trade (Nakamura & Steinsson, 2008)."""
    share = [(np.diff(drawn(seed)[2], axis=0) != 0).mean() * 52 / 12 for seed in SEEDS]
    assert 0.04 < np.mean(share) < 0.12


def test_the_manager_sets_a_higher_price_when_demand_is_strong_at_the_review():
    """The trap for who only correlates: the shock that moves sales moves the price, too."""
    price, shock = [], []
    for seed in SEEDS:
        climate, _, base = drawn(seed)
        week, product = np.argwhere(np.diff(base, axis=0) != 0).T
        price.append(base[week + 1, product])
        shock.append(climate.shock[week + 1, CATEGORY_OF[product]])
    assert np.corrcoef(np.concatenate(price), np.concatenate(shock))[0, 1] > 0.5


def quiet(weeks=60, **changes):
    """Weeks without shocks, tests, promotions or moods of the reviewers."""
    climate = prices.draw_climate(1, weeks)
    nothing = ("shock", "test", "review_noise", "green_cost")
    silent = {name: np.zeros_like(getattr(climate, name)) for name in nothing}
    return dataclasses.replace(
        climate, promotion_lot=np.ones_like(climate.promotion_lot), **silent | changes
    )


def test_a_dearer_bean_market_reaches_the_shelf_by_the_pass_through_at_the_next_review():
    climate = quiet(green_cost=np.where(np.arange(60) >= 5, 0.2, 0.0))
    _, base = shelves(climate)
    expected = 0.2 * prices.PASS_THROUGH * of_categories("cost_exposure")[CATEGORY_OF]
    expected = np.where(expected >= shelf.WORTH_CHANGING, expected, 0.0)
    assert (expected[BEANS] > 0).all()
    assert (expected == 0).any()
    assert (base[4] == 0).all()
    assert np.allclose(base[5 + shelf.REVIEW_EVERY], expected)
    assert (base[5] != expected).any()  # not all prices are reviewed in one week


def test_the_planned_price_level_moves_the_shelf_at_once():
    (planned, _), (usual, _) = (shelves(quiet(3), mix) for mix in (but("price.beans", 1.1), BASE))
    change = planned[0].log - usual[0].log
    assert np.allclose(change[:, BEANS], np.log(1.1), atol=0.003)
    assert (change[:, ~BEANS] == 0).all()


@pytest.mark.parametrize("share", [0.05, BASE.promotion.deal_chance, 0.2, shelf.DEAL_WEEKS / 7])
def test_promotions_take_nearly_the_planned_share_of_the_weeks(share):
    """A little more where there is room, since gift weeks start them more readily."""
    mix = but("promotion.deal_chance", share)
    promoted = [
        np.mean([w.on_promotion for w in shelves(prices.draw_climate(seed, WEEKS), mix)[0]])
        for seed in SEEDS
    ]
    assert 0.95 * share < np.mean(promoted) < 1.2 * share


def test_the_limit_of_a_plan_is_what_the_law_leaves():
    most = DEAL_WEEKS / (DEAL_WEEKS + DEAL_GAP)
    assert LEVERS["promotion.deal_chance"].high == pytest.approx(most, abs=0.01)
    assert LEVERS["promotion.deal_chance"].high <= most


def test_promotions_start_more_readily_near_gifts():
    starts, weeks = np.zeros(2), np.zeros(2)
    for seed in SEEDS:
        _, shown, _ = drawn(seed)
        promoted = of(shown, "on_promotion")
        near = prices.gift_weeks(prices.weeks_of_year(WEEKS))[1:] > 0.2
        start = promoted[1:] & ~promoted[:-1]
        for k, some in enumerate((near, ~near)):
            starts[k] += start[some].sum()
            weeks[k] += some.sum() * promoted.shape[1]
    rates = starts / weeks
    assert rates[0] > 1.2 * rates[1]


def test_a_promotion_is_as_deep_as_planned_on_average_and_keeps_its_depth():
    depths = []
    for seed in SEEDS:
        off = of(drawn(seed)[1], "off")
        start = (off[1:] > 0) & (off[:-1] == 0)
        depths.extend(off[1:][start])
        both = (off[1:] > 0) & (off[:-1] > 0)
        assert np.array_equal(off[1:][both], off[:-1][both])
    planned = BASE.promotion.deal_depth
    assert np.mean(depths) == pytest.approx(planned, rel=0.05)
    assert 0.6 * planned <= min(depths) <= max(depths) <= 1.4 * planned


def test_no_deals_planned_no_deals():
    weeks, _ = shelves(prices.draw_climate(1, 60), but("promotion.deal_chance", 0.0))
    assert not of(weeks, "on_promotion").any()
    assert np.array_equal(of(weeks, "shelf"), of(weeks, "regular"))


@pytest.fixture(scope="module")
def published():
    """The table `prices` of a company: a row per week, zone and product."""
    history = past(people=300, weeks=156, seed=2)
    return sales.prices(history), sales.products(), history


def grid(table, column):
    """(weeks, zones, products)."""
    return table[column].to_numpy().reshape(-1, len(ZONES), len(PRODUCTS))


def promotions(table):
    """First and last week of each promotion, by zone and product."""
    on = np.pad(grid(table, "on_promotion"), ((1, 1), (0, 0), (0, 0))).astype(int)
    change = np.diff(on, axis=0).transpose(1, 2, 0)
    starts, ends = np.argwhere(change == 1), np.argwhere(change == -1)
    assert np.array_equal(starts[:, :2], ends[:, :2])
    return [(z, p, s, e - 1) for (z, p, s), e in zip(starts, ends[:, 2], strict=True)]


def test_a_promoted_price_is_off_the_lowest_of_the_30_days_before(published):
    """Code de la consommation, L112-1-1, from what anyone can read on the shelf."""
    table, _, history = published
    price = np.rint(100 * grid(table, "shelf_price")).astype(int)
    checked = 0
    for zone, product, first, last in promotions(table):
        if first * 7 < 30:
            continue
        monday = 7 * first
        days = np.arange(monday - 30, monday)
        reference = price[np.unique(days // 7), zone, product].min()
        assert (price[first : last + 1, zone, product] < reference).all()
        week = history.weeks[first].prices
        said = week.off[CATEGORY_OF[product]]
        least = min(reference, week.regular[zone, product])
        assert abs(price[first, zone, product] - least * (1 - said)) <= 2.5 + 1e-9
        checked += 1
    assert checked > 1000


def test_30_days_lie_between_two_promotions_of_a_family_and_each_lasts_two_weeks(published):
    table, products, _ = published
    family = products["category"].to_numpy()
    last_of, longest = {}, len(table) // (len(ZONES) * len(PRODUCTS)) - 1
    for zone, product, first, last in sorted(promotions(table), key=lambda p: p[2]):
        assert last - first + 1 == DEAL_WEEKS or last == longest
        of_family = [z for z in last_of if z[0] == family[product] and z[1] == zone]
        before = max((last_of[z] for z in of_family if last_of[z] < first), default=-99)
        assert 7 * (first - before - 1) >= 30
        last_of[family[product], zone, product] = last


def test_a_family_is_on_promotion_everywhere_or_nowhere(published):
    table, products, _ = published
    family = table.merge(products[["product_id", "category"]])
    share = family.groupby(["week", "category"])["on_promotion"].mean()
    assert share.isin([0, 1]).all()


def test_the_company_gets_the_shelf_price_less_tax_to_the_cent(published):
    table, products, _ = published
    rate = table["product_id"].map(products.set_index("product_id")["vat_rate"])
    net = table["shelf_price"] / (1 + rate)
    assert (table["price"] - net).abs().max() <= 0.005 + 1e-9
    assert set(products["vat_rate"]) == set(VAT)
    listed = pd.Series([p.shelf_price for p in PRODUCTS]) / (1 + products["vat_rate"])
    assert (products["list_price"] - listed).abs().max() <= 0.005 + 1e-9


@given(path=st.sampled_from(["price.beans", "price.gift"]), level=st.floats(0.5, 3))
def test_a_promotion_after_a_change_of_plan_is_off_the_lowest_price_too(path, level):
    """A price that was raised a week before cannot be the reference."""
    climate = prices.draw_climate(3, 40)
    state, shown = shelf.Shelf.at_start(), []
    for week in range(40):
        mix = but(path, level if week >= 20 else 1.0)
        state, now = shelf.set_prices(state, climate, week, mix)
        shown.append(now)
    price = of(shown, "shelf")
    promoted = of(shown, "on_promotion")
    starts = np.argwhere(promoted[1:] & ~promoted[:-1])
    assert len(starts)
    for before, category in starts[starts[:, 0] >= DEAL_GAP]:
        week = before + 1
        mine = category == CATEGORY_OF
        lowest = price[week - DEAL_GAP : week, :, mine].min(axis=0)
        assert (lowest > price[week, :, mine].T).all()
