"""New bags of beans that a plan may launch, and the rivals' bags beside them: `launches.toml`."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from mktlab.resources import declared


class Bag(NamedTuple):
    """A bag on the shelf, as people see it."""

    label: str
    single_origin: bool
    price: float  # on the shelf, with tax


class Candidate(NamedTuple):
    """A new bag."""

    label: str
    single_origin: bool
    price: float  # as it is planned
    unit_cost: float  # all that one bag more costs
    launch_cost: float  # once, for a company of `mix.REFERENCE_PEOPLE`


_TOLD = declared("plan/launches.toml")
CANDIDATES = {name: Candidate(**bag) for name, bag in _TOLD["candidates"].items()}
RIVAL_BAGS = {name: Bag(**bag) for name, bag in _TOLD["rivals"].items()}


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
    return pd.DataFrame.from_dict(RIVAL_BAGS, orient="index", columns=list(Bag._fields))
