"""New bags of beans that a plan may launch, and the rivals' bags that stand beside them.

`CANDIDATES` are the four that are ready to be roasted; `candidates` and `rival_bags` give them as
tables, as an analyst gets them.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd


class Candidate(NamedTuple):
    """A new bag, 500 g."""

    label: str
    single_origin: bool
    price: float  # planned, on the shelf, with tax
    unit_cost: float  # all that one bag more costs
    launch_cost: float  # once; for a company of `mix.REFERENCE_PEOPLE`


CANDIDATES = {
    "Atelier": Candidate("none", False, 11.90, 4.40, 6000.0),
    "Chiapas": Candidate("organic and fair trade", True, 12.90, 8.00, 6500.0),
    "Huila": Candidate("none", True, 15.90, 5.60, 5500.0),
    "Jardin": Candidate("organic", False, 10.50, 4.90, 5000.0),
}
RIVAL_BAGS = {
    "Torréval": ("none", False, 9.90),
    "Torréval Altitude": ("none", True, 11.50),
    "Café Lumance Bio": ("organic", False, 10.90),
    "Vasselin": ("organic and fair trade", True, 15.50),
}
"""Name -> label, single origin, price on the shelf; an assumption."""


def candidates() -> pd.DataFrame:
    """The new bags that a plan may launch: a row each, by name; euros.

    >>> candidates().loc["Huila", "launch_cost"].item()
    5500.0
    """
    return pd.DataFrame.from_dict(CANDIDATES, orient="index", columns=list(Candidate._fields))


def rival_bags() -> pd.DataFrame:
    """Bags of rivals that stand on the same shelf: a row each, by name; euros with tax.

    >>> rival_bags().loc["Vasselin", "price"].item()
    15.5
    """
    columns = list(Candidate._fields[:3])
    return pd.DataFrame.from_dict(RIVAL_BAGS, orient="index", columns=columns)
