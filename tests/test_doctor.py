"""The doctor finds what is broken and names the fix."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mktlab import cli, doctor
from mktlab.market import simulate

ROOT = Path(__file__).parents[1]


def test_this_installation_is_well() -> None:
    checks = list(doctor.examine(ROOT))
    assert [check.name for check in checks] == [
        "Python",
        "packages",
        "test tools",
        "kernel",
        "widgets",
        "write access",
        "data",
        "cache",
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


def test_tools_for_tests_are_looked_at_only_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "check_kernel", lambda: doctor.Check("kernel", True, ""))
    there = doctor._installed
    monkeypatch.setattr(doctor, "_installed", lambda name: name != "nbval" and there(name))
    checks = {check.name: check for check in doctor.examine(ROOT)}
    assert "test tools" not in checks
    assert checks["packages"].ok


@pytest.mark.parametrize("broken", ["", "pandas <<<<<<< HEAD\n", None])
def test_a_broken_lock_is_mended_by_its_fix(tmp_path: Path, broken: str | None) -> None:
    lock = Path(shutil.copy(ROOT / "requirements.lock", tmp_path))
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example"]
    for order in (["init", "-q"], ["add", "."], ["commit", "-qm", "Pin"]):
        subprocess.run([*git, *order], cwd=tmp_path, check=True)
    if broken is None:
        lock.unlink()
    else:
        lock.write_text(broken)
    check = doctor.check_packages(lock)
    assert not check.ok
    assert check.fix == "git checkout requirements.lock, or download the project anew"
    subprocess.run(check.fix.partition(",")[0].split(), cwd=tmp_path, check=True)
    assert doctor.check_packages(lock).ok


KERNEL = {"display_name": "Python 3", "language": "python"}


@pytest.mark.slow  # a Python of its own each time
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(KERNEL | {"argv": ["/nowhere/bin/python", "-m", "ipykernel_launcher"]}),
        json.dumps(KERNEL | {"argv": [sys.executable, "-c", "raise SystemExit(3)"]}),
        json.dumps(KERNEL | {"argv": [sys.executable, "-c", "import time; time.sleep(60)"]}),
        json.dumps(KERNEL | {"argv": 3}),
        "{",
    ],
    ids=["deleted", "ends", "hangs", "no argv", "no JSON"],
)
def test_a_kernel_in_the_way_is_mended_by_its_fix(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(text)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    check = doctor.check_kernel(seconds=3)
    assert not check.ok
    assert check.fix == (
        "remove the kernel of that name that is in the way (jupyter kernelspec list): "
        f"delete {folder}"
    )
    shutil.rmtree(check.fix.rpartition(" ")[2])
    assert doctor.check_kernel().ok


def test_a_kernel_of_another_environment_is_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_ask_kernel", lambda *_: ("2", "'/opt/another'"))
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text("{}")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    check = doctor.check_kernel()
    assert "another environment, '/opt/another'" in check.found
    assert check.fix.endswith(f"delete {folder}")


def test_a_broken_kernel_of_this_environment_is_set_up_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "_ask_kernel", lambda *_: 1 / 0)
    check = doctor.check_kernel()
    assert (check.ok, check.fix) == (False, doctor.SET_UP)


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


@pytest.mark.parametrize("broken", ["{", "[]", "{}", '{"resources": []}', '{"resources": [1]}'])
def test_a_broken_description_of_the_data_is_named(tmp_path: Path, broken: str) -> None:
    (tmp_path / "datapackage.json").write_text(broken)
    check = doctor.check_data(tmp_path)
    assert (check.ok, check.fix) == (False, "mktlab data build")
    assert "datapackage.json cannot be read, or lists nothing" in check.found


def test_broken_data_are_mended_by_their_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    company = simulate(people=100, weeks=13)
    monkeypatch.setattr("mktlab.market.simulate", lambda: company)
    folder = tmp_path / "datasets" / "solane"
    company.save(folder)
    (folder / "datapackage.json").write_text("{")
    (folder / "truth" / "elasticity.csv").write_bytes(b"\xff")
    check = doctor.check_data(folder)
    assert not check.ok
    command, *order = check.fix.split()
    assert command == "mktlab"
    assert CliRunner().invoke(cli.app, order).exit_code == 0
    assert doctor.check_data(folder).ok


def test_missing_data_is_named(tmp_path: Path) -> None:
    assert "no datapackage.json" in doctor.check_data(tmp_path).found


def test_a_folder_one_may_not_write_to_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    check = doctor.check_write_access([ROOT])
    assert not check.ok
    assert "Permission denied" in check.found


def test_a_check_that_breaks_is_a_check_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "check_kernel", lambda: doctor.Check("kernel", True, ""))
    monkeypatch.setattr(doctor, "check_data", lambda folder: {}["resources"])
    checks = {check.name: check for check in doctor.examine(ROOT)}
    assert not checks["data"].ok
    assert checks["cache"].ok  # the others are looked at all the same
    assert "KeyError" in checks["data"].found


def test_learners_worlds_are_counted_with_the_folder_that_may_go(tmp_path: Path) -> None:
    for world in ("a/1", "b/1"):  # of this market, and of an earlier one
        folder = tmp_path / "worlds" / world
        folder.mkdir(parents=True)
        (folder / "orders.parquet").write_bytes(b"x" * 2_000_000)
    check = doctor.check_cache(tmp_path)
    assert check.ok
    told = f"2 learners' worlds, 4 MB; to free them, delete the folder {tmp_path}"
    assert check.found == told
