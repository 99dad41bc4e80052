"""The doctor finds what is broken and names the fix."""

import json
import shutil
from pathlib import Path

import pytest

from mktlab import doctor

ROOT = Path(__file__).parents[1]


def test_this_installation_is_well() -> None:
    checks = list(doctor.examine(ROOT))
    assert [check.name for check in checks] == [
        "Python",
        "packages",
        "kernel",
        "widgets",
        "write access",
        "data",
    ]
    assert [str(check) for check in checks if not check.ok] == []


def test_a_package_of_another_version_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("pandas==0.1 \\\n    --hash=sha256:0\nno-such-package==2\n")
    check = doctor.check_packages(lock)
    assert not check.ok
    assert "instead of 0.1" in check.found
    assert "no-such-package missing instead of 2" in check.found
    assert "make lab" in check.fix


def test_a_missing_kernel_is_named() -> None:
    check = doctor.check_kernel("no-such-kernel")
    assert (check.ok, check.found) == (False, "no kernel named no-such-kernel")


def test_a_changed_file_of_the_data_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "solane"
    shutil.copytree(ROOT / "datasets" / "solane", folder)
    assert doctor.check_data(folder).ok
    with (folder / "products.csv").open("a") as file:
        file.write("X\n")
    (folder / "truth" / "elasticity.csv").unlink()
    check = doctor.check_data(folder)
    assert check.found == "changed or missing: products.csv, truth/elasticity.csv"
    assert check.fix == "mktlab data build"


def test_missing_data_is_named(tmp_path: Path) -> None:
    assert "no datapackage.json" in doctor.check_data(tmp_path).found


def test_a_folder_one_may_not_write_to_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    check = doctor.check_write_access([ROOT])
    assert not check.ok
    assert "Permission denied" in check.found


def test_a_check_that_breaks_is_a_check_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "datasets" / "solane").mkdir(parents=True)
    (tmp_path / "datasets" / "solane" / "datapackage.json").write_text(json.dumps({}))
    monkeypatch.setattr(doctor, "check_kernel", lambda: doctor.Check("kernel", True, ""))
    last = list(doctor.examine(tmp_path))[-1]
    assert (last.name, last.ok) == ("data", False)
    assert "KeyError" in last.found
