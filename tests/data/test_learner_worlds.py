"""Every learner has a world of their own: always the same one, quickly, and whatever happens."""

import ast
import importlib
import io
import json
import shutil
import subprocess
import sys
from functools import cache
from itertools import product
from pathlib import Path
from types import FunctionType

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

import mktlab
from mktlab import market
from mktlab.data import learner_worlds as worlds
from mktlab.data.learner_worlds import LIBRARIES, MAKES, cache_folder, fingerprint, makers, seed_of
from mktlab.schema import MktlabError

SIMULATE = market.simulate


@cache
def small_world(seed):
    return SIMULATE(people=300, weeks=13, seed=seed)


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    """A cache of the test's own, and small worlds; keeps the seeds whenever one is asked for."""
    played = []

    def simulate_small(*, seed):
        played.append(seed)
        return small_world(seed)

    monkeypatch.setenv("MKTLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(market, "simulate", simulate_small)
    return played


def assert_same(one, other):
    assert repr(one) == repr(other)
    for ours, theirs in ((one, other), (one.truth, other.truth)):
        assert list(ours.tables) == list(theirs.tables)
        for name in ours.tables:
            pd.testing.assert_frame_equal(ours.tables[name], theirs.tables[name])
    assert one.truth.parameters == other.truth.parameters


def world_files(tmp_path):
    (folder,) = (tmp_path / "cache" / "worlds").glob("*/*")
    return folder


def test_a_world_is_simulated_once_and_then_read(small):
    first = mktlab.load("solane", learner="Ada")
    second = mktlab.load("solane", learner="Ada")
    assert small == [seed_of("Ada")]
    assert_same(first, second)
    assert first.name == "Maison Solane (world of Ada)"
    assert first.notes == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "  aDA\t"),
        (42, "42"),
        (np.int64(42), "４２"),
        ("Élodie", "E\u0301LODIE"),
        ("Straße", "STRASSE"),
        ("Ada Lovelace", "ada  lovelace"),
    ],
)
def test_ways_to_write_one_name_are_one_world(one, other):
    assert seed_of(one) == seed_of(other)


def test_names_have_worlds_apart_from_each_other_and_from_the_published_one():
    names = ["ada", "adam", "42", "4 2", "élodie", "elodie", *map(str, range(1000))]
    seeds = {seed_of(name) for name in dict.fromkeys(names)}
    assert len(seeds) == len(set(names))
    assert worlds.PUBLISHED not in seeds


def test_the_seed_of_a_name_never_changes():
    # The first 12 hexadecimal digits of: printf 'mktlab world of ada' | sha256sum
    assert seed_of("Ada") == 0x06F600AF30CB


@pytest.mark.parametrize("nobody", ["  ", "\n", 1.5, True, b"Ada", ["Ada"]])
def test_a_learner_without_a_name_is_told_in_a_sentence(nobody):
    with pytest.raises(MktlabError, match="learner must be a name or a whole number, not"):
        mktlab.load("solane", learner=nobody)


def test_a_learner_goes_with_maison_solane_only(tmp_path):
    with pytest.raises(MktlabError, match="learner goes with Maison Solane only"):
        mktlab.load(tmp_path, learner="Ada")


@pytest.mark.parametrize("nobody", ["", None])
def test_without_a_learner_it_is_the_published_company_or_ones_own(nobody, small, tmp_path):
    assert mktlab.load("solane", learner=nobody).name == "Maison Solane"
    (tmp_path / "products.csv").write_text("product_id,name\nA,Beans\n")
    assert list(mktlab.load(tmp_path, learner=nobody).tables) == ["products"]
    assert small == []


def test_the_course_is_checked_on_twenty_worlds():
    assert tuple(f"world {n}" for n in range(1, 21)) == worlds.CHECKED
    assert len({seed_of(name) for name in worlds.CHECKED}) == 20


