"""What a misspelled name may have meant: the likeliest of the names there are, or a refusal."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from mktlab.schema import MktlabError
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


def need_columns(
    names: Iterable[object], known: Iterable[object], *, of: str, do: str | None = None
) -> None:
    """Refuse a table that lacks one of the columns `names`: say which, what it has, what to `do`.

    >>> need_columns(["week", "sold"], ["weeks", "sold"], of="sales")
    Traceback (most recent call last):
    mktlab.schema.MktlabError: sales has no column week (did you mean weeks?): it has weeks, sold; \
rename yours.
    """
    has = [str(name) for name in known]
    missing = [str(name) for name in names if str(name) not in has]
    if missing:
        raise MktlabError(
            say(
                "{of} has no column {missing}{meant}: it has {has}; {do}.",
                of=of,
                missing=", ".join(missing),
                meant=did_you_mean(missing[0], has) if len(missing) == 1 else "",
                has=", ".join(has) or "–",
                do=do or say("rename yours"),
            )
        )
