"""Tables are written exactly, part by part, and alike in CSV and Parquet."""

import csv
import hashlib
import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.company import writing
from mktlab.company.writing import to_csv, write_table

anything = st.floats(allow_nan=False)
amounts = st.one_of(
    anything,
    st.integers(-(10**7), 10**7).map(lambda cents: cents / 100),
    st.integers(-(10**9), 10**9).map(lambda halves: halves / 200),  # as near to a tie as can be
    st.integers(-(10**15), 10**15).map(lambda halves: halves / 200),
)


def lines(values: list[float], table: str = "", name: str = "x") -> list[str]:
    return to_csv(pd.DataFrame({name: values}, dtype="float64"), table).splitlines()[1:]


def as_python_writes(number: float) -> str:
    text = repr(number)
    decimals = text.partition(".")[2]
    return text + "0" if len(decimals) == 3 and decimals.isdigit() else text


@given(st.lists(amounts, min_size=1))
def test_amounts_are_rounded_as_python_rounds(values: list[float]) -> None:
    expected = [f"{round(x, 2) + 0.0:.2f}" for x in values]
    assert lines(values, "orders", "revenue") == expected


@given(st.lists(st.one_of(anything, st.floats(-1e6, 1e6)), min_size=1))
def test_numbers_have_the_digits_that_python_gives_them(values: list[float]) -> None:
    assert lines(values) == [as_python_writes(x) for x in values]


def test_numbers_beside_powers_of_two_and_ten_have_the_digits_that_python_gives_them() -> None:
    centers = np.concatenate([2.0 ** np.arange(-1074, 1024), 10.0 ** np.arange(-300, 300)])
    near = np.concatenate([centers, np.nextafter(centers, 0), np.nextafter(centers, np.inf)])
    values = [*near.tolist(), *(-near).tolist()]
    assert lines(values) == [as_python_writes(x) for x in values]


awkward = st.text(st.sampled_from('aé,;"\r\n\t '), max_size=6)


@given(st.lists(st.tuples(awkward, awkward), min_size=1))
def test_text_comes_back_from_the_csv_reader_of_python(rows: list[tuple[str, str]]) -> None:
    text = to_csv(pd.DataFrame(rows, columns=["a,b", "c"], dtype="str"))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a,b", "c"], *map(list, rows)]


@given(st.lists(st.one_of(st.none(), awkward), min_size=1))
def test_a_single_column_has_a_line_for_every_row(cells: list[str | None]) -> None:
    text = to_csv(pd.DataFrame({"a": cells}, dtype="str"))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a"], *([cell or ""] for cell in cells)]


def test_only_cells_that_need_quotes_get_them() -> None:
    frame = pd.DataFrame({"a": ["x", "y, z", 'say "w"', None], "b": [1, 2, 3, 4]})
    assert to_csv(frame) == 'a,b\nx,1\n"y, z",2\n"say ""w""",3\n,4\n'


def mixed(rows: int) -> pd.DataFrame:
    number = np.arange(rows)
    moments = pd.Series((number * 86_399_500_000).astype("M8[us]")).dt.tz_localize("UTC")
    return pd.DataFrame(
        {
            "order_id": pd.Series(number).astype("str").str.zfill(7),
            "customer_id": pd.Series(["é", None, "b"], dtype="str").take(number % 3).array,
            "order_date": (number % 900).astype("M8[D]").astype("M8[us]"),
            "revenue": np.where(number % 7 == 0, np.nan, number / 8),
            "own_rate": np.where(number % 5 == 0, np.nan, np.sin(number)),
            "own_count": pd.array(np.where(number % 4 == 0, None, number), "Int64"),
            "own_flag": pd.array(np.where(number % 4 == 1, None, number % 2 == 0), "boolean"),
            "seen_at": moments.mask(number % 3 == 0),
        }
    )


@pytest.mark.parametrize("format", ["csv", "parquet"])
@pytest.mark.parametrize("rows", [0, 1, 3, 8])
def test_parts_make_no_difference(rows, format, tmp_path, monkeypatch):
    parts = []
    whole = tmp_path / f"whole.{format}"
    write_table(mixed(rows), whole, table="orders")
    monkeypatch.setattr(writing, "ROWS", 3)
    cut = tmp_path / f"cut.{format}"
    write_table(mixed(rows), cut, table="orders", written=parts.append)
    assert sum(parts) == rows
    if format == "csv":
        assert cut.read_bytes() == whole.read_bytes()
    else:
        assert pq.read_table(cut).equals(pq.read_table(whole))
        assert pq.ParquetFile(cut).num_row_groups == -(-rows // 3)


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_size_and_checksum_are_those_of_the_file(format, tmp_path):
    path = tmp_path / f"orders.{format}"
    size, checksum = write_table(mixed(100), path, table="orders")
    content = path.read_bytes()
    assert (size, checksum) == (len(content), hashlib.sha256(content).hexdigest())


def test_parquet_has_the_declared_types_and_cents(tmp_path):
    path = tmp_path / "orders.parquet"
    frame = mixed(9).assign(revenue=[1.005, -0.001, 0.1 + 0.2, *[2.0] * 6], own_day=pd.NaT)
    write_table(frame.astype({"own_day": "datetime64[us]"}), path, table="orders")
    read = pq.read_table(path)
    types = dict(zip(read.schema.names, read.schema.types, strict=True))
    assert types["order_id"] == pa.string()
    assert types["order_date"] == pa.date32()
    assert types["own_day"] == pa.timestamp("us")
    assert types["seen_at"] == pa.timestamp("us", "UTC")
    assert (types["own_count"], types["own_flag"]) == (pa.int64(), pa.bool_())
    assert read["revenue"].to_pylist()[:3] == [1.0, 0.0, 0.3]
    assert str(read["revenue"][1].as_py()) == "0.0"


def test_parquet_is_the_same_whatever_the_number_of_threads(tmp_path):
    checksums = set()
    for threads in (1, 4):
        before = pa.cpu_count()
        pa.set_cpu_count(threads)
        checksums.add(write_table(mixed(5_000), tmp_path / "orders.parquet", table="orders"))
        pa.set_cpu_count(before)
    assert len(checksums) == 1


MEMORY = """
import resource, sys
import numpy as np, pandas as pd
from pathlib import Path
from mktlab.company.writing import write_table

def peak():
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit

def table(rows):
    number = np.arange(rows)
    amount = number / 100
    return pd.DataFrame({"revenue": amount, "discount": amount, "shipping": amount, "n": number})

path = Path(sys.argv[1])
write_table(table(300_000), path, table="orders")
large = table(2_000_000)
before = peak()
write_table(large, path, table="orders")
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no peak memory of a process")
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_saving_a_large_table_needs_the_memory_of_a_part(format, tmp_path):
    path = tmp_path / f"orders.{format}"
    order = [sys.executable, "-c", MEMORY, str(path)]
    done = subprocess.run(order, capture_output=True, text=True, check=True)
    # Seven times the rows may not need even the 64 MB that the frame itself takes.
    assert float(done.stdout) < 32
