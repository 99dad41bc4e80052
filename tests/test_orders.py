"""Orders are refused where they would mislead, alike for every kind of table."""

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pytest

from mktlab.orders import check_orders, purchases, rules
from mktlab.schema import MktlabError

DAY = pd.Timestamp("2025-12-01")
GOOD = pd.DataFrame(
    {
        "order_id": ["1", "2", "3"],
        "customer_id": ["Ana", "Ben", "Ana"],
        "order_date": pd.date_range(DAY, periods=3),
        "revenue": [20.0, 0.0, 5.5],
        "status": ["paid", "cancelled", "paid"],
    }
)
NEEDS = ("order_date", "revenue")
KINDS = {"pandas": pd.DataFrame, "polars": pl.from_pandas, "DuckDB": duckdb.from_df}


@pytest.mark.parametrize("kind", KINDS)
def test_good_orders_pass(kind) -> None:
    check_orders(KINDS[kind](GOOD), NEEDS, today=DAY + pd.Timedelta(days=3), filled=["order_id"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.assign(status=["paid", "sent", "lost"]), "status is neither .* in 2 rows"),
        (GOOD.assign(discount=[1.0, float("inf"), 0.0]), "discount is empty or infinite in 1 row"),
        (GOOD.assign(order_id=["1", None, "3"]), "order_id is empty in 1 row"),
        (GOOD.assign(order_id=["1", "1", "3"]), "not unique: 3 rows, 2 different numbers"),
        (GOOD.assign(order_date=DAY + pd.to_timedelta([0, 9, 1], "D")), "or later in 1 row"),
    ],
)
def test_what_would_mislead_is_refused_and_found(kind, wrong, said) -> None:
    place = "" if kind == "DuckDB" else ", the first (again )?in row 1"
    with pytest.raises(MktlabError, match=f"{said}{place};") as told:
        today = DAY + pd.Timedelta(days=3)
        check_orders(KINDS[kind](wrong), NEEDS, today=today, filled=["order_id"])
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("column", ["order_date", "delivered_date"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_day_with_a_time_zone_is_told_what_to_do(kind, column) -> None:
    zoned = GOOD.assign(**{column: GOOD["order_date"].dt.tz_localize("UTC")})
    said = f"{column} of orders holds moments in the time zone .*UTC, not days: .* local day"
    with pytest.raises(MktlabError, match=said):
        check_orders(KINDS[kind](zoned), NEEDS, today=DAY + pd.Timedelta(days=3))


@pytest.mark.parametrize("dtype", ["object", "date32[pyarrow]"])
def test_dates_that_pandas_does_not_compare_with_a_day_are_refused(dtype) -> None:
    dates = GOOD.assign(order_date=GOOD["order_date"].dt.date.astype(dtype))
    with pytest.raises(
        MktlabError, match=r"order_date of orders holds .*, not days: .*to_datetime"
    ):
        check_orders(dates, NEEDS, today=DAY + pd.Timedelta(days=3))


def test_dates_of_polars_and_of_a_database_are_days() -> None:
    days = pl.from_pandas(GOOD).with_columns(pl.col("order_date").cast(pl.Date))
    for table in (days, days.lazy(), duckdb.from_arrow(days.to_arrow())):
        check_orders(table, NEEDS, today=DAY + pd.Timedelta(days=3))


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(MktlabError, match="orders is a list: give a table"):
        check_orders([1, 2], NEEDS)


def test_orders_may_be_empty() -> None:
    check_orders(GOOD.head(0), NEEDS)


@pytest.mark.parametrize("kind", KINDS)
def test_purchases_are_paid_kept_and_no_test_of_the_checkout(kind) -> None:
    orders = GOOD.assign(revenue=[20.0, 9.0, 5.5])
    orders["refunded"] = [19.99, 0.0, 5.5]
    assert ids(purchases(KINDS[kind](orders))) == ["1"]
    assert ids(purchases(KINDS[kind](orders.drop(columns="refunded")))) == ["1", "3"]
    assert ids(purchases(KINDS[kind](orders.drop(columns=["refunded", "status"])))) == [
        "1",
        "2",
        "3",
    ]
    assert ids(purchases(KINDS[kind](GOOD.assign(revenue=[0.05, 9.0, 0.04])))) == ["1"]


@pytest.mark.parametrize("kind", KINDS)
def test_paid_orders_are_those_that_were_no_test_even_when_all_came_back(kind) -> None:
    orders = GOOD.assign(revenue=[0.04, 9.0, 5.5], refunded=[0.0, 0.0, 5.5])
    paid, bought = rules(orders.columns)
    frame = nw.from_native(KINDS[kind](orders))
    assert ids(frame.filter(paid)) == ["3"]
    assert ids(frame.filter(bought)) == []


def ids(table) -> list[str]:
    return sorted(nw.from_native(table).lazy().collect()["order_id"].to_list())
