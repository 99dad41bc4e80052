"""A company written to a folder, and what such a folder says about itself when it is read back.

`save` writes every table as CSV (`to_csv`), the truth beside them, a data card and
`datapackage.json`, a Frictionless Data Package with the sha256 of every file. `Description` reads
that file: name, present day and truth come back from it. Nothing written depends on the machine or
the time, so the same company gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.company.datacard import data_card
from mktlab.reading.files import read_csv
from mktlab.reading.parsing import Settings, parse
from mktlab.schema import Column, Kind, MktlabError
from mktlab.tables import TABLES

if TYPE_CHECKING:
    from mktlab.company import Company, Truth

PACKAGE = "datapackage.json"
CC0 = {
    "name": "CC0-1.0",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
    "title": "Creative Commons CC0 1.0 Universal",
}
_KINDS: dict[str, Kind] = {
    "string": "text",
    "number": "number",
    "integer": "count",
    "boolean": "flag",
    "date": "date",
    "datetime": "instant",
}


def save(company: Company, folder: Path) -> None:
    """Write a company to `folder`; `Company.save` says what the folder holds then.

    Raises
    ------
    MktlabError
        If the folder holds a table that the company does not have: the two would mix.
    """
    from mktlab.company import Truth

    _refuse_leftovers(company, folder)
    resources = []
    for name, table in company.tables.items():
        resource = _resource(name, table, company)
        resources.append(_write(folder, f"{name}.csv", to_csv(table, name), resource))
    if isinstance(company.truth, Truth):
        resources += _write_truth(company.truth, folder)
    card = {"name": "readme", "title": "Data card and dictionary", "format": "md"}
    resources.append(_write(folder, "README.md", data_card(company), card))
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


def _refuse_leftovers(company: Company, folder: Path) -> None:
    kept = {f"{name}.csv" for name in company.tables}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        table = path.suffix.lower() in (".csv", ".parquet") and path.stem.lower() in TABLES
        if table and path.name not in kept:
            raise MktlabError(
                f"save: {folder} holds {path.name}, which is no table of {company.name} and would "
                "mix with its tables; save to an empty folder, or remove that file."
            )


def _write(folder: Path, path: str, text: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    content = text.encode("utf-8")
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return {**resource, "path": path, "bytes": len(content), "hash": checksum}


def _write_truth(truth: Truth, folder: Path) -> Iterable[dict[str, Any]]:
    for name, table in truth.tables.items():
        fields = [
            _field(table[column], truth.meanings.get(f"{name}.{column}", "")) for column in table
        ]
        resource = {
            "name": f"truth-{name}",
            "description": truth.meanings.get(name, ""),
            **_csv_format(),
            "schema": {"fields": fields},
        }
        yield _write(folder, f"truth/{name}.csv", to_csv(table), resource)
    resource = {
        "name": "truth-parameters",
        "description": "The numbers that the market was played with.",
        "format": "json",
        "mediatype": "application/json",
        "encoding": "utf-8",
    }
    yield _write(folder, "truth/parameters.json", _json(truth.parameters), resource)


def _resource(name: str, table: pd.DataFrame, company: Company) -> dict[str, Any]:
    declared = TABLES[name].resource()
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
    return {**declared, **_csv_format(), "schema": schema}


def _csv_format() -> dict[str, str]:
    return {
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
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


def to_csv(frame: pd.DataFrame, table: str = "") -> str:
    r"""A frame as CSV text; the columns that `table` declares as money get two decimals.

    >>> to_csv(pd.DataFrame({"revenue": [12.5], "paid": [True]}), "orders")
    'revenue,paid\n12.50,true\n'
    """
    money = {c.name for c in TABLES[table].columns if c.kind == "money"} if table else set()
    cells = {str(name): _cells(frame[name], money=name in money) for name in frame}
    return pd.DataFrame(cells).to_csv(index=False, lineterminator="\n")


def _cells(values: pd.Series[Any], *, money: bool) -> pd.Series[Any]:
    cells: pd.Series[Any] = values
    if pd.api.types.is_float_dtype(values):
        cells = values.map(_cents if money else _float, na_action="ignore").astype("str")
    elif pd.api.types.is_bool_dtype(values):
        cells = values.map({True: "true", False: "false"}).astype("str")
    elif pd.api.types.is_datetime64_any_dtype(values):
        form = "%Y-%m-%d"
        if values.dt.tz is not None:
            seconds = "%S" if (values.dt.microsecond.dropna() == 0).all() else "%S.%f"
            values, form = values.dt.tz_convert("UTC"), f"%Y-%m-%dT%H:%M:{seconds}Z"
        cells = values.dt.strftime(form)
    return cells


def _cents(amount: float) -> str:
    return f"{round(amount, 2) + 0.0:.2f}"  # + 0.0 turns -0.0 into 0.0


def _float(number: float) -> str:
    text = repr(float(number))
    # Three decimals would look like a thousands separator: 1.234.
    return text + "0" if re.fullmatch(r"-?\d+\.\d{3}", text) else text


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Description:
    """What the `datapackage.json` of a folder says; a folder without one is its owner's own."""

    folder: Path
    package: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Description:
        """Read the description of a folder; one that `save` did not write says nothing."""
        try:
            package = json.loads((folder / PACKAGE).read_bytes())
        except (OSError, ValueError):
            return cls(folder)
        ours = isinstance(package, dict) and {"title", "today", "currency"} <= set(package)
        return cls(folder, package if ours else {})

    @property
    def name(self) -> str:
        """The company's name; without a description, the folder's."""
        return str(self.package.get("title") or self.folder.resolve().name)

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return str(self.package.get("currency", "EUR"))

    @property
    def today(self) -> pd.Timestamp | None:
        """The company's present day, if it is said."""
        said = self.package.get("today")
        return None if said is None else pd.Timestamp(said)

    def latest(self) -> pd.Timestamp:
        """Now, or the company's present day if that is later: a simulated one may run ahead."""
        now = pd.Timestamp.now()
        return now if self.today is None else max(now, self.today)

    def holds(self) -> bool:
        """Whether every file is as it was when the description was written."""
        resources = self.package.get("resources", [])
        return bool(resources) and all(
            (self.folder / entry["path"]).is_file()
            and entry["hash"]
            == f"sha256:{hashlib.sha256((self.folder / entry['path']).read_bytes()).hexdigest()}"
            for entry in resources
        )

    def truth(self) -> Truth | None:
        """The truth that lies beside the tables, if there is one."""
        from mktlab.company import Truth

        tables, meanings = {}, {}
        parameters = self.folder / "truth" / "parameters.json"
        if not self.package or not parameters.is_file():
            return None
        for entry in self.package["resources"]:
            name = entry["name"].removeprefix("truth-")
            if name == entry["name"] or "schema" not in entry:
                continue
            fields = entry["schema"]["fields"]
            tables[name] = read_fields(self.folder / entry["path"], fields)
            meanings[name] = entry["description"]
            meanings |= {
                f"{name}.{f['name']}": f["description"] for f in fields if f["description"]
            }
        return Truth(tables, json.loads(parameters.read_bytes()), meanings)


def read_fields(path: Path, fields: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Read a truth table as its fields are described; text that is not there is ""."""
    sheet = read_csv(path, may_be_empty=True)
    columns = {}
    for entry in fields:
        column = Column(entry["name"], _KINDS[entry["type"]], entry["description"], nullable=True)
        values, _ = parse(column, sheet.columns[column.name], settings=Settings(decimal="."))
        columns[column.name] = values.fillna("") if column.kind == "text" else values
    return pd.DataFrame(columns)
