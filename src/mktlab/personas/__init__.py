"""Personas: groups of customers whose purchases look alike, and whether luck makes such groups.

A purchase is a card with marks: what, where, how large, on which day (`deck`). A customer is a hand
of cards (`counts`, `hands`). `deal` shuffles the deck and deals it anew: then nobody has a taste.
What real hands have beyond dealt ones is in `luck`, mark by mark, and in `gaps`, by the number of
groups; `telling` and `suggest` read off which kinds of marks and how many groups hold. `find` makes
the groups, as `Personas`, whose `cards` a `show.cards.Page` prints.
"""

from mktlab.personas.groups import Personas, find
from mktlab.personas.hands import LEAST, counts, deal, deck, hands, kinds_of
from mktlab.personas.luck import gaps, luck, scaled, suggest, telling

__all__ = [
    "LEAST",
    "Personas",
    "counts",
    "deal",
    "deck",
    "find",
    "gaps",
    "hands",
    "kinds_of",
    "luck",
    "scaled",
    "suggest",
    "telling",
]
