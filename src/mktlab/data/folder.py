"""A company from the folder that its tables lie in."""

from __future__ import annotations

from pathlib import Path

from mktlab.company import Company
from mktlab.company.package import Description
from mktlab.reading import read_folder


def read_company(folder: Path, *, checked: bool) -> Company:
    """The company in a folder; `checked` is False if its files are known to be as written."""
    said = Description.of(folder)
    reading = read_folder(folder, checked=checked, now=said.latest())
    return Company(
        reading.tables,
        name=said.name,
        today=said.today,
        currency=reading.currency or said.currency,
        truth=said.truth(),
        notes=reading.notes,
    )
