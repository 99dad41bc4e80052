"""`Company.save` of a million orders against plain pandas, which rounds and checks nothing.

`save` also rounds amounts to cents, counts the sha256 of every file and writes the description.
"""

import tempfile
from functools import partial
from pathlib import Path

from benchmarks.load import make_orders
from benchmarks.timing import Ratio, compare
from mktlab.company import Company


def run(rows: int = 1_000_000) -> list[Ratio]:
    """Measure both formats."""
    orders = make_orders(rows)
    company = Company({"orders": orders}, name="Shop")
    results = []
    with tempfile.TemporaryDirectory() as place:
        theirs = Path(place) / "theirs"
        for format, peer in (
            ("csv", partial(orders.to_csv, theirs, index=False)),
            ("parquet", partial(orders.to_parquet, theirs)),
        ):
            ours = partial(company.save, Path(place) / format, format=format)
            name = f"save, {rows:.0e} orders: {format} / pandas.to_{format}"
            results.append(compare(name, ours, peer, rounds=3))
    return results
