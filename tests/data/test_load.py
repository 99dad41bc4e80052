"""A published company that is damaged says so; a folder of one's own may change, its truth not."""

import json
import os
import shutil
from pathlib import Path

import pytest

import mktlab
from mktlab.company import Company
from mktlab.company.package import save
from mktlab.data import load as door
from mktlab.market import simulate
from mktlab.schema import MktlabError


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market") / "solane"
    save(simulate(people=100, weeks=13, flaws=()), folder, reruns=False)
    return folder


@pytest.fixture
def folder(market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "solane"
    shutil.copytree(market, place)
    monkeypatch.setattr(door, "SOLANE", place)
    return place


def rows_cut(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:9]))


def bytes_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def nonsense(path: Path) -> None:
    path.write_bytes(b"{[\xff")


def piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


FILES = ["orders.csv", "truth/customers.csv", "truth/parameters.json", "datapackage.json"]
DAMAGES = [rows_cut, bytes_cut, emptied, nonsense, piped, Path.unlink]


def loaded(source: str | Path) -> tuple[Company | None, str]:
    try:
        company = mktlab.load(source)
    except MktlabError as problem:
        return None, str(problem)
    return company, " ".join(company.notes)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_published_company_names_the_file_and_the_fix(
    name: str, damage, folder: Path
) -> None:
    damage(folder / name)
    if not os.path.lexists(folder / "datapackage.json"):
        return  # nothing is published there, so the company is simulated
    company, told = loaded("solane")
    assert name in told
    assert "`mktlab data build` makes them anew" in told
    assert "\n" not in told
    assert company is None or company.truth


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("name", FILES[1:])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_truth_of_a_saved_folder_is_told_and_the_tables_are_there(
    name: str, damage, folder: Path
) -> None:
    damage(folder / name)
    company, told = loaded(folder)
    assert company is not None
    assert len(company.orders) > 9
    if os.path.lexists(folder / "datapackage.json"):
        assert name in told
    assert "data build" not in told


def test_a_saved_folder_may_be_edited_and_its_truth_be_taken_away(folder: Path) -> None:
    rows_cut(folder / "orders.csv")
    company, told = loaded(folder)
    assert company is not None
    assert company.truth
    assert "orders.csv is" not in told and "Not as saved" not in told
    shutil.rmtree(folder / "truth")
    company, told = loaded(folder)
    assert company is not None
    assert not company.truth
    assert "truth" not in told


@pytest.mark.parametrize(
    "today", ["garbage", [], "99999-01-01", "2024-W01-1", "2025-03-01T00:00:00Z", None, 5]
)
def test_a_present_day_that_is_none_is_told(today: object, folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    (folder / "datapackage.json").write_text(json.dumps(package | {"today": today}))
    assert "datapackage.json cannot be read" in loaded(folder)[1]


@pytest.mark.parametrize("text", ["[" * 100_000, "null", '{"title"', "\0"])
def test_a_description_that_is_none_is_told(text: str, folder: Path) -> None:
    (folder / "datapackage.json").write_text(text)
    assert "datapackage.json cannot be read" in loaded(folder)[1]
