"""The café shelf in a plan: how many facings each product gets, and whether they fit."""

from __future__ import annotations

from collections.abc import Iterator

from mktlab.plan.mix import FACINGS, SHELF, Mix
from mktlab.show.words import say


def facings(mix: Mix) -> dict[str, float]:
    """Facings of each product; one that is not named has three, as all have on average.

    >>> from mktlab.plan.mix import BASE
    >>> sum(facings(BASE).values())
    30.0
    """
    usual = FACINGS / len(SHELF)
    return {name: float(mix.place.facings.get(name, usual)) for name in SHELF}


def shelf_problems(mix: Mix) -> Iterator[tuple[str, str]]:
    """A layout that does not fit on the shelf."""
    needed = sum(facings(mix).values())
    if needed > FACINGS:
        sentence = say(
            "the products need {needed:count} facings (3 for each that is not named), and the "
            "shelf has room for {room:count}; give some of them fewer.",
            needed=needed,
            room=FACINGS,
        )
        yield "place.facings", sentence
