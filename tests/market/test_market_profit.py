"""Claims about the books: they add up, and say what the order tables say."""

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from levers import but

from mktlab.market import profit
from mktlab.market.observed import observe
from mktlab.market.prices import START
from mktlab.market.week import begin, play
from mktlab.market.world import COST_CENTS, OUTLETS, PRODUCTS
from mktlab.plan.costs import BOX_GOODS, OVERHEAD, QUALITY_GOODS, RENT, weekly_costs
from mktlab.plan.mix import BASE, CHANNELS, LEVERS, Mix

PEOPLE, WEEKS, SEEDS = 3000, 78, (1, 2, 3)

money = st.floats(0, 1e6)
count = st.floats(0, 1e4)
three = st.lists(count, min_size=3, max_size=3).map(np.array)
sold_weeks = st.builds(
    profit.Sold,
    orders=three,
    sales=three,
    goods=money,
    shipping=money,
    member_sales=money,
    newcomers=count,
    referred=count,
    cafe_guests=count,
    cafe_sales=money,
    boxes=count,
    unheard=count,
)


@st.composite
def mixes(draw):
    """Any decision on all levers."""
    groups = {}
    for field in dataclasses.fields(Mix):
        levers = {x.name: x for x in LEVERS.values() if x.group == field.name}
        chosen = {
            name: draw(st.booleans() if isinstance(x.base, bool) else st.floats(x.low, x.high))
            for name, x in levers.items()
        }
        groups[field.name] = dataclasses.replace(getattr(BASE, field.name), **chosen)
    return Mix(**groups)


def cents(amount):
    return round(100 * amount)


@given(sold=sold_weeks, mix=mixes(), spend=money, scale=st.floats(0.01, 20))
def test_accounts_add_up_to_the_profit_to_the_cent(sold, mix, spend, scale):
    accounts = profit.book(sold, mix, spend=spend, scale=scale)
    total = accounts.pop("profit")
    assert sum(map(cents, accounts.values())) == cents(total)
    for name, amount in accounts.items():
        assert amount == cents(amount) / 100
        assert amount >= 0 if name in profit.REVENUE else amount <= 0


NOTHING = profit.Sold(np.zeros(3), np.zeros(3), 0.0, 0.0, 0.0)


@given(mix=mixes(), scale=st.floats(0.05, 20))
def test_a_week_without_customers_costs_what_the_plan_costs(mix, scale):
    costs = weekly_costs(mix)
    spend = sum(cost for path, cost in costs.items() if path.split(".")[1] in CHANNELS)
    accounts = profit.book(NOTHING, mix, spend=scale * spend, scale=scale)
    fixed = scale * (sum(costs.values()) + RENT + OVERHEAD)
    assert accounts["profit"] == pytest.approx(-fixed, abs=0.005 * len(accounts))


def test_the_books_of_a_small_week_by_hand():
    sold = profit.Sold(
        orders=np.array([10.0, 5.0, 4.0]),
        sales=np.array([400.0, 150.0, 100.0]),
        goods=280.0,
        shipping=19.6,
        member_sales=200.0,
        referred=1.0,
        cafe_sales=1000.0,
        boxes=2.0,
        unheard=3.0,
    )
    accounts = profit.book(sold, BASE, spend=50.0, scale=0.01)
    expected = {
        "shop sales": 650.0,
        "café sales": 1000.0,
        "boxes": 46.0,
        "shipping fees": 19.6,
        "goods": -280.0,
        "café goods": -1000 * profit.CAFE_GOODS,
        "box goods": -2 * BOX_GOODS,
        "delivery": -54.0,
        "payment fees": -25.73,  # 1.5 % of 1,715.60
        "marketplace fees": -15.0,
        "advertising": -50.0,
        "points": -4.2,  # 70 % of the 3 % of 200 earned
        "referral rewards": -10.0,
        "goodwill": -105.0,  # three times 35
        "rent": -RENT / 100,
        "overhead": -OVERHEAD / 100,
    }
    assert expected.items() <= accounts.items()


def test_better_coffee_costs_more_and_a_dearer_menu_does_not():
    sold = NOTHING._replace(cafe_sales=1000.0, boxes=10.0)
    better = profit.book(sold, but("product.quality", 1.0), spend=0.0, scale=1.0)
    dear = 1 + 0.4 * QUALITY_GOODS
    assert better["café goods"] == -round(1000 * profit.CAFE_GOODS * dear, 2)
    assert better["box goods"] == -round(10 * BOX_GOODS * dear, 2)
    # The same money from a menu that is 25 % dearer is fewer cups.
    dearer = profit.book(sold, but("price.cafe", 1.25), spend=0.0, scale=1.0)
    assert dearer["café goods"] == -216.0


def test_faster_delivery_costs_by_the_day():
    sold = NOTHING._replace(orders=np.array([100.0, 50.0, 50.0]))
    for days, cost in [(4.0, -540.0), (3.0, -540.0), (1.0, -760.0)]:
        mix = but("place.delivery_days", days)
        assert profit.book(sold, mix, spend=0.0, scale=1.0)["delivery"] == cost


@functools.cache
def played(seed):
    return play(begin(people=PEOPLE, weeks=WEEKS, seed=seed), WEEKS)


