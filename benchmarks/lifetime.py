"""`lifetime` against SQL by hand in DuckDB and, where it is installed, against `lifetimes`.

`lifetimes` (0.11.3, archived) is no dependency: `pip install --no-deps lifetimes autograd dill`
somewhere, and put that folder on PYTHONPATH. A careful analyst looks first whether an order stands
there twice, or a day or an amount is empty, as `summary` does; both are measured.
"""

import tempfile
import warnings
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.cohorts import LOOK
from benchmarks.rfm import AS_OF, make_orders
from benchmarks.timing import Ratio, compare, on_parquet
from mktlab import lifetime

SQL = """
    with daily as (
        select customer_id, order_date::date as day, sum(revenue - refunded) as net from '{path}'
        where status = 'paid' and revenue >= 0.05 and refunded < revenue
            and order_date < timestamp '2025-06-01'
        group by customer_id, day
    )
    select customer_id, count(*) - 1 as frequency, (max(day) - min(day)) / 7 as recency_weeks,
        (date '2025-05-31' - min(day)) / 7 as age_weeks,
        round((sum(net) - arg_min(net, day)) / nullif(count(*) - 1, 0), 2) as mean_value
    from daily group by customer_id order by customer_id
"""
CDNOW = (0.243, 4.414, 0.793, 2.426)  # r, alpha, a, b of Fader, Hardie & Lee (2005)


def make_customers(number: int, weeks: int = 104) -> pd.DataFrame:
    """Histories by BG/NBD, of customers who came during the first half of two years."""
    rng = np.random.default_rng(0)
    r, alpha, a, b = CDNOW
    rate = rng.gamma(r, 1 / alpha, number)
    leave = rng.beta(a, b, number)
    age = (7 * weeks - rng.integers(0, 7 * weeks // 2, number)) / 7
    x, now, last = np.zeros(number), np.zeros(number), np.zeros(number)
    here = np.arange(number)
    while len(here):
        now[here] += rng.exponential(1 / rate[here])
        here = here[now[here] <= age[here]]
        x[here], last[here] = x[here] + 1, now[here]
        here = here[rng.random(len(here)) > leave[here]]
    last = np.minimum(np.ceil(last * 7) / 7, age)
    return pd.DataFrame({"frequency": x, "recency_weeks": last, "age_weeks": age})


def run(sizes: tuple[int, ...] = (1_000_000, 10_000_000)) -> list[Ratio]:
    """Summaries of each number of orders, then fits of 2,357 and of a million customers."""
    ratios = []
    peer = find_spec("lifetimes") is not None
    if not peer:
        print("lifetimes is not installed: measured against SQL alone")
    warnings.simplefilter("ignore")
    work = partial(lifetime.summary, unit="week", until=AS_OF)
    for rows in sizes:
        orders = make_orders(rows)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "orders.parquet"
            orders.to_parquet(path)
            for look, how in ((True, "that looks first"), (False, "without a look")):
                name = f"summary, {rows:.0e} orders: DuckDB / SQL {how}"
                queries = [sql.format(path=path) for sql in (LOOK, SQL)[not look :]]
                ratios.append(compare(name, *on_parquet(path, work, *queries), rounds=3))
        if peer:
            ratios.append(of_lifetimes(orders))
    if peer:
        for number in (2_357, 1_000_000):
            ratios.append(fits(make_customers(number)))
    return ratios


def of_lifetimes(orders: pd.DataFrame) -> Ratio:
    """`summary` in pandas against theirs, of the orders that are purchases."""
    theirs = import_module("lifetimes.utils").summary_data_from_transaction_data
    kept = orders[(orders["status"] == "paid") & (orders["order_date"] < AS_OF)]
    last = AS_OF - pd.Timedelta(days=1)
    peer = partial(
        theirs, kept, "customer_id", "order_date", "revenue", observation_period_end=last
    )
    ours = partial(lifetime.summary, orders, unit="day", until=AS_OF)
    return compare(f"summary, {len(orders):.0e} orders: pandas / lifetimes", ours, peer, rounds=1)


def fits(table: pd.DataFrame) -> Ratio:
    """`fit_bgnbd` against theirs; the likelihoods at their parameters must be one."""
    fitter = import_module("lifetimes").BetaGeoFitter
    columns = [table[name] for name in ("frequency", "recency_weeks", "age_weeks")]
    theirs = fitter().fit(*columns)
    ours = lifetime.fit_bgnbd(table)
    at_theirs = -len(table) * fitter._negative_log_likelihood(
        np.log(theirs.params_.to_numpy()), *map(np.asarray, columns), np.ones(len(table)), 0
    )
    print(f"log-likelihood: {ours.log_likelihood:.6f}, of lifetimes {at_theirs:.6f}")
    name = f"fit_bgnbd, {len(table):.0e} customers: ours / lifetimes"
    rounds = 5 if len(table) < 10_000 else 1
    return compare(
        name, partial(lifetime.fit_bgnbd, table), lambda: fitter().fit(*columns), rounds=rounds
    )
