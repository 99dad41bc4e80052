"""RFM: the measures, the scores, the names, the same on every engine."""

from datetime import date, datetime
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mktlab import churn, kpi
from mktlab.schema import MktlabError
from mktlab.segmentation import SEGMENTS, rfm

AS_OF = date(2025, 6, 1)

SURE = {
    "customer_id": "sure",
    "order_date": datetime(2025, 1, 1),
    "status": "paid",
    "revenue": 9.0,
    "back": 0.0,
}
orders_of_anyone = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(["0007", "12", "Zoë", "a", "b", "c", "d"]),
            "order_date": st.datetimes(
                min_value=datetime(2023, 12, 30), max_value=datetime(2025, 6, 30)
            ).map(lambda moment: datetime(moment.year, moment.month, moment.day)),
            "status": st.sampled_from(["paid", "paid", "paid", "cancelled"]),
            "revenue": st.sampled_from([0.0, 0.01, 0.04, 0.05])
            | st.integers(6, 9_999).map(lambda cents: cents / 100),
            "back": st.sampled_from([0.0, 0.0, 0.5, 1.0]),  # share of the revenue given back
        }
    ),
    max_size=40,
).map(
    lambda rows: (
        pd.DataFrame([*rows, SURE])
        .assign(refunded=lambda orders: (orders.revenue * orders.back).round(2))
        .assign(order_id=lambda orders: [f"O{place}" for place in range(len(orders))])
    )
)


def order_table(*rows: tuple[str, str, float]) -> pd.DataFrame:
    customer, day, revenue = zip(*rows, strict=True)
    return pd.DataFrame(
        {"customer_id": customer, "order_date": pd.to_datetime(day), "revenue": revenue}
    )