FILES = ["orders.parquet", "datapackage.json", "truth/customers.parquet"]
DAMAGES = [b"", b"half of it", None]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "damage"), [*product(FILES, DAMAGES)])
def test_a_damaged_copy_is_made_anew_with_a_note(name, damage, small, tmp_path):
    first = mktlab.load("solane", learner="Ada")
    path = world_files(tmp_path) / name
    path.unlink() if damage is None else path.write_bytes(damage)
    again = mktlab.load("solane", learner="Ada")
    assert again.notes == (
        "The copy of this world in the cache was damaged, so it was simulated anew.",
    )
    third = mktlab.load("solane", learner="Ada")
    assert len(small) == 2
    assert_same(first, third)
    assert [path.name for path in world_files(tmp_path).parent.iterdir()] == [str(small[0])]


def test_a_cache_that_cannot_be_written_to_is_noted_and_the_lesson_goes_on(
    small, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MKTLAB_CACHE", str(tmp_path / "file" / "cache"))
    for _ in range(2):
        company = mktlab.load("solane", learner="Ada")
        assert len(company.notes) == 1
        assert "could not be kept in the cache folder" in company.notes[0]
        assert str(tmp_path) not in company.notes[0]
    assert len(small) == 2


def test_without_a_home_the_lesson_goes_on(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("MKTLAB_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert "could not be kept" in mktlab.load("solane", learner="Ada").notes[0]


def test_another_market_is_never_served_from_the_cache(small, monkeypatch):
    mktlab.load("solane", learner="Ada")
    monkeypatch.setattr(worlds, "fingerprint", lambda: "another")
    mktlab.load("solane", learner="Ada")
    assert len(small) == 2


PACKAGE = Path(mktlab.__file__).parent
WATCHED = """
import importlib.util, json, sys, tempfile
from pathlib import Path

name = "mktlab"  # without what its door imports
sys.modules[name] = importlib.util.module_from_spec(importlib.util.find_spec(name))
package = str(Path(sys.modules[name].__path__[0])) + "/"
read, ran = {}, set()


def opened(event, args):  # data files, under the file that asked for them
    path = str(args[0]) if event == "open" else ""
    if path.startswith(package) and Path(path).suffix not in (".py", ".pyc"):
        frame = sys._getframe()
        files = []
        while frame := frame.f_back:
            files.append(frame.f_code.co_filename)
        ours = [file for file in files if file.startswith(package)]
        asked = next(file for file in ours if not file.endswith("/resources.py"))
        read.setdefault(asked, set()).update([path, *ours[: ours.index(asked)]])


def called(frame, event, arg):
    if frame.f_code.co_filename.startswith(package):
        ran.add(frame.f_code.co_filename)


sys.addaudithook(opened)
from mktlab.company.package import save
from mktlab.market import simulate

sys.setprofile(called)
save(simulate(people=100, weeks=13), Path(tempfile.mkdtemp(), "w"), format="parquet", reruns=False)
sys.setprofile(None)
print(json.dumps({"ran": sorted(ran), "read": {file: sorted(read[file]) for file in read}}))
"""


def imported(path):
    """Module -> names, of what a file imports from the package at its top."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("mktlab"):
            found.setdefault(node.module, set()).update(alias.name for alias in node.names)
    return found


def what_makes_a_world():
    """The files that run while a small world is made and kept, their constants and their data."""
    told = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    seen = json.loads(told.stdout)
    todo, found = {Path(file) for file in seen["ran"]}, set()
    while todo:
        path = todo.pop()
        found.add(path)
        todo |= {Path(file) for file in seen["read"].get(str(path), [])} - found
        for name, names in imported(path).items() if path.suffix == ".py" else ():
            module = importlib.import_module(name)
            if not all(isinstance(getattr(module, x), type | FunctionType) for x in names):
                todo |= {Path(module.__file__)} - found
    return {path.relative_to(PACKAGE) for path in found}


def test_the_fingerprint_covers_what_makes_a_world_and_nothing_else():
    covered = {path.relative_to(PACKAGE) for path in makers(PACKAGE)}
    makes = what_makes_a_world()
    assert {path.as_posix() for path in makes - covered} == set()
    assert [name for name in MAKES if not any(path.is_relative_to(name) for path in makes)] == []
    assert Path("market", "world.py") in makes and Path("tables.toml") in makes


def test_the_fingerprint_knows_the_version_of_every_library_that_makes_a_world():
    libraries = set()
    for path in makers(PACKAGE):
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += (
                    [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                )
                libraries |= {str(name).partition(".")[0] for name in names}
    shown = {"mktlab", "narwhals"}  # narwhals checks tables and computes none
    assert libraries - sys.stdlib_module_names - shown == set(LIBRARIES)


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("market/prices.py", True),
        ("plan/mix.py", True),
        ("tables.toml", True),
        ("cli.py", False),
        ("show/charts.py", False),
        ("course/lessons.toml", False),
        ("plan/brief.py", False),
    ],
)
def test_the_fingerprint_changes_with_any_line_of_the_market_alone(file, matters, tmp_path):
    package = tmp_path / "mktlab"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = fingerprint(package)
    assert before == fingerprint()
    fingerprint.cache_clear()
    with (package / file).open("a") as changed:
        changed.write("\n")
    assert (fingerprint(package) != before) == matters


def test_the_fingerprint_changes_with_a_library(monkeypatch):
    before = fingerprint()
    fingerprint.cache_clear()
    monkeypatch.setattr(worlds, "version", lambda name: "another")
    assert fingerprint() != before
    fingerprint.cache_clear()


def test_a_notebook_that_comes_second_leaves_the_copy_of_the_first(small, tmp_path, monkeypatch):
    simulate = market.simulate

    def overtaken(*, seed):
        monkeypatch.setattr(market, "simulate", simulate)
        mktlab.load("solane", learner="Ada")  # the other notebook is faster
        return simulate(seed=seed)

    monkeypatch.setattr(market, "simulate", overtaken)
    company = mktlab.load("solane", learner="Ada")
    assert len(small) == 2
    assert company.notes == ()
    assert [path.name for path in world_files(tmp_path).parent.iterdir()] == [str(small[0])]


@pytest.mark.slow
def test_notebooks_that_start_at_once_do_not_break_each_other(tmp_path):
    code = (
        "from functools import partial; from mktlab import load, market;"
        "market.simulate = partial(market.simulate, people=300, weeks=13);"
        "print(load('solane', learner='Ada').notes)"
    )
    order = [sys.executable, "-c", code]
    both = [subprocess.Popen(order, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[0].strip() for process in both] == ["()", "()"]
    assert [path.name for path in world_files(tmp_path).parent.iterdir()] == [str(seed_of("Ada"))]


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "said/mktlab"),
        ("linux", "", ".cache/mktlab"),
        ("darwin", "", "Library/Caches/mktlab"),
        ("win32", "LOCALAPPDATA", "said/mktlab"),
        ("win32", "", "AppData/Local/mktlab"),
    ],
)
def test_the_cache_lies_where_the_platform_keeps_caches(
    platform, variable, expected, tmp_path, monkeypatch
):
    for name in ("MKTLAB_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", platform)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "said"))
    assert cache_folder() == tmp_path / expected


MADE = "Making the market of Ada [x], once: about 5 seconds ..."
LOAD = """
from functools import partial
import mktlab
from mktlab import market
market.simulate = partial(market.simulate, people=300, weeks=13)
name = mktlab.load("solane", learner="Ada [x]").name
"""


def test_a_notebook_says_that_a_world_is_made_and_stores_nothing_of_it(tmp_path):
    def load_in_a_kernel():
        cells = [nbformat.v4.new_code_cell(source) for source in (LOAD, "name")]
        client = NotebookClient(nbformat.v4.new_notebook(cells=cells), record_timing=False)
        shown, process = [], client.process_message

        def heard(message, *place):
            shown.append(message["content"].get("data", {}).get("text/plain"))
            return process(message, *place)

        client.process_message = heard
        load, name = client.execute().cells
        assert load.outputs == []
        assert name.outputs[0].data == {"text/plain": "'Maison Solane (world of Ada [x])'"}
        return [text for text in shown if text]

    first, second = load_in_a_kernel(), load_in_a_kernel()
    assert first[0] == MADE
    assert second == first[1:]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_a_terminal_says_so_in_a_line_that_goes_away_and_a_file_gets_nothing(stream, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    mktlab.load("solane", learner="Ada [x]")
    first = sys.stderr.getvalue()
    assert (MADE in first) == (stream is Terminal)
    assert first[-8:] in ("", "\x1b[1A\x1b[2K")  # up, and empty the line
    mktlab.load("solane", learner="Ada [x]")
    assert sys.stderr.getvalue() == first
