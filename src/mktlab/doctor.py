"""Whether this installation works: each function looks at one thing and returns a `Check`.

`examine` runs them all in order, for `mktlab doctor`, which prints each as one line. A check that
fails names the fix. Nothing here raises on a broken installation: finding that is its purpose.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from mktlab.data.learner_worlds import cache_folder
from mktlab.data.load import SOLANE
from mktlab.show.words import say, say_many

MINIMUM = (3, 11)
SET_UP = "delete the folder .venv, then: make lab (Windows and conda: see README.md)"
BUILD = "mktlab data build"
WIDGETS = ("ipywidgets", "jupyterlab_widgets")


@dataclass(frozen=True)
class Check:
    """What was looked at, whether it is well, what was found and, if it is not well, the fix.

    >>> print(Check("Python", False, "3.10", "install Python 3.11 or newer"))
    FAIL  Python: 3.10
          fix: install Python 3.11 or newer
    """

    name: str
    ok: bool
    found: str
    fix: str = ""

    def __str__(self) -> str:
        mark = "ok   " if self.ok else "FAIL "
        fix = "" if self.ok else f"\n      fix: {self.fix}"
        return f"{mark} {self.name}: {self.found}{fix}"


def examine(root: Path) -> Iterator[Check]:
    """Yield every check of the installation whose project folder is `root`."""
    data = root / "datasets" / "solane"
    data = data if data.parent.is_dir() else SOLANE  # that of the package, where only it is there
    checks: dict[str, Callable[[], Check]] = {
        "Python": check_python,
        "packages": lambda: check_packages(root / "requirements.lock"),
        "test tools": lambda: check_packages(root / "requirements-test.lock", "test tools"),
        "kernel": check_kernel,
        "widgets": check_widgets,
        "write access": lambda: check_write_access([root, runtime_folder()]),
        "data": lambda: check_data(data),
        "cache": lambda: check_cache(cache_folder()),
    }
    if not _installed("nbval"):
        del checks["test tools"]  # only `make test` needs them
    for name, check in checks.items():
        try:
            yield check()
        except Exception as problem:
            yield Check(name, False, f"{type(problem).__name__}: {problem}", SET_UP)


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """Check that Python is new enough.

    >>> check_python((3, 12, 1)).ok, check_python((3, 10, 13)).ok
    (True, False)
    """
    found = ".".join(str(part) for part in version)
    fix = "install Python 3.11 or newer, then " + SET_UP
    return Check("Python", version >= MINIMUM, f"{found}, {sys.executable}", fix)


def check_packages(lock: Path, name: str = "packages") -> Check:
    """Check that each package `lock` pins for this machine is installed in that version."""
    try:
        pins = dict(read_pins(lock.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        pins = {}
    if not pins:
        fix = say("git checkout {name}, or download the project anew", name=lock.name)
        return Check(name, False, say("{lock} cannot be read, or pins nothing", lock=lock), fix)
    differing = [
        say(
            "{package} {found} instead of {version}",
            package=package,
            found=_installed(package) or say("missing"),
            version=version,
        )
        for package, version in pins.items()
        if _installed(package) != version
    ]
    if not differing:
        return Check(name, True, say("all {pins} as in {name}", pins=len(pins), name=lock.name))
    more = say(" and {rest} more", rest=len(differing) - 5) if len(differing) > 5 else ""
    return Check(name, False, ", ".join(differing[:5]) + more, SET_UP)


def read_pins(lock: str) -> Iterator[tuple[str, str]]:
    r"""Yield name and version of each package a lock's text pins for this Python and system.

    >>> list(read_pins("a==1 \\\n    --hash=sha256:0\nb==2 ; python_full_version < '3'\n"))
    [('a', '1')]
    """
    from packaging.requirements import Requirement

    for line in lock.splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            pin = Requirement(line.removesuffix("\\").strip())
            if pin.marker is None or pin.marker.evaluate():
                yield pin.name, str(pin.specifier).removeprefix("==")


def check_kernel(name: str = "python3", *, seconds: float = 30) -> Check:
    """Check that the kernel `name` starts, computes, and is this very Python."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        total, home = _ask_kernel(name, seconds)
    except NoSuchKernel:
        return Check("kernel", False, say("no kernel named {name}", name=name), SET_UP)
    except Exception as problem:
        found = say(
            "{name} does not start ({kind}: {problem})",
            name=name,
            kind=type(problem).__name__,
            problem=problem,
        )
    else:
        if home == repr(sys.prefix) and total == "2":
            return Check("kernel", True, say("{name} starts and says 1 + 1 is 2", name=name))
        found = say(
            "{name} runs another environment, {home}, and says 1 + 1 is {total}",
            name=name,
            home=home,
            total=total,
        )
    folder = Path(KernelSpecManager().find_kernel_specs().get(name, sys.prefix))
    fix = "remove the kernel of that name that is in the way (jupyter kernelspec list): delete "
    ours = folder.resolve().is_relative_to(Path(sys.prefix).resolve())
    return Check("kernel", False, found, SET_UP if ours else f"{fix}{folder}")


