"""The doors: pinned lists for every way in, versions that agree, nothing of anyone's machine."""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in ("requirements.lock", "requirements-test.lock")
}
COURSE, CHECKS = LOCKS
in_both = pytest.mark.parametrize("lock", LOCKS)
on_every_python = pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pinned(lock: str, python: str) -> dict[str, str]:
    """The versions that a lock pins for this Python."""
    environment = {"python_version": python, "python_full_version": f"{python}.9"}
    lines = [
        line.removesuffix("\\").strip() for line in LOCKS[lock].splitlines() if line[0].isalnum()
    ]
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in map(Requirement, lines)
        if pin.marker is None or pin.marker.evaluate(environment)
    }


@in_both
def test_a_lock_names_no_address(lock: str) -> None:
    assert not re.search(r"://|file:|--(extra-)?index|--find-links", LOCKS[lock])


@in_both
def test_every_pin_has_a_hash(lock: str) -> None:
    for block in re.split(r"\n(?=\S)", LOCKS[lock].strip()):
        assert "--hash=sha256:" in block


@on_every_python
@pytest.mark.parametrize(("lock", "group"), [(COURSE, "build"), (CHECKS, "dev")])
def test_every_dependency_is_pinned_on_every_python(lock: str, group: str, python: str) -> None:
    pins = pinned(lock, python)
    for line in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"][group]:
        need = Requirement(line)
        assert need.specifier.contains(pins[canonicalize_name(need.name)])


@on_every_python
def test_the_tools_for_tests_leave_every_version_of_the_course_as_it_is(python: str) -> None:
    course, checks = pinned(COURSE, python), pinned(CHECKS, python)
    assert course == {name: checks.get(name) for name in course}


def test_conda_installs_the_same_pinned_list() -> None:
    assert "- -r requirements.lock" in text_of("environment.yml")
    assert "pip install --no-deps --no-build-isolation -e ." in text_of("environment.yml")


@pytest.fixture
def door(tmp_path: Path):
    """Calls make in a copy of the project, with a uv that installs nothing; what it was asked."""
    folder = tmp_path / "course"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        (folder / name).write_text(text_of(name), encoding="utf-8")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "uv").write_text(
        f"""#!/bin/sh
echo "$@" >> {tmp_path}/asked
[ "$1" = pip ] || exec {sys.executable} -m venv --without-pip .venv
"""
    )
    (tools / "uv").chmod(0o755)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    path = os.pathsep.join([str(tools), os.environ["PATH"]])

    def make(target: str, *, folder: Path = folder) -> list[str]:
        (tmp_path / "asked").write_text("")
        subprocess.run(
            ["make", f".venv/{target}", f"PYTHON={sys.executable}"],
            cwd=folder,
            env=clean | {"PATH": path},
            check=True,
            capture_output=True,
        )
        asked = (tmp_path / "asked").read_text().splitlines()
        return [line.split()[0] if line.startswith("venv") else line.split()[-1] for line in asked]

    return make, folder


def renew(file: Path) -> None:
    """Give a file a later time than any file before it, also where clocks tick slowly."""
    time.sleep(0.05)
    file.touch()


def test_each_door_sets_up_what_it_needs_once(door) -> None:
    make, _ = door
    assert make(".ready") == ["venv", COURSE, "."]
    assert make(".ready") == []
    assert make(".tools") == [CHECKS]
    assert make(".tools") == make(".ready") == []


def test_a_new_lock_is_installed_through_the_doors_that_need_it(door) -> None:
    make, folder = door
    assert make(".tools") == ["venv", COURSE, ".", CHECKS]
    renew(folder / CHECKS)
    assert make(".ready") == []
    assert make(".tools") == [CHECKS]
    renew(folder / COURSE)
    assert make(".tools") == [COURSE, ".", CHECKS]


def test_a_folder_that_was_moved_is_set_up_again(door) -> None:
    make, folder = door
    make(".tools")
    moved = folder.rename(folder.with_name("moved"))
    assert make(".ready", folder=moved) == [COURSE, "."]
    assert make(".tools", folder=moved) == [CHECKS]


