"""The tables in datasets/ are what the market makes, byte for byte."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mktlab.cli import app

SOLANE = Path(__file__).parents[2] / "datasets" / "solane"


def files_in(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.slow
def test_a_fresh_simulation_writes_the_same_files(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["data", "build", "--out", str(tmp_path)])
    assert made.exit_code == 0, made.stderr
    fresh, stored = files_in(tmp_path), files_in(SOLANE)
    assert sorted(fresh) == sorted(stored)
    assert [name for name in fresh if fresh[name] != stored[name]] == []


def test_the_tables_take_at_most_32_megabytes() -> None:
    assert sum(map(len, files_in(SOLANE).values())) <= 32_000_000
