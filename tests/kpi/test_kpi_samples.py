"""A log of some visitors counts all visits, and parcels are judged once their day is over."""

from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import t

from mktlab import dashboard, kpi
from mktlab.company import Company
from mktlab.market import simulate

TODAY = pd.Timestamp("2025-03-10")
WORLDS = range(1, 7)


def log_of(visits_by_visitor):
    """Visits of last week; a visitor's first one has a cart."""
    visitor = np.repeat(np.arange(len(visits_by_visitor)), visits_by_visitor).astype(str)
    return pd.DataFrame(
        {
            "session_id": [f"S{n}" for n in range(len(visitor))],
            "visitor_id": visitor,
            "started_at": pd.Timestamp("2025-03-04 12:00", tz="UTC"),
            "channel": ["direct", "email"] * (len(visitor) // 2),
            "pages": 1,
            "added_to_cart": ~pd.Series(visitor).duplicated(),
            "purchased": False,
        }
    )


LOG = log_of([1, 2, 3, 4])
TENTH, WHOLE = (
    Company({"sessions": LOG}, name="a", today=TODAY, samples=samples)
    for samples in ({"sessions": 0.1}, {})
)


def test_visits_of_a_tenth_of_the_visitors_count_tenfold_and_shares_stay():
    for by in (None, "week", "channel"):
        part, whole = kpi.compute(TENTH, by=by), kpi.compute(WHOLE, by=by)
        scale = np.where(part["kpi"] == "visits", 10, 1)
        assert np.allclose(part["value"], scale * whole["value"])
    assert kpi.compute(TENTH, "visits")["value"].item() == 100


def test_the_interval_of_a_scaled_count_is_that_of_the_visitors_drawn():
    (row,) = kpi.intervals(TENTH, "visits").itertuples()
    half = t.ppf(0.975, 4 - 1) * 10 * np.sqrt(1 + 4 + 9 + 16)
    assert row.low == 0 > 100 - half
    assert [row.value, row.high] == pytest.approx([100, 100 + half])


def test_the_dashboard_counts_the_same_visits():
    orders = pd.DataFrame(
        {"order_id": ["1"], "customer_id": "a", "order_date": LOG["started_at"][0], "revenue": 9.0}
    ).assign(order_date=pd.Timestamp("2025-03-04"))
    spend = pd.DataFrame({"week": [pd.Timestamp("2025-03-03")], "channel": "email", "spend": 5.0})
    tables = {"sessions": LOG, "orders": orders, "ad_spend": spend}
    company = Company(tables, name="a", today=TODAY, samples={"sessions": 0.1})
    board = dashboard.Board(company)
    channels = board.page(board.latest(1)).channels
    assert channels.loc["email", "visits"] == 50


ORDERS = pd.DataFrame(
    {
        "order_id": list("123456789"),
        "customer_id": list("aabbccdde"),
        "order_date": pd.to_datetime(["2025-02-03"] * 3 + ["2025-03-06"] * 6),
        "status": ["paid"] * 8 + ["cancelled"],
        "revenue": 10.0,
        "promised_date": pd.to_datetime(
            [
                "2025-02-06",
                "2025-02-06",
                None,
                *["2025-03-09"] * 3,
                "2025-03-10",
                None,
                "2025-03-09",
            ]
        ),
        "delivered_date": pd.to_datetime(
            ["2025-02-06", "2025-02-07", None, "2025-03-08", *[None] * 5]
        ),
    }
)
"""In February one parcel in time, one late, and a sale at the counter. Then one in time, two open \
beyond their day, one whose day is not over, a sale at the counter and a cancelled order."""


def late(orders, **how):
    shop = SimpleNamespace(tables={"orders": orders}, today=TODAY)
    return kpi.compute(shop, "late_share", **how)


@pytest.mark.parametrize("to", [lambda table: table, pl.from_pandas, duckdb.from_df])
def test_a_parcel_open_beyond_its_day_is_late_and_one_whose_day_is_not_over_is_not_counted(to):
    by_month = late(to(ORDERS), by="month")
    assert by_month[["numerator", "denominator"]].to_numpy().tolist() == [[1, 2], [2, 3]]


def test_without_a_promise_3_days_are_one_and_the_last_14_days_are_not_judged():
    (row,) = late(ORDERS.drop(columns="promised_date")).itertuples()
    assert (row.numerator, row.denominator) == (1, 2)
    (old,) = late(ORDERS.drop(columns="promised_date").assign(delivered_date=TODAY)).itertuples()
    assert old.denominator == 3  # all that came, of February


def test_the_dashboard_says_what_is_taken_for_a_promise():
    notes = []
    for orders in (ORDERS, ORDERS.drop(columns="promised_date")):
        board = dashboard.Board(Company({"orders": orders}, name="a", today=TODAY))
        notes.append(" ".join(board.page(board.latest(6)).notes))
    assert "promised_date" not in notes[0]
    assert "a parcel is late after 3 days, and orders of the last 14 days are left out" in notes[1]


@pytest.fixture(scope="module")
def worlds():
    """Companies at the end of a year, after the rush of the weeks before Christmas."""
    return [simulate(people=12_000, weeks=52, seed=seed, flaws=()) for seed in WORLDS]


@pytest.mark.slow
def test_scaled_visits_are_those_of_the_whole_market_in_every_world(worlds):
    for company in worlds:
        truth = company.truth.sessions.query("device == 'all'")["visits"].sum()
        (row,) = kpi.intervals(company, "visits").itertuples()
        assert row.low < truth < row.high
        assert row.value == pytest.approx(truth, rel=0.02)
        assert (row.high - row.low) / truth < 0.08


def off(late, parcels, chance):
    """How far the late parcels of some worlds are from what their chances let one expect."""
    late, parcels, chance = map(np.array, (late, parcels, chance))
    return (late - parcels * chance).sum() / np.sqrt((parcels * chance * (1 - chance)).sum())


@pytest.mark.slow
def test_the_last_week_is_as_late_as_the_truth_has_it(worlds):
    """Of the parcels that have come, it would look on time."""
    truth, judged, came = [], [], []
    for company in worlds:
        start = company.today - pd.Timedelta(weeks=1)
        truth.append(company.truth.operations.set_index("week")["late_share"][start])
        (row,) = kpi.compute(company, "late_share", start=start).itertuples()
        judged.append((row.numerator, row.denominator))
        sent = company.orders.query("order_date >= @start and delivered_date.notna()")
        came.append(((sent["delivered_date"] > sent["promised_date"]).sum(), len(sent)))
    assert abs(off(*zip(*judged, strict=True), truth)) < 2.5
    assert off(*zip(*came, strict=True), truth) < -3