def _ask_kernel(name: str, seconds: float) -> tuple[str, str]:
    """What a kernel says of 1 + 1, and of the environment that it runs in."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(
        startup_timeout=seconds, kernel_name=name, extra_arguments=["--log-level=ERROR"]
    )
    asked = {"sum": "1 + 1", "home": "__import__('sys').prefix"}
    try:
        answer = client.execute(
            "", silent=True, user_expressions=asked, reply=True, timeout=seconds
        )
        said = answer["content"]["user_expressions"]
        return said["sum"]["data"]["text/plain"], said["home"]["data"]["text/plain"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def check_widgets() -> Check:
    """Check that JupyterLab can show ipywidgets: both packages and the extension in the browser."""
    from jupyter_core.paths import jupyter_path

    versions = {name: _installed(name) for name in WIDGETS}
    missing = [name for name, version in versions.items() if version is None]
    extension = Path("@jupyter-widgets", "jupyterlab-manager", "package.json")
    if not any((Path(folder) / extension).is_file() for folder in jupyter_path("labextensions")):
        missing.append("the JupyterLab extension of jupyterlab_widgets")
    if missing:
        return Check("widgets", False, "missing: " + ", ".join(missing), SET_UP)
    return Check("widgets", True, ", ".join(f"{name} {v}" for name, v in versions.items()))


def runtime_folder() -> Path:
    """Where Jupyter notes its running servers and kernels."""
    from jupyter_core.paths import jupyter_runtime_dir

    return Path(jupyter_runtime_dir())


def check_write_access(folders: Iterable[Path]) -> Check:
    """Check that a file can be made in each folder, or in the nearest one that exists above it."""
    folders = list(folders)
    for folder in folders:
        place = next((f for f in (folder, *folder.parents) if f.exists()), folder)
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as problem:
            fix = say("make {place} a folder you may write to, or move the project", place=place)
            return Check("write access", False, f"{place}: {problem.strerror}", fix)
    return Check("write access", True, " and ".join(str(folder) for folder in folders))


def check_data(folder: Path) -> Check:
    """Check every file that `folder`'s datapackage.json lists against its sha256."""
    description = folder / "datapackage.json"
    if not description.is_file():
        return Check(
            "data", False, say("no {name} in {folder}", name=description.name, folder=folder), BUILD
        )
    try:
        files = json.loads(description.read_text(encoding="utf-8"))["resources"]
        wrong = [file["path"] for file in files if _sha256(folder / file["path"]) != file["hash"]]
    except (ValueError, LookupError, TypeError):
        files = wrong = []
    if not files:
        return Check(
            "data",
            False,
            say("{description} cannot be read, or lists nothing", description=description),
            BUILD,
        )
    if wrong:
        return Check("data", False, "changed or missing: " + ", ".join(wrong), BUILD)
    return Check(
        "data",
        True,
        say("{files} files of {name} as they were published", files=len(files), name=folder.name),
    )


def check_cache(folder: Path) -> Check:
    """Tell how much learners' worlds take on the disk, and how to have it back.

    >>> print(check_cache(Path("a folder that is not there")))
    ok    cache: empty
    """
    worlds = sum(1 for _ in folder.glob("worlds/*/*"))
    if not worlds:
        return Check("cache", True, say("empty"))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    found = say_many(
        "{n:count} learner's world, {mb:count} MB; to free them, delete the folder {folder}",
        "{n:count} learners' worlds, {mb:count} MB; to free them, delete the folder {folder}",
        worlds,
        mb=size / 1e6,
        folder=folder,
    )
    return Check("cache", True, found)


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
