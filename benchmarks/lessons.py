"""What each notebook costs: seconds from start to end, and peak memory of its kernel.

`python -m benchmarks.lessons [NOTEBOOK ...]` prints a line each; without a name, for all. A lesson
may take 30 s and 500 MB.
"""

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

from mktlab.course.check import measure

ROOT = Path(__file__).parents[1]


def all_notebooks() -> list[Path]:
    """Every notebook of the course."""
    folders = ("notebooks", "exercises", "solutions")
    return [path for top in folders for path in sorted((ROOT / top).rglob("[0-9]*.ipynb"))]


def play(path: Path) -> None:
    """Run a notebook and store nothing."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}})
    client.execute(stderr=subprocess.DEVNULL)  # what kernels say in the terminal


def run(paths: list[Path] | None = None) -> None:
    """Run each of these notebooks, or all, in a process of its own; nothing is stored."""
    begun = time.perf_counter()
    for path in paths or all_notebooks():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, memory = pool.apply(measure, (path.resolve(), play))
        print(f"{os.path.relpath(path):<56} {seconds:6.1f} s {memory:6.0f} MB", flush=True)
    print(f"{'all':<56} {time.perf_counter() - begun:6.1f} s")


if __name__ == "__main__":
    run([Path(name) for name in sys.argv[1:]])