@given(orders_of_anyone)
def test_a_score_counts_the_share_of_customers_who_are_worse(orders: pd.DataFrame) -> None:
    table = rfm(orders, as_of=AS_OF, bins=4)
    for score, measure in {"f": table.frequency, "m": table.monetary}.items():
        worse = [int((measure < value).sum()) for value in measure]
        assert table[score].tolist() == [1 + 4 * w // len(table) for w in worse]
    days = table.recency_days
    halves = [int((days > day).sum() + (days >= day).sum()) for day in days]
    assert table.r.tolist() == [1 + 4 * half // (2 * len(table)) for half in halves]


@given(orders_of_anyone)
def test_the_measures_equal_a_plain_groupby(orders: pd.DataFrame) -> None:
    kept = orders[
        (orders.status == "paid")
        & (orders.revenue >= 0.05)  # less is somebody of the staff trying the checkout
        & (orders.refunded < orders.revenue)
        & (orders.order_date < pd.Timestamp(AS_OF))
    ]
    table = rfm(orders, as_of=AS_OF)
    assert table.customer_id.tolist() == sorted(kept.customer_id.unique())
    for row in table.itertuples():
        mine = kept[kept.customer_id == row.customer_id]
        assert row.frequency == len(mine)
        assert row.monetary == pytest.approx((mine.revenue - mine.refunded).sum(), abs=0.006)
        assert row.recency_days == (pd.Timestamp(AS_OF) - mine.order_date.max()).days


@given(orders_of_anyone, st.sampled_from([[], ["status"], ["refunded"], ["status", "refunded"]]))
@settings(max_examples=25)
def test_rfm_kpi_and_churn_agree_on_who_is_a_customer(orders, unknown) -> None:
    long_ago = pd.DataFrame([SURE]).assign(order_date=datetime(2020, 1, 6), order_id="first")
    known = orders[orders.order_date < pd.Timestamp(AS_OF)]
    known = pd.concat([known, long_ago.assign(refunded=0.0)]).drop(columns=["back", *unknown])
    shop = SimpleNamespace(tables={"orders": known}, today=pd.Timestamp(AS_OF))
    customers = rfm(known, as_of=AS_OF).customer_id.tolist()
    assert kpi.compute(shop, "active_customers")["value"].tolist() == [len(customers)]
    at_risk = churn.snapshots(shop, AS_OF, window_weeks=200, horizon_weeks=None)
    assert at_risk.customer_id.tolist() == customers


@given(orders_of_anyone)
def test_polars_and_duckdb_give_what_pandas_gives(orders: pd.DataFrame) -> None:
    expected = rfm(orders, as_of=AS_OF)
    in_polars = pl.from_pandas(orders)
    eager, lazy = rfm(in_polars, as_of=AS_OF), rfm(in_polars.lazy(), as_of=AS_OF)
    assert isinstance(eager, pl.DataFrame)
    assert isinstance(lazy, pl.LazyFrame)
    connection = duckdb.connect()
    relation = rfm(connection.from_arrow(in_polars.to_arrow()), as_of=AS_OF)
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    for other in (eager.to_pandas(), lazy.collect().to_pandas(), relation.df()):
        pd.testing.assert_frame_equal(expected, other, check_dtype=False)


def test_days_are_counted_across_leap_years_and_centuries() -> None:
    days = pd.date_range("1899-12-30", "2104-03-01", freq="1YE").append(
        pd.DatetimeIndex(["2000-02-29", "2024-02-28", "2024-02-29", "2100-02-28", "2100-03-01"])
    )
    orders = pd.DataFrame(
        {"customer_id": [f"{i:03}" for i in range(len(days))], "order_date": days, "revenue": 1.0}
    )
    table = rfm(orders, as_of="2104-03-02")
    assert table.recency_days.tolist() == (pd.Timestamp("2104-03-02") - days).days.tolist()


def test_orders_on_the_day_and_later_are_not_known_yet() -> None:
    orders = order_table(("a", "2025-05-31", 10), ("a", "2025-06-01", 90), ("b", "2025-07-01", 5))
    table = rfm(orders, as_of=AS_OF)
    assert table[["customer_id", "recency_days", "frequency", "monetary"]].values.tolist() == [
        ["a", 1, 1, 10.0]
    ]


def test_cancelled_and_fully_refunded_orders_are_no_purchases() -> None:
    orders = order_table(("a", "2025-01-01", 40), ("a", "2025-02-01", 30), ("a", "2025-03-01", 20))
    orders["status"] = ["paid", "cancelled", "paid"]
    orders["refunded"] = [15.0, 0.0, 20.0]
    table = rfm(orders, as_of=AS_OF)
    assert table.frequency.tolist() == [1]
    assert table.monetary.tolist() == [25.0]
    assert table.recency_days.tolist() == [151]


@pytest.mark.parametrize("bins", range(2, 11))
@pytest.mark.parametrize("customers", [1, 2, 3, 7, 60])
def test_equal_customers_get_equal_scores_and_nobody_of_them_is_lost(customers, bins) -> None:
    orders = order_table(*((f"{place:02}", "2025-05-01", 10) for place in range(customers)))
    table = rfm(orders, as_of=AS_OF, bins=bins)
    assert set(table.r) == {1 + bins // 2}
    assert set(table.f) == set(table.m) == {1}
    assert set(table.segment) <= {"occasional", "newcomers"}


@given(st.lists(st.integers(1, 6), min_size=1, max_size=60), st.integers(2, 10))
@settings(max_examples=50)
def test_whoever_nobody_is_more_recent_than_is_never_low(days: list[int], bins: int) -> None:
    last = pd.Timestamp(AS_OF) - pd.to_timedelta(days, unit="D")
    names = [f"{place:02}" for place in range(len(days))]
    orders = pd.DataFrame({"customer_id": names, "order_date": last, "revenue": 9.0})
    table = rfm(orders, as_of=AS_OF, bins=bins)
    levels = table.segment.map(lambda name: SEGMENTS[name][0])
    assert set(levels[table.recency_days == min(days)]) <= {"middle", "high"}
    assert table.sort_values("recency_days").r.is_monotonic_decreasing


def test_many_who_bought_yesterday_are_not_lost_because_one_bought_today() -> None:
    old = [("x", "2024-05-31", 10), ("y", "2024-05-31", 10)]
    many = [(f"{place}", "2025-05-30", 10) for place in range(8)]
    assert set(rfm(order_table(*old, *many), as_of=AS_OF).r[:8]) == {4}
    today = order_table(*old, *many, ("z", "2025-05-31", 10))
    assert set(rfm(today, as_of=AS_OF).r[:8]) == {3}


def test_one_customer_is_enough_and_none_is_told() -> None:
    orders = order_table(("a", "2025-05-01", 10))
    assert len(rfm(orders, as_of=AS_OF)) == 1
    with pytest.raises(
        MktlabError, match="none of the 1 rows is a customer's purchase before 2020"
    ):
        rfm(orders, as_of="2020-01-01")


def test_the_nine_segments_are_the_grid_of_levels() -> None:
    level = {1: "low", 2: "low", 3: "middle", 4: "high", 5: "high"}
    seen = {}
    rng = np.random.default_rng(1)
    for row in rfm(wide_orders(rng), as_of=AS_OF).itertuples():
        pair = row.f + row.m
        value = "high" if pair >= 8 else "low" if pair <= 4 else "middle"
        assert SEGMENTS[row.segment] == (level[row.r], value)
        seen[row.segment] = True
    assert set(seen) == set(SEGMENTS)


@pytest.mark.parametrize("bins", [2, 3, 7, 10])
def test_levels_keep_their_meaning_with_other_numbers_of_bins(bins: int) -> None:
    table = rfm(wide_orders(np.random.default_rng(2)), as_of=AS_OF, bins=bins)
    assert table.r.min() == 1
    assert table.r.max() == bins
    levels = table.segment.map(lambda name: SEGMENTS[name][0])
    assert set(levels[table.r == 1]) == {"low"}
    assert set(levels[table.r == bins]) == {"high"}


def wide_orders(rng: np.random.Generator) -> pd.DataFrame:
    customers = rng.integers(0, 400, 2_000) ** 2 // 400
    return pd.DataFrame(
        {
            "customer_id": [f"{c:04}" for c in customers],
            "order_date": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(rng.integers(0, 500, 2_000), unit="D"),
            "revenue": rng.uniform(1, 90, 2_000).round(2),
        }
    )


def test_the_orders_are_left_as_they_were() -> None:
    orders = order_table(("a", "2025-05-01", 10), ("b", "2025-04-01", 20))
    before = orders.copy(deep=True)
    rfm(orders, as_of=AS_OF)
    pd.testing.assert_frame_equal(orders, before)


def test_orders_of_nobody_are_left_out_and_counted() -> None:
    orders = order_table(("a", "2025-05-01", 10), ("b", "2025-04-01", 20))
    orders.loc[1, "customer_id"] = None
    with pytest.warns(UserWarning, match="1 of 2 purchases have no customer_id") as told:
        table = rfm(orders, as_of=AS_OF)
    assert told[0].filename == __file__
    assert table.customer_id.tolist() == ["a"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"as_of": "31/12/2024"}, "as_of is '31/12/2024': give a day"),
        ({"as_of": pd.NaT}, "as_of is NaT: give a day"),
        ({"as_of": 20250101}, "as_of is 20250101: give a day"),
        ({"bins": 1}, "bins is 1: give a whole number from 2 to 10"),
        ({"bins": 2.5}, "bins is 2.5: give a whole number"),
        ({"bins": True}, "bins is True: give a whole number"),
        ({"orders": [1, 2]}, "orders is a list: give a table"),
        (
            {"orders": pd.DataFrame({"client": ["a"], "revenue": [1.0]})},
            "orders has no column customer_id, order_date: it has client, revenue",
        ),
        (
            {"orders": pd.DataFrame({"customer_id": ["a"], "order_date": "x", "revenue": 1.0})},
            "order_date of orders holds String, not days",
        ),
        (
            {
                "orders": pd.DataFrame(
                    {"customer_id": ["a"], "order_date": pd.Timestamp(AS_OF), "revenue": "1,5"}
                )
            },
            "revenue of orders holds String, not numbers",
        ),
    ],
)
def test_bad_input_gets_one_sentence(change: dict[str, object], sentence: str) -> None:
    call = {"orders": order_table(("a", "2025-05-01", 10)), "as_of": AS_OF} | change
    with pytest.raises(MktlabError, match=sentence):
        rfm(call.pop("orders"), **call)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("revenue", np.inf, "revenue is empty or infinite in 1 row"),
        ("revenue", np.nan, "revenue is empty or infinite in 1 row"),
        ("revenue", -3.0, "revenue is below 0 .* in 1 row"),
        ("order_date", pd.NaT, "order_date is empty in 1 row"),
    ],
)
def test_a_value_that_would_vanish_or_spoil_is_refused(column, value, said) -> None:
    orders = order_table(("Ana", "2025-01-01", 20.0), ("Ben", "2025-01-02", 30.0))
    orders.loc[1, column] = value
    for table in (orders, pl.from_pandas(orders)):
        with pytest.raises(MktlabError, match=f"{said}, the first in row 1;"):
            rfm(table, as_of=AS_OF)
    with pytest.raises(MktlabError, match=f"{said};"):  # the rows of a database have no order
        rfm(duckdb.from_df(orders), as_of=AS_OF)