@functools.cache
def books(which):
    """Accounts of all weeks and seeds, and the counts behind them."""
    rows = []
    for seed in SEEDS:
        history = played(seed)
        for week in history.weeks:
            sold = getattr(week, which)
            spend = float(week.spend.sum())
            row = profit.book(sold, week.mix, spend=spend, scale=history.people.scale)
            row |= {f"orders by {o}": n for o, n in zip(OUTLETS, sold.orders, strict=True)}
            row |= {f"sales by {o}": n for o, n in zip(OUTLETS, sold.sales, strict=True)}
            row |= {k: getattr(sold, k) for k in ("member_sales", "newcomers", "cafe_guests")}
            rows.append(row)
    return pd.DataFrame(rows)


CHANCE = [
    *("profit", "shop sales", "café sales", "shipping fees", "goods", "delivery", "payment fees"),
    *("marketplace fees", "points", "referral rewards", "newcomers", "member_sales"),
    *("cafe_guests", *(f"{what} by {o}" for what in ("orders", "sales") for o in OUTLETS)),
]


@pytest.mark.parametrize("account", CHANCE)
def test_what_came_is_what_was_expected_within_chance(account):
    """Surprises of 234 weeks do not depend on each other, because each week expects anew.

    So the error of their sum is their spread times the root of their number: about 1 % of shop
    sales, .3 % of café sales, 4 % of the year's profit. 2.6 errors are 99 % of the cases.
    """
    surprise = books("sold")[account] - books("expected")[account]
    error = surprise.std() * np.sqrt(len(surprise))
    assert abs(surprise.sum()) < 2.6 * error


def test_the_error_of_that_comparison_is_small():
    surprise = books("sold") - books("expected")
    error = surprise.std() * np.sqrt(len(surprise)) / books("expected").sum().abs()
    assert error["shop sales"] < 0.01
    assert error["café sales"] < 0.003
    assert error["profit"] < 0.05


def test_what_does_not_hang_on_chance_is_booked_alike():
    sold, expected = books("sold"), books("expected")
    for account in ("boxes", "advertising", "baristas", "quality", "rent", "overhead"):
        assert np.array_equal(sold[account], expected[account])


def by_week(dates):
    return ((dates - pd.Timestamp(START)).dt.days // 7).to_numpy()


def test_shop_sales_are_what_the_order_tables_say():
    history = played(1)
    orders = observe(history)["orders"]
    paid = orders[orders["status"] == "paid"]
    kept = (100 * (paid["revenue"] - paid["refunded"])).round()
    from_tables = np.bincount(by_week(paid["order_date"]), weights=kept, minlength=WEEKS)
    booked = [cents(week.sold.sales.sum()) for week in history.weeks]
    assert from_tables.tolist() == booked


def test_shop_sales_are_what_the_order_lines_say():
    history = played(1)
    tables = observe(history)
    lines = tables["order_lines"]
    amount = (lines["quantity"] * (100 * lines["unit_price"]).round()).groupby(lines["order_id"])
    orders = tables["orders"].set_index("order_id")
    paid = orders[orders["status"] == "paid"]
    kept = amount.sum()[paid.index] - (100 * paid["refunded"]).round()
    assert kept.sum() == sum(cents(week.sold.sales.sum()) for week in history.weeks)


def test_shipping_fees_are_what_the_order_tables_say():
    history = played(1)
    orders = observe(history)["orders"]
    paid = orders[orders["status"] == "paid"]
    fees = np.bincount(by_week(paid["order_date"]), weights=paid["shipping"], minlength=WEEKS)
    assert fees.sum() > 0
    assert np.allclose(fees, [week.sold.shipping for week in history.weeks])
    charged = paid[paid["shipping"] > 0]
    assert (charged["outlet"] == "web").all()
    assert (charged["revenue"] < BASE.place.free_shipping_from).all()


def test_goods_are_the_pieces_that_left_at_the_cost_of_the_week():
    history = played(1)
    for week, record in enumerate(history.weeks[:20]):
        factor = profit.goods_factor(history.climate, week, BASE)
        family = {"BEA": 0, "GRO": 1, "CAP": 2, "GIF": 3, "TEA": 4}
        total = 0
        for order, product, quantity in zip(
            record.lines.order, record.lines.product, record.lines.quantity, strict=True
        ):
            if not record.orders.cancelled[order]:
                today = factor[family[PRODUCTS[product].product_id[:3]]]
                total += quantity * round(COST_CENTS[product] * today)
        assert cents(record.sold.goods) == total


def test_goods_cost_the_standard_when_coffee_does_and_follow_it_by_its_share():
    climate = dataclasses.replace(played(1).climate, green_cost=np.array([0.0, np.log(1.2)]))
    assert np.allclose(profit.goods_factor(climate, 0, BASE), 1)
    dearer = profit.goods_factor(climate, 1, BASE)
    assert np.allclose(dearer, [1.09, 1.09, 1.05, 1.01, 1.02])
    better = profit.goods_factor(climate, 1, but("product.quality", 1.0))
    assert np.allclose(better, (1 + 0.4 * QUALITY_GOODS) * dearer)
