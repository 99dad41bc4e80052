"""A company from the folder that its tables lie in."""

from __future__ import annotations

from collections.abc import Iterable

from mktlab.company import Company
from mktlab.company.description import PACKAGE, Description
from mktlab.reading import read_folder
from mktlab.schema import MktlabError
from mktlab.show.words import say


def read_company(
    said: Description, *, checked: bool = True, own: bool = False, notes: Iterable[str] = ()
) -> Company:
    """The company in a described folder, `checked` unless its files are known to be as written.

    Of somebody's `own` files, the account of every row stands among the notes.
    """
    reading = read_folder(said.folder, checked=checked, now=said.latest())
    account = reading.account
    if said.package:
        account.currency = account.currency or said.currency
    notes = [*notes, *(account.lines() if own else ()), *reading.notes]
    if said.broken:
        notes.append(
            say(
                "{file} cannot be read, so name, present day and truth are not known ({why}): "
                "mend it, or take it out of the folder.",
                file=PACKAGE,
                why=said.broken,
            )
        )
    truth = None
    try:
        truth = said.truth()
    except MktlabError as damaged:
        notes.append(str(damaged))
    return Company(
        reading.tables,
        name=said.name,
        today=said.today,
        currency=reading.currency or said.currency,
        truth=truth,
        notes=notes,
        samples=said.samples | reading.samples,
        account=account,
    )
