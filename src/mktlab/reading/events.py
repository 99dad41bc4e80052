"""Events of Google Analytics 4, as BigQuery has them, become visits.

`opened` reads a Parquet file or JSON lines batch by batch, and gives a row per visit and day, so
that files of several days can be joined and a day that two files have counts once; `visits` makes
one of the days of a visit. A visit is `user_pseudo_id` and `ga_session_id`; a transaction counts
once, where it came first, however often its page was loaded.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.account import LeftOut
from mktlab.reading.meanings import Preset, presets
from mktlab.reading.problems import Mask, Problem, Refused
from mktlab.reading.text_table import TextTable
from mktlab.show.words import say, say_many

_PIECE = 1 << 25  # bytes of JSON lines that are read in one go
_BATCH = 100_000  # events
_DAYS = re.compile(r"events_intraday_(\d{8})")
_NEEDED = ("event_name", "event_timestamp", "event_params", "user_pseudo_id", "event_date")
_FLAGS = ("viewed_product", "added_to_cart", "began_checkout")


def _schema(number: Any) -> pa.Schema:
    """The fields that are read; `number` is how whole numbers stand in JSON: as text, or so."""
    text = pa.string()
    value = pa.struct({"string_value": text, "int_value": number})
    clicked = pa.struct({"manual_source": text, "manual_medium": text, "gclid": text})
    campaign = pa.struct({"manual_campaign": pa.struct({"source": text, "medium": text})})
    return pa.schema(
        {
            "event_date": text,
            "event_timestamp": number,
            "event_name": text,
            "user_pseudo_id": text,
            "user_id": text,
            "event_params": pa.list_(pa.struct({"key": text, "value": value})),
            "device": pa.struct({"category": text}),
            "ecommerce": pa.struct({"transaction_id": text}),
            "collected_traffic_source": clicked,
            "session_traffic_source_last_click": campaign,
        }
    )


def opened(path: Path) -> TextTable | None:
    """A file of events as a row per visit and day, or None if it is no such file.

    Raises
    ------
    Refused
        If it is one, and its day is not closed or its events cannot be read.
    """
    batches = None
    with suppress(OSError, EOFError, zlib.error, pa.ArrowException):  # told by who reads it next
        batches = _batches(path)
    if batches is None:
        return None
    preset = next(known for known in presets().values() if "events" in known.report)
    if (day := _DAYS.search(path.name)) and (
        closed := sorted(path.parent.glob(f"events_{day[1]}*"))
    ):
        file = closed[0].name
        found = say("the day {day} before it was closed, beside {file}", day=day[1], file=file)
        fix = say("take it out: the other file has all its events")
        raise Refused(Problem(path.name, found, say("each day once"), fix))
    try:
        events = pa.concat_tables(map(_events, batches)).unify_dictionaries()
        return _by_day(path.name, events.to_pandas(), preset)
    except (pa.ArrowException, OSError, KeyError) as error:
        why = str(error).partition("\n")[0]
        found = say("events that cannot be read ({why})", why=why)
        raise Refused(_problem(path.name, found, preset)) from None


def _problem(file: str, found: str, preset: Preset) -> Problem:
    accepted = say("events, each with user_pseudo_id and ga_session_id")
    return Problem(file, found, accepted, preset.report["export"])


def _batches(path: Path) -> Iterator[pa.Table] | None:
    """The events of a file, some at a time; None if it holds none."""
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        head = file.read(1 << 16)
    if head.startswith(b"PAR1"):
        there = {*pq.read_schema(path).names}
        return _parquet(path) if {*_NEEDED} <= there else None
    opener: Any = open
    if head.startswith(b"\x1f\x8b"):
        opener = gzip.open
        with gzip.open(path) as packed:
            head = packed.read(1 << 16)
    if not head.lstrip().startswith(b"{") or b'"event_name"' not in head:
        return None
    return _lines(path, opener)


def _parquet(path: Path) -> Iterator[pa.Table]:
    """Events of a Parquet file, of which only what is read of each is unpacked."""
    import pyarrow.parquet as pq

    wanted = {(field.name, end) for field in _schema(pa.string()) for end in _ends(field)}
    with pq.ParquetFile(path) as parquet:
        paths = [parquet.schema.column(n).path for n in range(len(parquet.schema))]
        names = [name for name in paths if (name.split(".")[0], name.split(".")[-1]) in wanted]
        for batch in parquet.iter_batches(_BATCH, columns=names, use_threads=False):
            yield pa.Table.from_batches([batch])


def _ends(field: pa.Field) -> Iterator[str]:
    """The names of the cells that a field consists of.

    >>> [*_ends(pa.field("params", pa.list_(pa.struct({"key": pa.string()}))))]
    ['key']
    """
    inner = field.type.value_type if pa.types.is_list(field.type) else field.type
    if not pa.types.is_struct(inner):
        yield field.name
        return
    for part in inner:
        yield from _ends(part)


def _lines(path: Path, opener: Any) -> Iterator[pa.Table]:
    """JSON lines, a piece of whole lines at a time; numbers may stand as text."""
    from pyarrow import json

    schemas = [_schema(pa.string()), _schema(pa.int64())]
    with opener(path, "rb") as file:
        while piece := file.read(_PIECE) + file.readline():
            for schema in schemas:
                options = json.ParseOptions(schema, unexpected_field_behavior="ignore")
                blocks = json.ReadOptions(use_threads=False, block_size=len(piece) + 1)
                try:
                    table = json.read_json(pa.BufferReader(piece), blocks, options)
                except pa.ArrowInvalid:
                    if schema is schemas[-1]:
                        raise
                    continue
                schemas = [schema]
                yield table
                break


def _part(table: pa.Table, *names: str) -> Any:
    """A field of a field, null where the file does not have it."""
    cells: Any = table.column(names[0]) if names[0] in table.column_names else None
    cells = None if cells is None else cells.combine_chunks()
    for name in names[1:]:
        known = cells is not None and pa.types.is_struct(cells.type)
        known = known and cells.type.get_field_index(name) >= 0
        cells = pc.struct_field(cells, name) if known else None
    return pa.nulls(table.num_rows, pa.string()) if cells is None else cells


def _parameters(table: pa.Table, *wanted: str) -> dict[str, Any]:
    """Parameters of events as text, null where an event has them not."""
    lists = table.column("event_params").combine_chunks()
    pairs, parents = pc.list_flatten(lists), pc.list_parent_indices(lists).to_numpy()
    keys, value = pc.struct_field(pairs, "key"), pc.struct_field(pairs, "value")
    found = {}
    for name in wanted:
        at = np.flatnonzero(pc.equal(keys, name).to_numpy(zero_copy_only=False))
        own = value.take(pa.array(at))
        texts = pc.coalesce(
            *(
                pc.struct_field(own, part).cast(pa.string())
                for part in ("int_value", "string_value")
            )
        )
        places = np.full(table.num_rows, -1)
        places[parents[at][::-1]] = np.arange(len(at))[::-1]
        found[name] = texts.take(pa.array(places, mask=places < 0))
    return found


def _events(table: pa.Table) -> pa.Table:
    """What visits are made of, an event a row; each text stands once."""
    own = _parameters(table, "ga_session_id", "source", "medium", "gclid", "transaction_id")
    click, last = "collected_traffic_source", "session_traffic_source_last_click"
    paid = pc.or_(pc.is_valid(_part(table, click, "gclid")), pc.is_valid(own["gclid"]))
    source = pc.coalesce(
        _part(table, last, "manual_campaign", "source"),
        _part(table, click, "manual_source"),
        own["source"],
        pc.if_else(paid, "google", pa.scalar(None, pa.string())),
    )
    medium = pc.coalesce(
        _part(table, last, "manual_campaign", "medium"),
        _part(table, click, "manual_medium"),
        own["medium"],
        pc.if_else(paid, "cpc", pa.scalar(None, pa.string())),
    )
    who = _part(table, "user_pseudo_id").cast(pa.string())
    bought = pc.coalesce(_part(table, "ecommerce", "transaction_id"), own["transaction_id"])
    columns = {
        "visitor_id": who,
        "session_id": pc.binary_join_element_wise(who, own["ga_session_id"], "."),
        "day": _part(table, "event_date").cast(pa.string()),
        "at": _part(table, "event_timestamp").cast(pa.int64()),
        "name": _part(table, "event_name"),
        "source": source,
        "medium": medium,
        "device": _part(table, "device", "category"),
        "customer_id": _part(table, "user_id"),
        "transaction": bought,
    }
    texts = {name: cells.dictionary_encode() for name, cells in columns.items() if name != "at"}
    return pa.table({**columns, **texts})


def _by_day(file: str, events: pd.DataFrame, preset: Preset) -> TextTable:
    """A row per visit and day, and what of the file is no event of a visit."""
    rows, left = len(events), []
    for column, why in (
        ("visitor_id", say("without user_pseudo_id: people who refused cookies")),
        ("session_id", say("without ga_session_id")),
    ):
        gone = events[column].isna().to_numpy()
        if gone.any():
            left.append(LeftOut(why, int(gone.sum()), line=int(events.index[gone][0]) + 1))
            events = events[~gone]
    if not len(events):
        raise Refused(_problem(file, say("no event of a visit"), preset))
    events = events.sort_values("at", kind="stable")
    group = events.groupby(["session_id", "day"], sort=False, observed=True)
    code = group.ngroup().to_numpy()
    made = group.agg(
        visitor_id=("visitor_id", "first"),
        at=("at", "min"),
        events=("at", "size"),
        source=("source", "first"),
        device=("device", "first"),
        customer_id=("customer_id", "first"),
    ).reset_index()
    made = made.astype(dict.fromkeys(made.columns.drop(["at", "events"]), "str"))
    sourced = events["source"].notna().to_numpy()
    places, at = np.unique(code[sourced], return_index=True)
    media = events["medium"][sourced].iloc[at].to_numpy()
    made["medium"] = pd.Series(media, index=places, dtype="str")
    for column, known in preset.report["events"].items():
        made[column] = np.bincount(code, events["name"].isin(known), len(made)).astype(int)
    buys = events["name"].isin(preset.report["events"]["purchased"]).to_numpy()
    numbers = events["transaction"].where(~events["transaction"].isin(preset.report["empty"]))
    bought = pd.DataFrame({"code": code[buys], "number": numbers.to_numpy()[buys]})
    made["unnumbered"] = np.bincount(bought["code"][bought["number"].isna()], minlength=len(made))
    texts = bought.dropna().groupby("code")["number"].agg("\n".join)
    made["transactions"] = texts.reindex(range(len(made))).astype("str")
    made["started_at"] = pd.to_datetime(made.pop("at"), unit="us", utc=True)
    made["channel"] = _channels(made.pop("source"), made.pop("medium"), preset)
    made["currency"], made["account"], made["period"] = "", None, "day"
    sheet = TextTable(file, {}, len(made), report=preset.name, left_out=left, summed=rows)
    sheet.begin = 0
    for name, cells in made.items():
        sheet.columns[str(name)] = pa.chunked_array([pa.array(cells, from_pandas=True)])
    told = say("read as {name}, a visit being a browser and its ga_session_id.", name=preset.name)
    doubt = say("Not verified: {what}", what=preset.unverified)
    sheet.notes = [f"{told} {doubt}", *preset.report["says"]]
    return sheet


def _channels(sources: pd.Series[Any], media: pd.Series[Any], preset: Preset) -> pd.Series[Any]:
    """The channel of each visit, by the first line of the preset that fits."""
    pairs = pd.DataFrame({"source": sources.fillna("(direct)"), "medium": media})
    pairs["medium"] = pairs["medium"].fillna("(none)")
    both = [*zip(pairs["source"], pairs["medium"], strict=True)]
    known = {pair: _channel(pair[0], pair[1], preset) for pair in set(both)}
    return pd.Series([known[pair] for pair in both], dtype="str")


def _channel(source: str, medium: str, preset: Preset) -> str:
    for name, rule in preset.report["channels"].items():
        if all(
            re.fullmatch(rule[part], said.casefold())
            for part, said in (("source", source), ("medium", medium))
        ):
            return str(rule.get("channel", name))
    return "unknown"


def again(parts: list[TextTable], days: pd.DataFrame) -> Mask:
    """The rows of days that a later file has too; shards of one export are one file."""
    bases = [re.sub(r"\d{12}(?=\.)", "", part.file) for part in parts]
    codes = pd.factorize(np.array(bases, object))[0]
    file = pd.Series(np.repeat(codes, [part.rows for part in parts]))
    result: Mask = (file < file.groupby(days["day"]).transform("max")).to_numpy()
    return result


def visits(days: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """A row per visit of the days that visits have; a transaction counts in its first one."""
    days = days.sort_values("started_at", kind="stable")
    made = days.drop_duplicates("session_id").copy()
    group = days.groupby("session_id")
    for name in ("pages", *_FLAGS, "purchased", "unnumbered"):
        made[name] = group[name].sum().reindex(made["session_id"]).to_numpy()
    numbers = days[["session_id", "transactions"]].dropna()
    numbers = numbers.assign(number=numbers["transactions"].str.split("\n")).explode("number")
    first = numbers.drop_duplicates("number")
    if twice := len(numbers) - len(first):
        notes.append(
            say_many(
                "{n} purchase has the transaction of an earlier one, and counts once.",
                "{n:count} purchases have transactions of earlier ones, and count once.",
                twice,
            )
        )
    if unnumbered := int(made["unnumbered"].sum()):
        notes.append(
            say_many(
                "{n} purchase has no transaction_id, and counts as it stands.",
                "{n:count} purchases have no transaction_id, and count as they stand.",
                unnumbered,
            )
        )
    bought = made["session_id"].isin(first["session_id"])
    made["purchased"] = bought | (made["unnumbered"] > 0)
    for name in _FLAGS:
        made[name] = made[name] > 0
    return made.sort_index()
