"""The simulated market: Maison Solane and its customers, week by week, with the truth kept.

`world` holds people and assumptions; `prices`, `demand`, `advertising`, `crm` and `service`
how people answer what the company does; `baskets` what an order contains; `week` the order in which
things happen; `profit` the books. `observed` makes the tables an analyst sees, `flaws` damages
them on record, `truth` says what is so. `run` gives the company as published, `season` carries out
a plan, `score` judges one. `draws` is the source of chance.
"""

from mktlab.market.run import simulate
from mktlab.market.score import score
from mktlab.market.season import Outcome, Season, run, start

__all__ = ["Outcome", "Season", "run", "score", "simulate", "start"]
