"""Every learner has a world of their own: always the same one, quickly, and whatever happens."""

import shutil
import subprocess
import sys
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mktlab
from mktlab import market
from mktlab.data import learner_worlds as worlds
from mktlab.data.learner_worlds import cache_folder, fingerprint, seed_of
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


@pytest.mark.parametrize("nobody", ["", "  ", 1.5, True, b"Ada", ["Ada"]])
def test_a_learner_without_a_name_is_told_in_a_sentence(nobody):
    with pytest.raises(MktlabError, match="learner must be a name or a whole number, not"):
        mktlab.load("solane", learner=nobody)


def test_a_learner_goes_with_maison_solane_only(tmp_path):
    with pytest.raises(MktlabError, match="learner goes with Maison Solane only"):
        mktlab.load(tmp_path, learner="Ada")


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


def test_the_fingerprint_changes_with_any_line_of_the_market(tmp_path):
    package = tmp_path / "mktlab"
    shutil.copytree(Path(mktlab.__file__).parent, package)
    before = fingerprint(package)
    assert before == fingerprint()
    fingerprint.cache_clear()
    with (package / "market" / "prices.py").open("a") as file:
        file.write("\n")
    assert fingerprint(package) != before


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
