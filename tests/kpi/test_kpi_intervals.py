"""Intervals: one formula, which agrees with the textbook's for a mean, a share and a score."""

from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import mktlab
from mktlab import kpi
from mktlab.schema import MktlabError

TODAY = pd.Timestamp("2025-07-01")
Z, T = 1.959964, stats.t.ppf(0.975, 99)


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


def answers_of(scores, people=None, **more):
    number = [str(i) for i in range(len(scores))]
    return pd.DataFrame({"response_id": number, "nps": scores}).assign(
        customer_id=number if people is None else people,
        responded_date=pd.Timestamp("2025-03-01"),
        **more,
    )


def wilson(p, n):
    """The ends of a share of n people (statsmodels)."""
    return proportion_confint(p * n, n, method="wilson")


@given(st.lists(st.integers(0, 10), min_size=2, max_size=60))
def test_nps_has_the_standard_error_of_its_formula(scores):
    """sqrt((p + d - (p - d)^2) / (n - 1)), kept between -100 and 100 as a share between 0 and 1."""
    row, n = interval(firm(survey_responses=answers_of(scores)), "nps"), len(scores)
    p, d = sum(s >= 9 for s in scores) / n, sum(s <= 6 for s in scores) / n
    share, variance = (1 + p - d) / 2, (p + d - (p - d) ** 2) / (n - 1) / 4
    known = variance > 1e-12 and 0 < share < 1
    ends = np.array(wilson(share, share * (1 - share) / variance if known else n))
    assert np.isclose(row.value, 100 * (p - d))
    assert np.allclose([row.low, row.high], 200 * ends - 100)
    assert row.high - row.low > 0


def test_five_promoters_do_not_prove_a_score_of_60():
    """Of five people all five: by Wilson, 57% or more; if the others are detractors, 13 or more."""
    company = firm(survey_responses=answers_of([10] * 5))
    row = interval(company, "nps")
    assert (row.value, row.high) == (100, 100)
    assert np.isclose(row.low, 200 / (1 + Z**2 / 5) - 100)
    verdict = kpi.against_targets(kpi.intervals(company, "nps"), {"nps": 60})
    assert verdict["status"].item() == "too early to tell"


def test_a_share_of_nobody_or_of_all_has_a_width():
    mails = pd.DataFrame({"customer_id": [str(n) for n in range(50)], "campaign_id": "a"}).assign(
        sent_at=pd.Timestamp("2025-03-01", tz="UTC"), opened=True, clicked=False
    )
    none, all_ = (interval(firm(emails=mails), name) for name in ("email_click_rate", "open_rate"))
    assert np.allclose([none.low, none.high], wilson(0, 50))
    assert np.allclose([all_.low, all_.high], wilson(1, 50))


def test_an_order_value_has_the_standard_error_of_a_mean():
    revenue = np.random.default_rng(5).lognormal(3, 0.6, 900).round(2)
    row = interval(firm(orders=orders_of(revenue)), "order_value")
    ends = stats.t.interval(0.95, 899, revenue.mean(), stats.sem(revenue))
    assert np.allclose([row.low, row.high], ends)


def test_a_ratio_of_sums_has_the_error_that_a_survey_of_clusters_has():
    """Against the bootstrap: customers are drawn anew, and the orders of one come together."""
    rng = np.random.default_rng(6)
    customers = rng.integers(0, 200, 900)
    revenue = (20 + 5 * (customers % 7) + rng.exponential(10, 900)).round(2)
    orders = orders_of(revenue, customers.astype(str))
    row = interval(firm(orders=orders), "order_value")
    totals = orders.groupby("customer_id")["revenue"].agg(["sum", "size"]).to_numpy()
    weights = rng.multinomial(len(totals), [1 / len(totals)] * len(totals), 4000)
    tops, bottoms = (weights @ totals).T
    low, high = np.quantile(tops / bottoms, [0.025, 0.975])
    assert np.isclose(row.high - row.low, high - low, rtol=0.06)


def test_customers_are_drawn_and_not_orders():
    """Twenty orders of one customer are hardly more than one."""
    revenue = np.repeat(np.random.default_rng(8).uniform(10, 90, 50), 20)
    alone = interval(firm(orders=orders_of(revenue)), "order_value")
    together = interval(
        firm(orders=orders_of(revenue, np.repeat(np.arange(50), 20).astype(str))), "order_value"
    )
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_four_answers_of_one_person_are_hardly_more_than_one():
    """Whoever is content is so in every quarter: a hundred people answered, not four hundred."""
    scores = np.repeat(np.random.default_rng(3).integers(5, 11, 100), 4)
    more = {"service": scores.astype(float)}
    once = firm(survey_responses=answers_of(scores[::4], service=scores[::4].astype(float)))
    again = firm(
        survey_responses=answers_of(scores, np.repeat(np.arange(100), 4).astype(str), **more)
    )
    apart = firm(survey_responses=answers_of(scores, **more))
    for name in ("nps", "service_rating"):
        one, four, wrong = (interval(company, name) for company in (once, again, apart))
        assert np.allclose(one[1:], four[1:])
        assert four.high - four.low > 1.9 * (wrong.high - wrong.low)


