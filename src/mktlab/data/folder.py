"""A company from the folder that its tables lie in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mktlab.company import Company
from mktlab.company.description import PACKAGE, Description
from mktlab.data.pseudonyms import IDS, own_key, pseudonym, read_key, replaced
from mktlab.reading import read_folder
from mktlab.reading.privacy import of_people
from mktlab.schema import MktlabError
from mktlab.show.words import say


def read_company(
    said: Description,
    *,
    checked: bool = True,
    own: bool = False,
    key: Path | None = None,
    notes: Iterable[str] = (),
) -> Company:
    """The company in a described folder, `checked` unless its files are known to be as written.

    Of somebody's `own` files, the account of every row stands among the notes, personal columns
    are left out, and ids that name people become pseudonyms. Where a `key` is named, those of `IDS`
    wait for `with_pseudonyms`. Nothing of Maison Solane is left out: its people are made up.
    """
    reading = read_folder(said.folder, checked=checked, now=said.latest(), invented=not own)
    tables = reading.tables
    if columns := of_people(reading.personal) - set(IDS if key else ()):
        tables = replaced(tables, columns, read_key(key or own_key()))
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
        tables,
        name=said.name,
        today=said.today,
        currency=reading.currency or said.currency,
        truth=truth,
        notes=notes,
        samples=said.samples | reading.samples,
        account=account,
    )


def own_ids(folder: Path) -> dict[str, str]:
    """Pseudonym -> id as the files of a folder have it, for ids that became pseudonyms there."""
    reading = read_folder(folder)
    columns = of_people(reading.personal)
    if not columns:
        return {}
    key = read_key(own_key())
    parts = [t[name].dropna().unique() for t in reading.tables.values() for name in columns & {*t}]
    return {pseudonym(str(known), key): str(known) for part in parts for known in part}