def test_an_environment_of_elsewhere_is_replaced(door) -> None:
    make, folder = door
    make(".tools")
    (folder / ".venv" / "pyvenv.cfg").unlink()  # its Python is then the one of the system
    assert make(".tools") == ["venv", COURSE, ".", CHECKS]
    (folder / ".venv" / "bin" / "python").unlink()
    assert make(".tools") == ["venv", COURSE, ".", CHECKS]


def test_every_python_that_runs_is_tried_and_one_that_fails_is_named(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(text_of("Makefile"))
    for name, code in (("python3.11", 0), ("python3.12", 1), ("python3.14", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "make").write_text('#!/bin/sh\ncase "$*" in *3.14*) exit "$LAST";; esac\n')
    (tmp_path / "make").chmod(0o755)
    make = shutil.which("make") or "make"
    order = [make, "pythons", f"MAKE={tmp_path / 'make'}"]
    path = os.pathsep.join([str(tmp_path), "/usr/bin", "/bin"])

    def pythons(last: int, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*order, *more],
            cwd=tmp_path,
            env={"PATH": path, "LAST": str(last)},
            capture_output=True,
            text=True,
        )

    known = "PYTHONS=python3.11 python3.12 python3.14"
    well, ill = pythons(0, known), pythons(1, known)
    assert well.returncode == 0
    assert "python3.12 is not here, or does not run: skipped." in well.stdout
    assert "on Python 3.11 3.14." in well.stdout
    assert ill.returncode != 0
    assert "on Python 3.11." in ill.stdout
    assert "Not every notebook does on Python 3.14." in ill.stderr
    none = pythons(0, "PYTHONS=python3.12")
    assert none.returncode != 0
    assert "No Python from 3.11 on was found" in none.stderr


@pytest.fixture
def server(tmp_path: Path):
    """Runs a copy of .ci/run where only these programs are; each says what it is asked."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "dirname").symlink_to(str(shutil.which("dirname")))

    def run(*names: str, user: int = 1000) -> subprocess.CompletedProcess[str]:
        for name in ("id", *names):
            said = f"echo {user}" if name == "id" else f'echo {name} "$@" CI=$CI'
            fails = "false" if name == "apt-get" else "true"
            (programs / name).write_text(f"#!/bin/sh\n{said}\n{fails}\n")
            (programs / name).chmod(0o755)
        order = [str(shutil.which("bash")), str(tmp_path / ".ci" / "run")]
        return subprocess.run(order, env={"PATH": str(programs)}, capture_output=True, text=True)

    return run


def test_ci_calls_the_test_commands_of_the_readme(server) -> None:
    done = server("make", "chromium")
    assert done.stdout.splitlines() == ["make test CI=true", "make test-slow CI=true"]
    assert (done.returncode, done.stderr) == (0, "")
    assert "make test " in text_of("README.md")


@pytest.mark.parametrize("user", [0, 1000])
def test_ci_fails_in_one_sentence_where_no_browser_can_be_had(server, user: int) -> None:
    done = server("make", "apt-get", user=user)
    assert done.returncode == 1
    assert done.stdout.split()[:1] == ([] if user else ["apt-get"])
    assert "make" not in done.stdout
    (sentence,) = done.stderr.splitlines()
    assert "install it (Debian: apt install chromium)" in sentence


def test_make_test_and_test_slow_share_every_test() -> None:
    assert '-m "not slow" tests $(NOTEBOOKS) src' in text_of("Makefile")
    assert "-m slow tests\n" in text_of("Makefile")


def test_the_version_is_the_same_everywhere() -> None:
    version = PROJECT["project"]["version"]
    assert f"version: {version}\n" in text_of("CITATION.cff")
    assert f"\n## {version}\n" in text_of("CHANGELOG.md")


def test_every_license_is_there_by_name() -> None:
    assert "MIT License" in text_of("LICENSE")
    assert "CC BY 4.0" in text_of("LICENSE-TEXTS")
    assert "CC0 1.0" in text_of("LICENSE-DATA")


def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so there is no list of committed files")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    # Backwards, so that this file does not name them itself.
    homes = ["/krow/", "/toor/", "/emoh/", "/sresU/", "sresU\\:C"]
    hosts = ["detsohnohtyp", "gro.ipyp", "sjmpn.yrtsiger", "naibed.bed"]
    names = [word[::-1] for word in homes + hosts]
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".parquet"}:
            text = path.read_text(encoding="utf-8")
            found += [(name, word) for word in names if word in text]
    assert found == []
