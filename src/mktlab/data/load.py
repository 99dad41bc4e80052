"""How a company is found: Maison Solane as published, a learner's own one, or somebody's folder."""

from __future__ import annotations

import os
import sys
from datetime import date
from functools import cache
from pathlib import Path

from mktlab.company import Company
from mktlab.company.description import PACKAGE, Description
from mktlab.data.as_of import as_of as known_as_of
from mktlab.data.as_of import day_of
from mktlab.data.folder import read_company
from mktlab.data.learner_worlds import world
from mktlab.data.pseudonyms import with_pseudonyms
from mktlab.data.session import SESSION
from mktlab.files import cut_off, is_folder, printable, put_back, with_home
from mktlab.kpi import registry
from mktlab.kpi.own import read_kpis
from mktlab.schema import MktlabError
from mktlab.show.formats import use
from mktlab.show.words import say

SOLANE = Path(__file__).resolve().parents[3] / "datasets" / "solane"


def load(
    source: str | Path = "solane",
    *,
    learner: str | int | None = None,
    as_of: date | str | None = None,
    pseudonyms: str | Path | None = None,
) -> Company:
    """Load Maison Solane, or the tables of your own company.

    Parameters
    ----------
    source
        "solane", or a folder that holds CSV or Parquet files named after the tables (`orders.csv`,
        `customers.parquet`, ...); any of them will do. Headers of your own are mapped by a file
        `columns.toml` in the folder, with lines such as `[orders]` and `order_id = "N° commande"`;
        `sample = 0.1` under `[sessions]` says that the log holds one visitor in ten. What became
        of every row is printed, and kept as `company.account` and among `company.notes`. A file
        `kpis.toml` beside it declares KPIs of your own (`mktlab.kpi.own`).
    learner
        A name or number, for a Maison Solane of this learner's own: the same company and rules,
        but other people and another history, so that estimates differ from a neighbor's. Capital
        letters and spaces at the ends make no difference, and 42 is "42". The first call simulates
        for some seconds and keeps the result in a cache (`mktlab.data.learner_worlds`). Without
        one, or with "", it is the published company.
    as_of
        A day, such as "2025-06-30": the company as it was known that morning. Rows of that day and
        later are left out, with a note that counts them, and the day is `company.today`.
    pseudonyms
        A key file, a text of 32 characters or more. Without one, ids of your own tables that would
        name people, such as e-mail addresses, go by pseudonyms with a key among your settings;
        with one, all customers and orders do. A pseudonym is the first 16 digits of the
        HMAC-SHA256 of the id: the same id and key give the same one.

    Returns
    -------
    Company

    Raises
    ------
    TablesNotReadable
        With everything that has to be mended in the folder, in one report.
    MktlabError
        For a learner of a blank name, or with another source than "solane"; for a folder that is
        half written, or a published company that is damaged; for a day before the first order or
        in the future; for a key file that holds no key; for a mistake in `kpis.toml`.
    """
    published = source == "solane"
    if isinstance(learner, str) and not learner:
        learner = None
    if learner is not None and not published:
        told = say(
            "load: learner goes with Maison Solane only, not with {source!r}; leave out learner, "
            'or write mktlab.load("solane", learner=...).',
            source=str(source),
        )
        raise MktlabError(told)
    said = pseudonyms or SESSION.pseudonyms
    key = with_home(said) if said else None
    if learner is not None:
        company = world(learner)
    else:
        company = _published() if published else _own(with_home(source), key)
    registry.use([] if published else read_kpis(with_home(source)))
    if day := as_of or SESSION.as_of:
        company = known_as_of(company, day_of(day))
    if key:
        company = with_pseudonyms(company, key)
    use(company.currency)
    if not published and company.notes and not SESSION.quiet:
        _tell("\n".join(company.notes))
    return company


@cache
def _tell(account: str) -> None:
    """Print what became of a person's files; the same only once, however often they are loaded."""
    letters = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(account.encode(letters, "replace").decode(letters) + "\n")


def _own(folder: Path, key: Path | None) -> Company:
    """A person's own tables, of whose ids `key` is to make pseudonyms."""
    if not is_folder(folder):
        put_back(folder)
    elif cut_off(folder, PACKAGE):
        told = say(
            "{folder} is half written, as the program that wrote it was stopped: run the same "
            "command again.",
            folder=printable(folder),
        )
        raise MktlabError(told)
    said = Description.of(folder)
    changed = said.changed("truth/") if os.path.lexists(folder / "truth") else []
    note = say(
        "Not as saved: {files}; what is told of the truth may be wrong.", files=", ".join(changed)
    )
    return read_company(said, own=not said.package, key=key, notes=[note] if changed else [])


def _published() -> Company:
    """Maison Solane as published; simulated where only the package is installed."""
    if not os.path.lexists(SOLANE / PACKAGE):
        from mktlab.market import simulate

        return simulate()
    said = Description.of(SOLANE)
    changed = [PACKAGE] if said.broken else said.changed()
    files = ", ".join(changed)
    note = say(
        "Maison Solane's data are not as published ({files}): numbers and checks of answers may be "
        "wrong; `mktlab data build` makes them anew.",
        files=files,
    )
    try:
        # What is published has been checked; its checksums tell whether it is still the same.
        company = read_company(said, checked=bool(changed), notes=[note] if changed else [])
        if company.truth or not changed:
            return company
    except MktlabError:
        if not changed:
            raise
    told = say(
        "Maison Solane's data are not as published ({files}) and cannot be read: `mktlab data "
        "build` makes them anew.",
        files=files,
    )
    raise MktlabError(told)
