"""What a misspelled name may have meant: the likeliest of the names there are, and the question."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from mktlab.show.words import say


def plain(name: str) -> str:
    """A name without case, accents and punctuation.

    >>> plain(" N° de Commande_Été ")
    'n de commande ete'
    """
    letters = unicodedata.normalize("NFKD", name.casefold().replace("°", ""))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", letters))


def nearest(name: object, names: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The likeliest of `names`, or "".

    >>> nearest("oders", ["orders", "products"])
    'orders'
    """
    by_plain = {plain(other): other for other in names}
    found = difflib.get_close_matches(plain(str(name)), by_plain, n=1, cutoff=cutoff)
    return by_plain[found[0]] if found else ""


def did_you_mean(name: object, names: Iterable[str]) -> str:
    """The likeliest of `names` as a question that ends a clause, or "".

    >>> did_you_mean("price.bean", ["price.beans", "price.tea"])
    ' (did you mean price.beans?)'
    """
    likely = nearest(name, names)
    return say(" (did you mean {likely}?)", likely=likely) if likely else ""
