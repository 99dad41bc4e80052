"""The simulated market: Maison Solane and its customers, week by week, with the truth kept.

`world` holds people and assumptions, `prices` and `demand` the economics, `baskets` what an order
contains, `run` the weekly loop; `measurement` makes the tables an analyst sees, `flaws` damages
them on record, `truth` says what is so. `draws` is the source of chance.
"""

from mktlab.market.run import simulate

__all__ = ["simulate"]
