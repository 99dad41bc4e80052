"""A company written to a folder, with a description of what the folder holds.

`save` writes every table as CSV or Parquet (`writing`), the truth beside them, a data card and
`datapackage.json`, a Frictionless Data Package with the sha256 of every file, which `description`
reads back. A folder that is `replaced` is the old one until all is written. Nothing written depends
on the machine or the time, so the same company gives the same bytes; for Parquet, under the same
version of pyarrow.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from mktlab.company.datacard import data_card
from mktlab.company.description import PACKAGE, Description
from mktlab.company.record import Record
from mktlab.company.truth import Truth
from mktlab.company.writing import write_table
from mktlab.files import cut_off, whole_folder
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import TABLES

CC0 = {
    "name": "CC0-1.0",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
    "title": "Creative Commons CC0 1.0 Universal",
}
FORMATS = {
    "csv": {
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
    },
    "parquet": {
        "profile": "data-resource",  # the tabular profile knows text files only
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    },
}
PARAMETERS = {
    "name": "truth-parameters",
    "description": "The numbers that the market was played with.",
    "format": "json",
    "mediatype": "application/json",
    "encoding": "utf-8",
}


def save(
    company: Record,
    folder: Path,
    *,
    format: str = "csv",
    reruns: bool = True,
    written: Callable[[int], None] = lambda rows: None,
) -> None:
    """Write a company to `folder`; `Company.save` says what the folder holds then.

    Truth that is not worked out yet, because the market has to be played again for it, is left out
    without `reruns`. `written` is called after each part of a table with the number of its rows; in
    all that makes `rows_of(company, reruns=reruns)`.

    Raises
    ------
    MktlabError
        If there is no such format; if the folder holds a table that the company does not have, or
        has in another format, as the two would mix; if it cannot be written to.
    """
    if format not in FORMATS:
        raise MktlabError(
            say("save: there is no format {format!r}; choose csv or parquet.", format=format)
        )
    with replaced(folder) as making:
        _refuse_leftovers(company, folder, format)
        write(company, making, format=format, reruns=reruns, written=written)


def replaced(folder: Path) -> AbstractContextManager[Path]:
    """A hidden folder to `write` into, which takes the place of a saved company in one step."""
    return whole_folder(folder, last=PACKAGE, ours=lambda: saved_in(folder))


def saved_in(folder: Path) -> set[str]:
    """The files and folders in a folder that `save` wrote, or was writing when it was killed."""
    names = {str(entry["path"]) for entry in Description.of(folder).package.get("resources", [])}
    if cut_off(folder, PACKAGE):
        names = {f"{name}.{format}" for name in TABLES for format in FORMATS} | {
            "README.md",
            "truth",
        }
    return {PACKAGE, *names, *(str(PurePosixPath(name).parent) for name in names)} - {"."}


def rows_of(company: Record, *, reruns: bool = True) -> int:
    """How many rows `save` writes, of the tables and of the truth."""
    return sum(map(len, [*company.tables.values(), *_truth(company, reruns).values()]))


def _truth(company: Record, reruns: bool) -> dict[str, pd.DataFrame]:
    if not isinstance(company.truth, Truth):
        return {}
    return company.truth.tables if reruns else company.truth.ready


def write(
    company: Record, folder: Path, *, format: str, reruns: bool, written: Callable[[int], None]
) -> None:
    """Write a company into a new folder, its description last."""
    resources = []
    for name, table in company.tables.items():
        path, resource = f"{name}.{format}", _resource(name, table, company, format)
        resources.append(_write_table(table, folder, path, resource, name, written))
    if isinstance(company.truth, Truth):
        for name, table in _truth(company, reruns).items():
            path = f"truth/{name}.{format}"
            resource = _truth_resource(name, table, company.truth.meanings, format)
            resources.append(_write_table(table, folder, path, resource, "", written))
        parameters = _json(company.truth.parameters)
        resources.append(_write(folder, "truth/parameters.json", parameters, PARAMETERS))
    card = {"name": "readme", "title": "Data card and dictionary", "format": "md"}
    resources.append(_write(folder, "README.md", data_card(company, format=format), card))
    package: dict[str, Any] = {
        "name": re.sub(r"[^a-z0-9]+", "-", company.name.lower()).strip("-") or "company",
        "title": company.name,
        "today": f"{company.today:%Y-%m-%d}",
        "currency": company.currency,
    }
    if company.truth:  # nobody can waive rights to a real company's data for its owner
        package["licenses"] = [CC0]
    package["resources"] = resources
    _write(folder, PACKAGE, _json(package), {})


def _refuse_leftovers(company: Record, folder: Path, format: str) -> None:
    kept = {f"{name}.{format}" for name in company.tables}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        table = path.suffix.lower() in (".csv", ".parquet") and path.stem.lower() in TABLES
        if table and path.name not in kept:
            raise MktlabError(
                say(
                    "save: {folder} holds {name}, which is no {format} table of {company} "
                    "and would mix with its tables; save to an empty folder, or remove that file.",
                    folder=folder,
                    name=path.name,
                    format=format,
                    company=company.name,
                )
            )


def _write_table(
    frame: pd.DataFrame,
    folder: Path,
    path: str,
    resource: Mapping[str, Any],
    table: str,
    written: Callable[[int], None],
) -> dict[str, Any]:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    size, checksum = write_table(frame, place, table=table, written=written)
    return {**resource, "path": path, "bytes": size, "hash": f"sha256:{checksum}"}


def _write(folder: Path, path: str, text: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    content = text.encode("utf-8")
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {**resource, "path": path, "bytes": len(content), "hash": checksum}


def _resource(name: str, table: pd.DataFrame, company: Record, format: str) -> dict[str, Any]:
    declared = replace(TABLES[name], one_row_per=company.one_row_per(name)).resource()
    fields = {field["name"]: field for field in declared["schema"]["fields"]}
    for entry in fields.values():
        entry["unit"] = company.currency if entry["unit"] == "currency" else entry["unit"]
    schema = {
        "fields": [
            fields.get(column) or _field(table[column], "column of this company's own")
            for column in table
        ],
        "primaryKey": [key for key in declared["schema"]["primaryKey"] if key in table],
        "foreignKeys": [
            key
            for key in declared["schema"]["foreignKeys"]
            if key["fields"] in table and key["reference"]["resource"] in company.tables
        ],
        "missingValues": [""],
    }
    if name in company.samples:
        declared["sample"] = company.samples[name]
    return {**declared, **FORMATS[format], "schema": schema}


def _truth_resource(
    name: str, table: pd.DataFrame, meanings: Mapping[str, str], format: str
) -> dict[str, Any]:
    fields = [_field(table[column], meanings.get(f"{name}.{column}", "")) for column in table]
    return {
        "name": f"truth-{name}",
        "description": meanings.get(name, ""),
        **FORMATS[format],
        "schema": {"fields": fields},
    }


def _field(values: pd.Series[Any], meaning: str) -> dict[str, str]:
    kind = "string"
    if pd.api.types.is_bool_dtype(values):
        kind = "boolean"
    elif pd.api.types.is_integer_dtype(values):
        kind = "integer"
    elif pd.api.types.is_float_dtype(values):
        kind = "number"
    elif pd.api.types.is_datetime64_any_dtype(values):
        kind = "date" if values.dt.tz is None else "datetime"
    return {"name": str(values.name), "type": kind, "description": meaning}


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
