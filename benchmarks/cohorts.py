"""`cohorts` against what an analyst would write by hand: a pandas groupby, and SQL in DuckDB.

A careful analyst looks first whether an order stands there twice, or a day or an amount is empty,
as `cohorts` does; both are measured, with that look and without.
"""

import tempfile
from functools import partial
from pathlib import Path

import pandas as pd

from benchmarks.rfm import AS_OF, make_orders
from benchmarks.timing import Ratio, compare, on_parquet
from mktlab.segmentation import cohorts

SQL = """
    with purchases as (
        select customer_id, order_date, revenue - refunded as net,
            year(order_date) * 4 + quarter(order_date) as period
        from '{path}'
        where status = 'paid' and revenue >= 0.05 and refunded < revenue
            and order_date < timestamp '2025-06-01'
    ), each as (
        select customer_id, period, count(*) as purchases, sum(net) as money,
            min(period) over (partition by customer_id) as born
        from purchases group by customer_id, period
    )
    select born, period - born as age, count(*) as buyers, sum(purchases) as purchases,
        round(sum(money), 2) as money
    from each group by born, period order by born, period
"""


def by_hand(orders: pd.DataFrame) -> pd.DataFrame:
    """Buyers, purchases and money by cohort and age, as an analyst writes it."""
    kept = orders[
        (orders["status"] == "paid")
        & (orders["revenue"] >= 0.05)
        & (orders["refunded"] < orders["revenue"])
        & (orders["order_date"] < AS_OF)
    ]
    number = kept["order_date"].dt.year * 4 + kept["order_date"].dt.quarter
    born = number.groupby(kept["customer_id"]).transform("min")
    return (
        kept.assign(net=kept["revenue"] - kept["refunded"], born=born, age=number - born)
        .groupby(["born", "age"])
        .agg(buyers=("customer_id", "nunique"), purchases=("net", "size"), money=("net", "sum"))
    )


def looked_at(orders: pd.DataFrame) -> pd.DataFrame:
    """As `by_hand`, by somebody who looks first."""
    assert orders["order_id"].nunique() == len(orders)
    assert orders[["customer_id", "order_date", "revenue", "refunded"]].notna().all().all()
    assert (orders[["revenue", "refunded"]] >= 0).all().all()
    assert orders["status"].isin(["paid", "cancelled"]).all()
    return by_hand(orders)


LOOK = """
    select count(*), count(distinct order_id), count(customer_id), count(order_date), min(revenue),
        min(refunded), count(*) filter (status not in ('paid', 'cancelled')) from '{path}'
"""


def run(sizes: tuple[int, ...] = (1_000_000, 10_000_000)) -> list[Ratio]:
    """Measure at each number of orders."""
    ratios = []
    for rows in sizes:
        orders = make_orders(rows)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "orders.parquet"
            orders.to_parquet(path)
            work = partial(cohorts, as_of=AS_OF)
            name, ours = f"cohorts, {rows:.0e} rows", partial(cohorts, orders, as_of=AS_OF)
            for look, peer in ((True, looked_at), (False, by_hand)):
                how = "that looks first" if look else "without a look"
                mine = partial(peer, orders)
                ratios.append(compare(f"{name}: pandas / groupby {how}", ours, mine))
                queries = [sql.format(path=path) for sql in (LOOK, SQL)[not look :]]
                both = on_parquet(path, work, *queries)
                ratios.append(compare(f"{name}: DuckDB / SQL {how}", *both))
    return ratios
