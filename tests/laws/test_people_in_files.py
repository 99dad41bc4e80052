"""What is planted of people in somebody's files appears in nothing that is told or written."""

import itertools
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mktlab
from mktlab import cli
from mktlab.schema import MktlabError

MAILS = [f"{name}.planted@mail{n}.example" for n, name in enumerate(["ada", "jo", "li", "max"])]
PHONES = ["+33 6 11 22 33 44", "06 55 66 77 88", "07.12.34.56.78", "+44 20 7946 0958"]
NAMES = ["Marguerite Plantagenet", "Theodore Plantard", "Josephine Plantu", "Gregory Planter"]
STREETS = [f"{n} rue des Plantations, {75000 + n} Paris" for n in (12, 27, 31, 48)]
IBANS = ["FR1420041010050500013M02606", "DE89370400440532013000", "GB29NWBK60161331926819"]
BIRTHS = ["1971-03-14", "1983-11-02", "1990-07-29", "1968-01-05"]
ADDRESSES = ["203.0.113.7", "198.51.100.23", "192.0.2.44", "2001:db8::8a2e:370:7334"]
SAID = [
    f"Please call {name.split()[0]} at {phone} or write to c{n}@planted.example, thank you so much"
    for n, (name, phone) in enumerate(zip(NAMES, PHONES, strict=True))
]
COLUMNS = {
    "Email": MAILS,
    "Phone": PHONES,
    "Billing Name": NAMES,
    "Billing Street": STREETS,
    "IBAN": IBANS,
    "Birthday": BIRTHS,
    "IP": ADDRESSES,
    "Notes": SAID,
}
PLANTED = [*itertools.chain(*COLUMNS.values()), *(f"c{n}@planted.example" for n in range(4))]
PLANTED += [street.split(",")[0] for street in STREETS] + [name.split()[1] for name in NAMES]
PLANTED += [iban[4:16] for iban in IBANS] + [mail.split("@")[0] for mail in MAILS]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop's orders with all of it, whose customers go by their addresses, and its answers."""
    shop, scratch = tmp_path / "shop", tmp_path / "scratch"
    shop.mkdir()
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    heads = ["order_id", "customer_id", "order_date", "revenue", *COLUMNS]
    lines = [";".join(heads)]
    for n in range(60):
        day = f"2024-{1 + n % 12:02}-{1 + n % 28:02}"
        cells = [values[n % len(values)] for values in COLUMNS.values()]
        lines.append(";".join([f"O{n}", MAILS[n % 4], day, f"{20 + n}", *cells]))
    (shop / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    answers = ["response_id;customer_id;responded_date;nps;comment"]
    answers += [f"{n};{MAILS[n]};2024-06-0{n + 1};9;{SAID[n]}" for n in range(4)]
    (shop / "survey_responses.csv").write_text("\n".join(answers), encoding="utf-8")
    return shop


def leaked(text: str) -> list[str]:
    return [value for value in PLANTED if value.casefold() in text.casefold()]


def test_there_is_enough_of_it_and_it_would_be_found(folder: Path) -> None:
    assert len(set(PLANTED)) >= 50
    raw = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert len(leaked(raw)) == len(PLANTED)


def test_no_table_note_or_check_tells_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    company = mktlab.load(folder)
    told = [repr(company), company._repr_html_(), *company.notes, *capsys.readouterr()]
    told += [frame.to_csv() for frame in company.tables.values()]
    told.append(CliRunner().invoke(cli.app, ["check", str(folder), "--write"]).output)
    told += [path.read_text(encoding="utf-8") for path in folder.glob("columns.toml")]
    told += left_behind(folder)
    # A first name alone, inside of what somebody wrote, is not told from a word.
    assert leaked("\n".join(told)) == []


@pytest.mark.parametrize("column", ["order_date", "revenue", "order_id"])
def test_no_error_tells_it(folder: Path, column: str) -> None:
    path = folder / "orders.csv"
    heads, *lines = path.read_text(encoding="utf-8").splitlines()
    place = heads.split(";").index(column)
    broken = []
    for n, line in enumerate(lines):
        cells = line.split(";")
        cells[place] = PLANTED[n % 20]
        broken.append(";".join(cells))
    path.write_text("\n".join([heads, *broken]), encoding="utf-8")
    output = CliRunner().invoke(cli.app, ["check", str(folder)]).output
    with pytest.raises(MktlabError) as refused:
        mktlab.load(folder)
    assert leaked(output + str(refused.value)) == []
    assert left_behind(folder) == []


@pytest.mark.slow
def test_no_report_tells_it(folder: Path) -> None:
    report = folder.parent / "report.html"
    ran = CliRunner().invoke(cli.app, ["run", "11", "--data", str(folder), "-o", str(report)])
    assert report.is_file(), ran.output
    written = [path.read_text(encoding="utf-8") for path in folder.parent.glob("report*")]
    assert leaked("\n".join([ran.output, *written, *left_behind(folder)])) == []


def left_behind(folder: Path) -> list[str]:
    """What lies among the temporary files."""
    places = (folder.parent / "scratch").rglob("*")
    return [path.read_text(errors="replace") for path in places if path.is_file()]
