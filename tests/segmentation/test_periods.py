"""Cohorts: who was first seen when and bought at which age, the same on every engine."""

from datetime import date

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from mktlab.schema import MktlabError
from mktlab.segmentation import cohorts, comparable_age

AS_OF = date(2025, 5, 15)


def drawn(seed: int = 1, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    revenue = rng.uniform(0.01, 90, rows).round(2)
    return pd.DataFrame(
        {
            "order_id": [f"O{n}" for n in range(rows)],
            "customer_id": pd.Series(rng.integers(0, 90, rows)).map("C{:02d}".format),
            "order_date": pd.Timestamp("2023-11-20")
            + pd.to_timedelta(rng.integers(0, 600, rows), "D"),
            "status": np.where(rng.random(rows) < 0.1, "cancelled", "paid"),
            "revenue": revenue,
            "refunded": np.where(rng.random(rows) < 0.1, revenue, 0.0),
        }
    )


def plainly(
    orders: pd.DataFrame, freq: str
) -> dict[tuple[pd.Timestamp, int], tuple[int, int, float]]:
    """(cohort, age) -> buyers, purchases, money, row by row."""
    kept = orders[
        (orders.status == "paid")
        & (orders.revenue >= 0.05)
        & (orders.refunded < orders.revenue)
        & (orders.order_date < pd.Timestamp(AS_OF))
    ]
    period = kept.order_date.dt.to_period(freq)
    born = period.groupby(kept.customer_id).transform("min")
    found = {}
    for (start, age), rows in kept.groupby(
        [born, [(p - b).n for p, b in zip(period, born, strict=True)]]
    ):
        money = round((rows.revenue - rows.refunded).sum(), 2)
        found[start.start_time, age] = (rows.customer_id.nunique(), len(rows), money)
    return found


@pytest.mark.parametrize(("period", "freq"), [("month", "M"), ("quarter", "Q"), ("year", "Y")])
@pytest.mark.parametrize("seed", range(3))
def test_cohorts_equal_a_plain_count(period, freq, seed):
    orders = drawn(seed)
    table, plain = cohorts(orders, as_of=AS_OF, period=period), plainly(orders, freq)
    for row in table.itertuples():
        expected = plain.pop((row.cohort, row.age), (0, 0, 0.0))
        assert (row.buyers, row.purchases) == expected[:2]
        assert row.money == pytest.approx(expected[2], abs=0.006)
        end = row.cohort.to_period(freq) + row.age
        assert row.complete == (end.end_time < pd.Timestamp(AS_OF))
    assert not plain
    own = table[table.age == 0]
    assert (own.buyers == own.customers).all()


def test_polars_and_duckdb_give_what_pandas_gives():
    orders = drawn()
    expected = cohorts(orders, as_of=AS_OF)
    in_polars = pl.from_pandas(orders)
    eager, lazy = cohorts(in_polars, as_of=AS_OF), cohorts(in_polars.lazy(), as_of=AS_OF)
    relation = cohorts(duckdb.connect().from_arrow(in_polars.to_arrow()), as_of=AS_OF)
    assert isinstance(eager, pl.DataFrame)
    assert isinstance(lazy, pl.LazyFrame)
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    for other in (eager.to_pandas(), lazy.collect().to_pandas(), relation.df()):
        other = other.assign(cohort=pd.to_datetime(other["cohort"]))
        pd.testing.assert_frame_equal(expected, other, check_dtype=False)
        assert comparable_age(other) == comparable_age(expected) == 4


def test_a_silent_period_counts_as_nobody_and_the_next_one_again():
    days = ["2024-01-02", "2024-08-02", "2024-05-05"]
    orders = pd.DataFrame(
        {"customer_id": ["a", "a", "b"], "order_date": pd.to_datetime(days), "revenue": 5.0}
    )
    table = cohorts(orders, as_of="2024-10-01")
    assert table[table.cohort == "2024-01-01"].buyers.tolist() == [1, 0, 1]
    assert table.complete.all()


def test_bad_input_gets_a_sentence():
    with pytest.raises(MktlabError, match="period is 'week': give 'month'"):
        cohorts(drawn(), as_of=AS_OF, period="week")
    with pytest.raises(MktlabError, match="as_of is 'today'"):
        cohorts(drawn(), as_of="today")
    with pytest.raises(MktlabError, match="no column customer_id"):
        cohorts(drawn().drop(columns="customer_id"), as_of=AS_OF)
    with pytest.raises(MktlabError, match="none of the 400 rows"):
        cohorts(drawn(), as_of="2020-01-01")
    with pytest.raises(MktlabError, match="four quarters or more"):
        comparable_age(cohorts(drawn().query("status == 'paid'").head(1), as_of=AS_OF))


def test_orders_of_nobody_are_left_out_with_a_warning():
    orders = drawn()
    orders.loc[orders.customer_id == "C07", "customer_id"] = None
    with pytest.warns(UserWarning, match="have no customer_id"):
        table = cohorts(orders, as_of=AS_OF)
    named = cohorts(drawn()[lambda rows: rows.customer_id != "C07"], as_of=AS_OF)
    pd.testing.assert_frame_equal(table, named)
