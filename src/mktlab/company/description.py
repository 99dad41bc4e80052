"""What the `datapackage.json` of a saved company says: its name, present day, files and truth."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from mktlab.company.truth import Truth
from mktlab.files import is_file, printable
from mktlab.reading.dialect import read_csv
from mktlab.reading.parsing import parse
from mktlab.reading.settings import Settings
from mktlab.schema import Column, Kind, MktlabError
from mktlab.show.words import say

PACKAGE = "datapackage.json"
_KINDS: dict[str, Kind] = {
    "string": "text",
    "number": "number",
    "integer": "count",
    "boolean": "flag",
    "date": "date",
    "datetime": "instant",
}


@dataclass(frozen=True)
class Description:
    """What the `datapackage.json` of a folder says; a folder without one is its owner's own.

    `broken` says what is wrong with one that is there and cannot be read.
    """

    folder: Path
    package: Mapping[str, Any] = field(default_factory=dict)
    broken: str = ""

    @classmethod
    def of(cls, folder: Path) -> Description:
        """Read the description of a folder; one that `save` did not write says nothing."""
        path = folder / PACKAGE
        if not os.path.lexists(path):
            return cls(folder)
        key = ""
        try:
            package = json.loads(_bytes(path))
            if {"title", "today", "currency"} - set(package):
                return cls(folder)
            key = "today"
            date.fromisoformat(package["today"])  # a day, not a moment
            pd.Timestamp(package["today"])
            key = "resources"
            for entry in package.get("resources", []):
                "".join([entry["name"], entry["path"], entry["hash"]])  # these must be texts
                float(entry.get("sample", 1))
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            if key == "today":
                why = say("today = {today!r} is no day, YYYY-MM-DD", today=package["today"])
            elif key:
                why = say("an entry of resources lacks its name, path or hash")
            else:
                why = say("it is no JSON: {error}", error=error)
            return cls(folder, broken=why.splitlines()[0][:200])
        return cls(folder, package)

    @property
    def name(self) -> str:
        """The company's name; without a description, the folder's."""
        return str(self.package.get("title") or printable(self.folder.resolve().name))

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return str(self.package.get("currency", "EUR"))

    @property
    def today(self) -> pd.Timestamp | None:
        """The company's present day, if it is said."""
        said = self.package.get("today")
        return None if said is None else pd.Timestamp(said)

    @property
    def samples(self) -> dict[str, float]:
        """Table -> share of the whole that it holds, of those that are samples."""
        entries = self.package.get("resources", [])
        return {entry["name"]: entry["sample"] for entry in entries if "sample" in entry}

    def latest(self) -> pd.Timestamp:
        """Now, or the company's present day if that is later: a simulated one may run ahead."""
        now = pd.Timestamp.now()
        return now if self.today is None else max(now, self.today)

    def changed(self, below: str = "") -> list[str]:
        """The files, of all or of those `below` a folder, that are not as they were written."""
        return [
            entry["path"]
            for entry in self.package.get("resources", [])
            if entry["path"].startswith(below)
            and entry["hash"] != _checksum(self.folder / entry["path"])
        ]

    def holds(self) -> bool:
        """Whether there is a description, and every file is as it was when it was written."""
        return bool(self.package.get("resources")) and not self.changed()

    def truth(self) -> Truth | None:
        """The truth that lies beside the tables, if there is one.

        Raises
        ------
        MktlabError
            If a file of it is missing or cannot be read.
        """
        tables, meanings, path = {}, {}, ""
        parameters: Any = None
        if not os.path.lexists(self.folder / "truth"):
            return None
        try:
            for entry in self.package.get("resources", []):
                path, name = entry["path"], entry["name"].removeprefix("truth-")
                if not path.startswith("truth/"):
                    continue
                if "schema" not in entry:
                    parameters = json.loads(_bytes(self.folder / path))
                    continue
                fields = entry["schema"]["fields"]
                tables[name] = read_fields(self.folder / path, fields)
                meanings[name] = entry["description"]
                meanings |= {
                    f"{name}.{f['name']}": f["description"] for f in fields if f["description"]
                }
            return Truth(tables, parameters, meanings) if tables else None
        except Exception:  # whatever is wrong with a truth, the tables are there
            raise MktlabError(
                say("{path} cannot be read, so this company shows no truth.", path=path)
            ) from None


def _bytes(path: Path) -> bytes:
    """What is in a file; a pipe, which may never end, is none."""
    if not is_file(path):
        raise FileNotFoundError(path)
    return path.read_bytes()


def _checksum(path: Path) -> str:
    with suppress(OSError):
        return f"sha256:{hashlib.sha256(_bytes(path)).hexdigest()}"
    return ""


def read_fields(path: Path, fields: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Read a truth table as its fields are described; text that is not there is ""."""
    if not is_file(path):
        raise FileNotFoundError(path)
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        cells: Any = pq.read_table(path)
    else:
        cells = read_csv(path).columns
    columns = {}
    for entry in fields:
        kind = _KINDS[entry["type"]]
        whole = kind in ("count", "flag")  # these have another dtype where they may be missing
        column = Column(entry["name"], kind, entry["description"], nullable=not whole)
        values, _ = parse(column, cells[column.name], settings=Settings(decimal="."))
        columns[column.name] = values.fillna("") if column.kind == "text" else values
    return pd.DataFrame(columns)
