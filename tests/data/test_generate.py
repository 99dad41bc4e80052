"""`mktlab data` may be killed at any time, or run twice at once: one whole company is there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import mktlab
from mktlab.company.description import Description

ORDER = [sys.executable, "-m", "mktlab", "data", "--people", "100", "--weeks", "13", "--out"]


def start(out: Path, seed: int) -> subprocess.Popen[str]:
    order = [*ORDER, str(out), "--seed", str(seed)]
    return subprocess.Popen(order, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def seed_in(out: Path) -> int:
    assert Description.of(out).holds()
    seed = mktlab.load(out).truth.parameters["seed"]
    assert isinstance(seed, int)
    return seed


def wait_for(process: subprocess.Popen[str], place: Path, pattern: str) -> None:
    while process.poll() is None and not [*place.glob(pattern)]:
        time.sleep(0.001)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_run_leaves_the_old_company_and_runs_again(how: int, tmp_path: Path) -> None:
    out = tmp_path / "market"
    for seed, seen in enumerate([".mktlab-new-*", ".mktlab-new-*/products.csv"]):
        killed = start(out, seed)
        wait_for(killed, tmp_path, seen)
        killed.send_signal(how)
        _, told = killed.communicate()
        assert "Traceback" not in told
        assert [path.name for path in tmp_path.glob("[!.]*")] == (["market"] if seed else [])
        assert how == signal.SIGKILL or not [*tmp_path.glob(".mktlab*")]
        again = start(out, seed + 10)
        assert again.communicate()[1] == ""
        assert seed_in(out) == seed + 10
        assert [path.name for path in tmp_path.iterdir()] == ["market"]


@pytest.mark.slow
def test_two_runs_at_once_end_with_one_whole_company(tmp_path: Path) -> None:
    out = tmp_path / "market"
    for _ in range(2):
        both = [start(out, seed) for seed in (1, 2)]
        assert [process.communicate()[1] for process in both] == ["", ""]
        assert seed_in(out) in (1, 2)
        assert [path.name for path in tmp_path.iterdir()] == ["market"]
