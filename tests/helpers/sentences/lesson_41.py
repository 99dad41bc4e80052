"""What lesson 41 says, recomputed from the tables in the files, and from what it prints."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from mktlab.show import day, money
from sentences import drawn, near, number, orders_of, said, sentence, table

YEAR = pd.Timedelta(weeks=52)
FAR = (
    r"year (\S+) was kept, (\S+) less than the highest count of revenue says\. |"
    r"definition of revenue gives about (\S+)\. "
)
MEANS = r"customers' means: (\S+)\. All money over all orders: (\S+)\.$"
MOVED = "The company grew|The company shrank|moved the same way|no two years to compare"
CHANGE = r"^Revenue (rose|fell) by (\S+); revenue per customer (rose|fell) by (\S+)\. "
TREE = r"Revenue \((\S+)\) is Active customers \((\S+) .*?\) times Revenue per customer \((\S+)\)"


def wrong(notebook: Any) -> list[str]:
    """The sentences that the tables contradict."""
    orders, today = orders_of(notebook)
    year = orders[orders["order_date"] >= today - YEAR]
    earlier = orders.drop(year.index)
    past = earlier[earlier["bought"] & (earlier["order_date"] >= today - 2 * YEAR)]
    begins = orders["order_date"].min() >= today - 2 * YEAR + pd.Timedelta(weeks=1)
    short = bool(begins) or past["customer_id"].nunique() < 2
    found = [*_sales(notebook, year), *_change(notebook, year[year["bought"]], past, short)]
    return [told for told, right in found if not right]


def _sales(notebook: Any, year: pd.DataFrame) -> Iterator[tuple[str, bool]]:
    told = sentence(notebook, r"^([\d,]+) orders since (.*)\.$")
    yield told[0], number(told[1]) == len(year) and told[2] == day(year["order_date"].min())
    bought, paid = year[year["bought"]], year[year["status"] == "paid"]
    kept, value = bought["net"].sum(), bought["net"].sum() / len(bought)
    right = {"ordered": year["revenue"].sum(), "paid": paid["revenue"].sum(), "kept": kept}
    bars, (text, ends) = drawn(notebook, FAR), said(notebook, FAR)
    yield f"{bars} of {right}", all(near(bars[name], right[name], 0.05) for name in right)
    highest = max([*right.values(), *(v for name, v in bars.items() if name not in right)])
    amounts = (kept, highest - kept) if highest >= 1.005 * kept else (highest,)
    yield text, ends == [number(money(v, "EUR", short=True, beside=highest)) for v in amounts]
    naive = bought.groupby("customer_id")["net"].mean().mean()
    text, means = said(notebook, MEANS)
    yield text, near(means[0], naive, 1e-4) and near(means[1], value, 1e-4)
    told = sentence(notebook, "rarely have the (larger|smaller)|the two are nearly alike")
    apart = "larger" if naive > value else "smaller"
    yield told[0], told[1] == (apart if abs(naive / value - 1) >= 0.01 else None)
    text, (some, every) = said(notebook, r"^(\d+) of (\d+) KPIs can")
    yield text, some <= every == sum(number(row["kpis"]) for row in table(notebook, "kpis"))
    for pattern in (r"as ours, (\S+): True", r"All quarters together: (\S+)"):
        text, (again,) = said(notebook, pattern)
        yield text, near(again, value, 1e-4)


def _change(notebook: Any, bought: Any, past: Any, short: bool) -> Iterator[tuple[str, bool]]:
    text, (money, people, each) = said(notebook, TREE)
    yield text, near(money, bought["net"].sum()) and near(people * each, money, 0.01)
    moved = sentence(notebook, MOVED)[0]
    yield moved, short == moved.startswith("no two")
    if not short:
        whole = bought["net"].sum() / past["net"].sum()
        rate = whole * past["customer_id"].nunique() / bought["customer_id"].nunique()
        text, *told = (found := sentence(notebook, CHANGE))[0], *found.groups()
        sums = [1 + number(by) * (1 if way == "rose" else -1) for way, by in (told[:2], told[2:])]
        yield text, near(sums[0], whole, 1e-3) and near(sums[1], rate, 1e-3)
        way = {"grew": whole > 1 > rate, "shrank": whole < 1 < rate}
        yield moved, way.get(moved.split()[-1], not any(way.values()))