@pytest.mark.parametrize("to", [lambda table: table, pl.from_pandas, duckdb.from_df])
def test_orders_that_name_nobody_are_each_their_own(to):
    revenue = np.random.default_rng(8).uniform(10, 90, 50)
    named = interval(firm(orders=orders_of(revenue)), "order_value")
    nobody = orders_of(revenue, pd.Series([None] * 50, dtype="str"))
    assert np.allclose(interval(firm(orders=to(nobody)), "order_value")[1:], named[1:])
    (row,) = kpi.compute(firm(orders=to(nobody)), "active_customers").itertuples()
    assert row.value == 0


def test_a_cost_per_customer_is_as_uncertain_as_the_customers():
    people = pd.DataFrame(
        {"customer_id": [str(i) for i in range(100)], "joined_date": pd.Timestamp("2025-03-01")}
    )
    spend = pd.DataFrame({"week": [pd.Timestamp("2025-03-03")], "spend": [5_000.0]})
    row = interval(firm(customers=people, ad_spend=spend), "cac")
    assert row.value == 50
    assert np.isclose(row.low, 5_000 / (100 + T * 10))
    assert np.isclose(row.high, 5_000 / (100 - T * 10))


def test_a_level_widens_an_interval():
    company = firm(orders=orders_of(np.arange(1.0, 60)))
    narrow = interval(company, "order_value", level=0.5)
    wide = interval(company, "order_value", level=0.99)
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high


# The difference of two periods

MARCH = {"start": "2025-03-01", "end": "2025-03-31", "before": "2025-01-01"}


def two_periods(before, now, people_before, people_now):
    orders = orders_of([*before, *now], [*people_before, *people_now])
    days = [pd.Timestamp("2025-01-05")] * len(before) + [pd.Timestamp("2025-03-05")] * len(now)
    return firm(orders=orders.assign(order_date=days))


def test_other_customers_differ_as_two_samples_do():
    rng = np.random.default_rng(11)
    before, now = rng.normal(40, 9, 300), rng.normal(42, 9, 300)
    people = [f"p{n}" for n in range(600)]
    row = interval(two_periods(before, now, people[:300], people[300:]), "order_value", **MARCH)
    assert np.isclose(row.before, before.mean())
    test = stats.ttest_ind(now, before, equal_var=False).confidence_interval()
    assert np.allclose([row.change_low, row.change_high], test, rtol=0.01)


def test_the_same_customers_differ_as_pairs_do():
    """Whoever spends much spends much in both periods: what is left is what each has changed."""
    rng = np.random.default_rng(12)
    level = rng.normal(40, 9, 300)
    before, now = level + rng.normal(0, 3, 300), level + rng.normal(1, 3, 300)
    people = [f"p{n}" for n in range(300)]
    row = interval(two_periods(before, now, people, people), "order_value", **MARCH)
    test = stats.ttest_rel(now, before).confidence_interval()
    assert np.allclose([row.change_low, row.change_high], test, rtol=0.02)


def test_how_many_buy_differs_by_who_came_and_who_left():
    """Forty left and fifty came, of whom 100 stayed: 10 more, by sqrt(40 + 50)."""
    people = [f"p{n}" for n in range(190)]
    company = two_periods([9.0] * 140, [9.0] * 150, people[:140], people[40:])
    row = interval(company, "active_customers", **MARCH)
    assert (row.value, row.before) == (150, 140)
    assert np.allclose(
        [row.change_low, row.change_high], 10 + Z * np.array([-1, 1]) * np.sqrt(90), rtol=0.03
    )


def test_a_period_without_any_data_is_nothing_to_compare_with():
    company = firm(survey_responses=answers_of([10, 9, 3]), orders=orders_of([20.0, 30.0]))
    for name in ("nps", "revenue"):
        row = interval(company, name, **MARCH)
        assert np.isnan([row.before, row.change_low, row.change_high]).all()


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
    assert np.isclose(row.value, 0.2)
    assert np.allclose([row.low, row.high], wilson(0.2, 0.2 * 0.8 / error**2))
    row = interval(ours, "penetration")
    assert np.allclose([row.low, row.high], wilson(0.15, 400))
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
    table = kpi.intervals(company, list(plain), start="2025-01-01").set_index("kpi")
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
        ({"names": "order_value", "before": "2024-01-01"}, "before needs a start"),
        ({"names": "order_valeu"}, "did you mean order_value"),
    ],
)
def test_what_has_no_interval_gets_a_sentence(arguments, said):
    with pytest.raises(MktlabError, match=said):
        kpi.intervals(firm(orders=orders_of([20.0, 30.0])), **arguments)
