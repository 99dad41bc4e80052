"""What is written is there whole or not at all, whatever stops the program."""

import os
import subprocess
import sys
import tomllib
from itertools import groupby
from pathlib import Path

import pytest

from mktlab.files import parse_toml, write_whole
from mktlab.schema import MktlabError

HELPER = Path(__file__).parent / "helpers" / "killed_saves.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the helper forks")
@pytest.mark.parametrize(
    ("way", "found"),
    [
        ("new", ["none", "new"]),
        pytest.param("whole", ["old", "new"], marks=pytest.mark.slow),
        pytest.param("beside", ["old", "half", "new"], marks=pytest.mark.slow),
    ],
)
def test_a_save_killed_at_any_touch_of_the_disk_leaves_the_old_or_the_new_and_runs_again(
    way: str, found: list[str], tmp_path: Path
) -> None:
    order = [sys.executable, "-W", "ignore", str(HELPER), str(tmp_path / "at"), way]
    done = subprocess.run(order, capture_output=True, text=True, check=True)
    moments = [line.split() for line in done.stdout.splitlines()]
    assert len(moments) > 15
    assert [after for after, _ in groupby(after for after, _ in moments)] == found
    assert {again for _, again in moments} == {"new"}


def test_a_file_is_replaced_whole_with_its_rights_and_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "plan.toml", tmp_path / "link.toml"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, "caf\u00e9 \udce9")
    assert file.read_text(encoding="utf-8") == "café ?"
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.toml", "plan.toml"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_what_stops_a_write_leaves_the_old_file_and_nothing_else(
    stop: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.html"
    file.write_text("old")

    def stopped(self: Path, data: bytes) -> None:
        with self.open("wb") as part:
            part.write(data[:2])
        raise stop

    monkeypatch.setattr(Path, "write_bytes", stopped)
    with pytest.raises((MktlabError, KeyboardInterrupt)) as told:
        write_whole(file, "new page", what="The report")
    assert "no space left" in str(told.value) or told.type is KeyboardInterrupt
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = " + "9" * 5000, 2), ("a = " + "[" * 5000, 1), ("a = 1\na = 2\n", 2)],
)
def test_toml_that_cannot_be_read_is_told_by_its_line(text, line):
    with pytest.raises(tomllib.TOMLDecodeError, match=rf"\(at (line {line}|end of document)"):
        parse_toml(text)
