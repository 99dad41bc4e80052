"""Claims about the tables an analyst sees."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.observed import observe
from mktlab.market.run import past as run
from mktlab.tables import TABLES


@pytest.fixture(scope="module")
def history():
    return run(people=1500, weeks=30, seed=12)


@pytest.fixture(scope="module")
def tables(history):
    return observe(history)


def cents(money):
    return (money * 100).round().astype(int)


def test_tables_are_as_declared_and_empty_only_where_they_may(tables):
    for name, table in tables.items():
        assert_declared(name, table)
        assert len(table), name
        for column in TABLES[name].columns:
            if column.name in table and not column.nullable:
                assert table[column.name].notna().all(), (name, column.name)


def test_keys_join(tables):
    for name, table in tables.items():
        for column in TABLES[name].columns:
            if column.refers_to and column.name in table:
                known = tables[column.refers_to][column.name]
                assert table[column.name].dropna().isin(known).all(), (name, column.name)


def test_lines_add_up_to_their_order(tables):
    orders, lines = tables["orders"].set_index("order_id"), tables["order_lines"]
    assert (cents(lines["amount"]) == lines["quantity"] * cents(lines["unit_price"])).all()
    for of_order, of_line in [("revenue", "amount"), ("discount", "discount")]:
        total = cents(lines[of_line]).groupby(lines["order_id"]).sum()
        assert (total == cents(orders[of_order])).all()


def test_money_is_whole_cents(tables):
    for name, table in tables.items():
        money = [c.name for c in TABLES[name].columns if c.kind == "money" and c.name in table]
        for column in money:
            amounts = table[column].dropna()
            assert np.array_equal(amounts, amounts.round(2)), (name, column)


def test_refunds_stay_within_revenue_and_cancelled_orders_have_none(tables):
    orders = tables["orders"]
    assert (orders["refunded"] <= orders["revenue"]).all()
    assert (orders.loc[orders["status"] == "cancelled", "refunded"] == 0).all()


def test_small_web_orders_pay_for_delivery(tables):
    orders = tables["orders"]
    pays = (orders["outlet"] == "web") & (orders["revenue"] < 45)
    assert orders["shipping"].equals(pays * 4.9)


def test_order_numbers_follow_the_calendar(tables):
    orders = tables["orders"]
    assert orders["order_date"].is_monotonic_increasing
    assert orders["order_id"].is_monotonic_increasing
    assert orders["order_date"].min() >= pd.Timestamp("2023-01-02")
    assert orders["order_date"].max() < pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=30)


def test_customers_are_those_who_ever_ordered(tables):
    customers, orders = tables["customers"], tables["orders"]
    old = customers["joined_date"] < "2023-01-02"
    assert (customers["joined_date"].min() >= pd.Timestamp("2021-01-02")) and old.any()
    assert customers.loc[~old, "customer_id"].isin(orders["customer_id"]).all()


def test_prices_are_the_prices_charged(history, tables):
    lines, orders, prices = tables["order_lines"], tables["orders"], tables["prices"]
    sold = lines.merge(orders[["order_id", "customer_id", "order_date"]]).merge(
        tables["customers"][["customer_id", "zone"]]
    )
    sold["week"] = sold["order_date"] - pd.to_timedelta(sold["order_date"].dt.day_of_week, unit="D")
    priced = sold.merge(prices, on=["week", "zone", "product_id"], validate="many_to_one")
    assert len(priced) == len(lines)
    assert priced["unit_price"].equals(priced["price"])
    assert ((priced["discount"] > 0) == priced["on_promotion"]).all()


def test_price_tests_are_told_to_the_analyst(history, tables):
    prices = tables["prices"]
    told = prices.groupby("week")["price_test"].agg(lambda arms: set(arms))
    for week, tested in enumerate(history.climate.in_test[:30]):
        expected = {"lower", "same", "higher"} if tested else {"no test"}
        assert told.iloc[week] == expected


def test_costs_of_the_day_are_those_of_the_books(history, tables):
    """The goods of each week are its paid pieces at the cost that the table tells."""
    orders = tables["orders"].query("status == 'paid'")
    lines = tables["order_lines"].merge(orders[["order_id", "order_date"]])
    day = lines["order_date"]
    lines["week"] = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    costed = lines.merge(tables["product_costs"], on=["week", "product_id"], validate="many_to_one")
    assert len(costed) == len(lines)
    goods = (costed["quantity"] * cents(costed["unit_cost"])).groupby(costed["week"]).sum()
    booked = [round(100 * week.sold.goods) for week in history.weeks]
    assert goods.tolist() == booked


def test_costs_of_the_day_follow_green_coffee_and_standard_costs_do_not(history, tables):
    costs = tables["product_costs"].merge(
        tables["products"][["product_id", "category", "unit_cost"]],
        on="product_id",
        suffixes=("", "_standard"),
    )
    over = (costs["unit_cost"] / costs["unit_cost_standard"]).groupby(
        [costs["week"], costs["category"]]
    )
    by_week = over.mean().unstack()
    green = history.climate.green_cost[:30]
    assert np.corrcoef(by_week["beans"], green)[0, 1] > 0.99
    assert by_week["beans"].std() > 2 * by_week["gift"].std()
    assert np.allclose(by_week.to_numpy()[green == 0], 1, atol=0.005)


def test_mean_margin_rates_differ_between_the_products_of_a_family(tables):
    """So what a family earns hangs on which of its products sells."""
    sold = tables["order_lines"].merge(tables["products"][["product_id", "category", "unit_cost"]])
    sums = (
        sold.assign(cost=sold["quantity"] * sold["unit_cost"])
        .groupby(["category", "product_id"])[["amount", "cost"]]
        .sum()
    )
    rate = 1 - sums["cost"] / sums["amount"]
    apart = rate.groupby("category").agg(np.ptp)
    assert (apart > 0.02).all()
    assert (apart > 0.05).sum() >= 3
