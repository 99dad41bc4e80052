"""The doors: one pinned list for every way in, versions that agree, nothing of anyone's machine."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = [
    Requirement(line.removesuffix("\\").strip()) for line in LOCK.splitlines() if line[0].isalnum()
]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_lock_names_no_address() -> None:
    assert not re.search(r"://|file:|--(extra-)?index|--find-links", LOCK)


def test_every_pin_has_a_hash() -> None:
    for block in re.split(r"\n(?=\S)", LOCK.strip()):
        assert "--hash=sha256:" in block


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_dependency_is_pinned_on_every_python(python: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.1"}
    pinned = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in PINS
        if pin.marker is None or pin.marker.evaluate(environment)
    }
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    for line in wanted:
        need = Requirement(line)
        assert need.specifier.contains(pinned[canonicalize_name(need.name)])


def test_no_test_tool_is_a_dependency_of_the_course() -> None:
    names = {Requirement(line).name for line in PROJECT["project"]["dependencies"]}
    assert not names & {"pytest", "nbval", "hypothesis", "ruff", "mypy", "playwright", "jupytext"}


def test_conda_installs_the_same_pinned_list() -> None:
    assert "- -r requirements.lock" in text_of("environment.yml")
    assert "pip install --no-deps --no-build-isolation -e ." in text_of("environment.yml")


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert text_of(".ci/run").rstrip().endswith("\nmake test")
    assert "make test" in text_of("README.md")


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
