"""Intervals: by formula where there is one, else by a bootstrap that agrees with the formula."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mktlab
from mktlab import kpi
from mktlab.schema import MktlabError

TODAY = pd.Timestamp("2025-07-01")
Z = 1.959964


def firm(**tables):
    return SimpleNamespace(tables=tables, today=TODAY)


def orders_of(revenue, customers=None):
    number = [str(i) for i in range(len(revenue))]
    return pd.DataFrame(
        {
            "order_id": number,
            "customer_id": number if customers is None else customers,
            "order_date": pd.Timestamp("2025-03-01"),
            "revenue": revenue,
        }
    )


def interval(company, name, **arguments):
    (row,) = kpi.intervals(company, name, **arguments).itertuples(index=False)
    return row


@given(st.lists(st.integers(0, 10), min_size=2, max_size=60))
def test_nps_has_the_standard_error_of_its_formula(scores):
    answers = pd.DataFrame(
        {
            "response_id": [str(i) for i in range(len(scores))],
            "responded_date": pd.Timestamp("2025-03-01"),
            "nps": scores,
        }
    )
    row, n = interval(firm(survey_responses=answers), "nps"), len(scores)
    p, d = sum(s >= 9 for s in scores) / n, sum(s <= 6 for s in scores) / n
    error = 100 * np.sqrt((p + d - (p - d) ** 2) / n)
    assert np.isclose(row.value, 100 * (p - d))
    assert np.allclose([row.low, row.high], [row.value - Z * error, row.value + Z * error])


def test_the_bootstrap_of_a_mean_has_the_standard_error_of_a_mean():
    revenue = np.random.default_rng(5).lognormal(3, 0.6, 900).round(2)
    row = interval(firm(orders=orders_of(revenue)), "order_value", draws=4000)
    error = revenue.std() / np.sqrt(len(revenue))
    assert np.isclose((row.high - row.low) / (2 * Z), error, rtol=0.05)


def test_the_bootstrap_agrees_with_the_plain_loop():
    rng = np.random.default_rng(6)
    customers = rng.integers(0, 200, 900)
    revenue = (20 + 5 * (customers % 7) + rng.exponential(10, 900)).round(2)
    orders = orders_of(revenue, customers.astype(str))
    row = interval(firm(orders=orders), "order_value", draws=4000)
    totals = orders.groupby("customer_id")["revenue"].agg(["sum", "size"]).to_numpy()
    means = []
    for _ in range(2000):
        top, bottom = totals[rng.integers(0, len(totals), len(totals))].sum(axis=0)
        means.append(top / bottom)
    low, high = np.quantile(means, [0.025, 0.975])
    assert np.isclose(row.high - row.low, high - low, rtol=0.08)


def test_random_groups_leave_the_error_of_a_ratio_as_it_is():
    revenue = np.random.default_rng(7).lognormal(3, 0.6, 20_000).round(2)
    row = interval(firm(orders=orders_of(revenue)), "order_value", draws=4000)
    error = revenue.std() / np.sqrt(len(revenue))
    assert np.isclose((row.high - row.low) / (2 * Z), error, rtol=0.07)


def test_customers_are_drawn_and_not_orders():
    """Twenty orders of one customer are hardly more than one."""
    revenue = np.repeat(np.random.default_rng(8).uniform(10, 90, 50), 20)
    alone = interval(firm(orders=orders_of(revenue)), "order_value")
    together = interval(
        firm(orders=orders_of(revenue, np.repeat(np.arange(50), 20).astype(str))), "order_value"
    )
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_a_cost_per_customer_is_as_uncertain_as_the_customers():
    people = pd.DataFrame(
        {"customer_id": [str(i) for i in range(100)], "joined_date": pd.Timestamp("2025-03-01")}
    )
    spend = pd.DataFrame({"week": [pd.Timestamp("2025-03-03")], "spend": [5_000.0]})
    row = interval(firm(customers=people, ad_spend=spend), "cac")
    assert row.value == 50
    assert np.isclose(row.low, 5_000 / (100 + Z * 10))
    assert np.isclose(row.high, 5_000 / (100 - Z * 10))


def test_the_same_seed_gives_the_same_interval_and_a_level_widens_it():
    company = firm(orders=orders_of(np.arange(1.0, 60)))
    assert interval(company, "order_value") == interval(company, "order_value")
    narrow = interval(company, "order_value", level=0.5)
    wide = interval(company, "order_value", level=0.99)
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high


def test_a_share_of_the_market_has_the_errors_that_its_panel_states():
    panel = pd.DataFrame(
        {
            "quarter": pd.Timestamp("2025-01-01"),
            "brand": ["Ours", "Theirs", "others"],
            "households": 400,
            "buyers": [60, 200, 100],
            "sales": [200.0, 500.0, 300.0],
            "sales_error": [20.0, 30.0, 10.0],
        }
    )
    ours = SimpleNamespace(tables={"market_panel": panel}, today=TODAY, name="Ours")
    row = interval(ours, "market_share")
    error = np.sqrt(0.8**2 * 400 + 0.2**2 * (900 + 100)) / 1000
    assert np.allclose([row.value, row.low, row.high], [0.2, 0.2 - Z * error, 0.2 + Z * error])
    row = interval(ours, "penetration")
    assert np.isclose(row.high - 0.15, Z * np.sqrt(0.15 * 0.85 / 400))
    ours.tables["market_panel"] = panel.drop(columns="sales_error")
    row = interval(ours, "market_share")
    assert row.value == 0.2
    assert np.isnan([row.low, row.high]).all()


def test_one_customer_is_no_sample():
    row = interval(firm(orders=orders_of([20.0])), "order_value")
    assert row.value == 20
    assert np.isnan([row.low, row.high]).all()


def test_three_intervals_of_the_published_company_are_those_of_the_plain_loop():
    company = mktlab.load("solane")
    orders = company.orders[company.orders["order_date"] >= "2025-01-01"]
    orders = orders[(orders["status"] == "paid") & (orders["revenue"] >= 0.05)]
    orders = orders[orders["revenue"] > orders["refunded"]]
    kept = (orders["revenue"] - orders["refunded"]).groupby(orders["customer_id"])
    totals = kept.agg(["sum", "size"]).assign(buyers=1).to_numpy()
    rng = np.random.default_rng(9)
    lots = (totals[rng.integers(0, len(totals), len(totals))].sum(axis=0) for _ in range(2000))
    sales, purchases, buyers = np.array([totals.sum(axis=0), *lots]).T
    plain = {
        "order_value": sales / purchases,
        "purchase_frequency": purchases / buyers,
        "revenue_per_customer": sales / buyers,
    }
    table = kpi.intervals(company, list(plain), start="2025-01-01", draws=4000).set_index("kpi")
    for name, (value, *drawn) in plain.items():
        low, high = np.quantile(drawn, [0.025, 0.975])
        row = table.loc[name]
        assert np.isclose(row["value"], value), name
        assert np.isclose(row["high"] - row["low"], high - low, rtol=0.08), name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"names": "ad_spend"}, "ad_spend has no interval"),
        ({"names": "subscriptions"}, "subscriptions has no interval"),
        ({"level": 95}, "level is 95: give a number between 0 and 1"),
        ({"draws": 10}, "draws is 10: give a whole number of 100 or more"),
        ({"names": "order_valeu"}, "did you mean order_value"),
    ],
)
def test_what_has_no_interval_gets_a_sentence(arguments, said):
    with pytest.raises(MktlabError, match=said):
        kpi.intervals(firm(orders=orders_of([20.0, 30.0])), **arguments)
