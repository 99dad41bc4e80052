"""A Maison Solane of a learner's own: the same company and rules, from a seed that a name gives.

`world` simulates it once at teaching size and keeps it as Parquet in `cache_folder`, under the
`fingerprint` of the market, so that a changed market is never served from an old copy. The cache
may be deleted at any time, and whatever is wrong with it, the lesson goes on: the world is then
simulated again, and `company.notes` says so.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from numbers import Integral
from pathlib import Path
from unicodedata import normalize

from mktlab.company import Company, Truth
from mktlab.company.description import Description
from mktlab.company.package import save
from mktlab.data.folder import read_company
from mktlab.schema import MktlabError
from mktlab.show.words import say

PUBLISHED = 2023
"""The seed of the published company, which no learner gets."""

CHECKED = tuple(f"world {n}" for n in range(1, 21))
"""The learners in whose worlds every lesson and every answer of the course is checked."""

MAKES = (
    "market",
    "company",
    "files.py",
    "plan/costs.py",
    "plan/launches.py",
    "plan/launches.toml",
    "plan/mix.py",
    "resources.py",
    "schema.py",
    "show/formats.py",
    "tables.py",
    "tables.toml",
)
"""The rooms and files of the package that make a world and its copy."""

SECONDS = 5
"""What making a world takes on two cores, about."""

LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy")
"""The libraries that compute and write it: another version may draw or round differently."""


def world(learner: str | int) -> Company:
    """The Maison Solane of a learner; `mktlab.load("solane", learner=...)` is its door."""
    shown, seed, notes = _shown(learner), seed_of(learner), []
    try:
        folder = cache_folder() / "worlds" / fingerprint() / str(seed)
        company = _kept(folder)
        damaged = company is None and os.path.lexists(folder)
    except (OSError, RuntimeError):  # no home, or a cache that may not even be looked at
        folder, company, damaged = None, None, False
    if company is None:
        told = say(
            "Making the market of {learner}, once: about {n} seconds ...", learner=shown, n=SECONDS
        )
        with shown_meanwhile(told):
            from mktlab.market import simulate

            company = simulate(seed=seed)
            if damaged:
                notes.append(
                    say(
                        "The copy of this world in the cache was damaged, so it was simulated anew."
                    )
                )
            if folder is None or not _keep(company, folder):
                notes.append(
                    say(
                        "This world could not be kept in the cache folder, so every load simulates "
                        "it anew; set the environment variable MKTLAB_CACHE to a folder that you "
                        "may write to."
                    )
                )
    return Company(
        company.tables,
        name=say("{company} (world of {learner})", company=company.name, learner=shown),
        today=company.today,
        currency=company.currency,
        truth=_with_reruns(company.truth) if isinstance(company.truth, Truth) else None,
        notes=notes,
        samples=company.samples,
    )


@contextmanager
def shown_meanwhile(message: str) -> Iterator[None]:
    """Show a message while something takes long, and leave nothing of it in the end.

    In a notebook it is the output of the cell, which is then emptied, so that what is stored is the
    same as without; on a terminal it is a line that goes away; elsewhere nobody is there to read.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if hasattr(shell, "kernel"):
        from IPython.display import clear_output, display

        display({"text/plain": message}, raw=True)  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            clear_output()  # type: ignore[no-untyped-call]
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.markup import escape

        with Console(stderr=True).status(escape(message)):
            yield
    else:
        yield


def _with_reruns(truth: Truth) -> Truth:
    """The truth with the tables that are not kept, because the market is played again for them."""
    from mktlab.market.run import reruns

    kept = truth.ready
    size = {name: truth.parameters[name] for name in ("people", "weeks", "seed")}
    later = {name: table for name, table in reruns(**size).items() if name not in kept}
    return Truth(kept, truth.parameters, truth.meanings, later=later)


def seed_of(learner: str | int) -> int:
    """The seed of a learner's world: 48 bits of the SHA-256 of the normalized name.

    Spaces at the ends, capitals and the ways that Unicode writes the same letters make no
    difference, and a number is its digits.

    Raises
    ------
    MktlabError
        For an empty name, or something that is neither text nor a whole number.

    Examples
    --------
    >>> seed_of(" ADA ") == seed_of("ada"), seed_of(42) == seed_of("42")
    (True, True)
    """
    name = normalize("NFKC", _shown(learner).casefold())
    digest = hashlib.sha256(f"mktlab world of {name}".encode()).digest()
    seed = int.from_bytes(digest[:6], "big")
    return seed if seed != PUBLISHED else seed + 1


def _shown(learner: object) -> str:
    number = isinstance(learner, Integral) and not isinstance(learner, bool)
    name = " ".join(normalize("NFKC", str(learner)).split())
    letters = name.encode("utf-8", "ignore").decode() == name  # half a letter is none
    if not name or not letters or not (number or isinstance(learner, str)):
        told = say(
            "load: learner must be a name or a whole number, not {learner!r}; write for example "
            'mktlab.load("solane", learner="Ada").',
            learner=learner,
        )
        raise MktlabError(told)
    return name


def cache_folder() -> Path:
    """Where worlds are kept: MKTLAB_CACHE, or mktlab in the platform's folder for caches."""
    said = os.environ.get("MKTLAB_CACHE")
    if said:
        return Path(said).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "mktlab"


@cache
def fingerprint(package: Path = Path(__file__).parents[1]) -> str:
    """Sixteen digits that change with what makes a world (`MAKES`, `LIBRARIES`), and with it alone.

    They are taken once per process, as a market that is already loaded does not change either.
    """
    digest = hashlib.sha256("".join(f"{name} {version(name)} " for name in LIBRARIES).encode())
    for path in makers(package):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]


def makers(package: Path) -> list[Path]:
    """The files of `MAKES` in the package's folder.

    >>> makers(Path("a folder that is not there"))
    []
    """
    found = (path for name in MAKES for path in [package / name, *(package / name).rglob("*")])
    return sorted(path for path in found if path.suffix in (".py", ".toml") and path.is_file())


def _kept(folder: Path) -> Company | None:
    """The company in a folder of the cache, if there is one and it is as it was written."""
    try:
        said = Description.of(folder)
        return read_company(said, checked=False) if said.holds() else None
    except Exception:  # whatever is wrong with a copy, the world can be made anew
        return None


def _keep(company: Company, folder: Path) -> bool:
    """Put a company into the cache, unless another notebook was faster."""
    try:
        if _kept(folder) is None:
            save(company, folder, format="parquet", reruns=False)
    except MktlabError:
        return False
    return True
