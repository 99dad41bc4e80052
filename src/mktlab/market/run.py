"""Running the market: the company as published, and the company under a plan.

`simulate` plays the market as usual, lets `observed` write down what an analyst would see and
`truth` what is so, and lets `flaws` damage the analyst's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache, partial

import numpy as np
import pandas as pd

from mktlab.company import Company, Truth
from mktlab.market.flaws import DEFAULT_FLAWS, FLAWS, plant
from mktlab.market.observed import observe, samples
from mktlab.market.prices import START
from mktlab.market.state import History
from mktlab.market.truth import MEANINGS, RERUNS, parameters, rerun, reveal, with_duplicates
from mktlab.market.week import Decide, as_usual, begin, play
from mktlab.schema import MktlabError
from mktlab.show.words import say

PEOPLE = 12_000
WEEKS = 156
SEED = 2023
YEAR = 52
LIMITS = {"people": (100, 5_000_000), "weeks": (13, 1_040), "seed": (0, 2**63 - 1)}
"""What may be asked for. The upper bounds catch slips; on most machines memory ends earlier."""


def simulate(
    *,
    people: int = PEOPLE,
    weeks: int = WEEKS,
    seed: int = SEED,
    flaws: Sequence[str] = DEFAULT_FLAWS,
) -> Company:
    """Maison Solane: the tables of a company whose truth is known.

    Parameters
    ----------
    people
        Persons in the market, customers and prospects alike: a whole number, 100 to 5,000,000.
    weeks
        Weeks to play from Monday, January 2, 2023: a whole number, 13 to 1,040.
    seed
        A whole number from 0 up. The same seed gives the same company.
    flaws
        Names of the defects to plant in the tables (see `mktlab.market.flaws.FLAWS`); `()` gives
        clean tables. Every damaged row is listed in `company.truth.flaws`.

    Returns
    -------
    Company
        With the tables `customers, products, orders, order_lines, prices, competitor_prices` and
        the truth `customers, elasticity, demand, flaws`.

    Raises
    ------
    MktlabError
        When an argument is out of its range.

    Examples
    --------
    >>> company = simulate(people=500, weeks=13, flaws=())
    >>> company.today
    Timestamp('2023-04-03 00:00:00')
    """
    for name, number in {"people": people, "weeks": weeks, "seed": seed}.items():
        _check(name, number, *LIMITS[name])
    listed = isinstance(flaws, Collection) and not isinstance(flaws, str)
    unknown = [flaw for flaw in flaws if flaw not in tuple(FLAWS)] if listed else [flaws]
    if unknown:
        raise MktlabError(
            say(
                "simulate: there is no flaw named {names}; choose among {flaws}, or pass flaws=() "
                "for clean tables.",
                names=", ".join(map(repr, unknown)),
                flaws=", ".join(FLAWS),
            )
        )
    before = play(begin(people=people, weeks=weeks, seed=seed), max(0, weeks - YEAR))
    return company_of(before, play(before.copy(), min(weeks, YEAR)), flaws=flaws)


def company_of(before: History, history: History, *, flaws: Sequence[str]) -> Company:
    """The company that a market shows; `before` is the market as it was before its last year."""
    truth = reveal(history)
    tables, log = plant(observe(history), flaws=flaws, seed=history.seed)
    truth["customers"] = with_duplicates(truth["customers"], log)
    truth["flaws"] = log
    return Company(
        {name: table for name, table in tables.items() if len(table)},
        name="Maison Solane",
        today=pd.Timestamp(START) + pd.Timedelta(weeks=len(history.weeks)),
        currency="EUR",
        samples=samples(history),
        truth=Truth(
            truth, parameters=parameters(history), meanings=MEANINGS, later=rerun(before, history)
        ),
    )


def reruns(
    *, people: int = PEOPLE, weeks: int = WEEKS, seed: int = SEED
) -> dict[str, Callable[[], pd.DataFrame]]:
    """The truth tables of a market for which its last year is played again, each when called."""

    @cache
    def played() -> dict[str, Callable[[], pd.DataFrame]]:
        before = play(begin(people=people, weeks=weeks, seed=seed), max(0, weeks - YEAR))
        return rerun(before, play(before.copy(), min(weeks, YEAR)))

    def table(name: str) -> pd.DataFrame:
        return played()[name]()

    return {name: partial(table, name) for name in RERUNS}


def _check(name: str, number: int, low: int, high: int) -> None:
    whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    if not whole or not low <= number <= high:
        raise MktlabError(
            say(
                "simulate: {name} must be a whole number from {low:count} to {high:count}, not "
                "{number!r}.",
                name=name,
                low=low,
                high=high,
                number=number,
            )
        )


def past(*, people: int, weeks: int, seed: int, decide: Decide = as_usual) -> History:
    """Play the market; `decide` says the mix of each week."""
    return play(begin(people=people, weeks=weeks, seed=seed), weeks, decide)
