"""Judge one lesson: built, run from fresh kernels, within its budgets, lawful, right elsewhere too.

`judge` yields a `Finding` for each check as soon as it is known. Notebooks run in their own place
and are stored, so that what is judged is what will be committed; a finding names the cells whose
outputs are new. The laws are those of tests/, chosen by the lesson's name.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from mktlab.course.build import build_all
from mktlab.course.catalogue import Lesson
from mktlab.course.derived import write_all
from mktlab.course.stored import read
from mktlab.course.worlds import Execute, prove, stale, trouble
from mktlab.data.learner_worlds import CHECKED
from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many

if TYPE_CHECKING:
    from nbformat import NotebookNode

SECONDS, MEGABYTES, MINUTES = 30, 500, 60
GLOSSARY, COMPANIES = "tests/course/test_glossary.py", "tests/laws/test_companies.py"
APART = 10
"""By so many minutes the catalogue may differ from what is reckoned."""


class Finding(NamedTuple):
    """One line of a judgment: whether it is well, and what was found or what to do.

    >>> print(Finding(True, "All is written."))
    ✓ All is written.
    """

    ok: bool
    told: str

    def __str__(self) -> str:
        return f"{'✓' if self.ok else '✗'} {self.told}"


def judge(root: Path, lesson: Lesson, *, run: Execute) -> Iterator[Finding]:
    """Every finding on a lesson of the course below `root`."""
    steps: list[Callable[[], Iterator[Finding]]] = [
        lambda: _built(root, run),
        *(lambda path=path: _run(path, run) for path in _notebooks(root, lesson)),
        lambda: _minutes(root, lesson),
        lambda: _lawful(root, lesson),
        lambda: _elsewhere(root, lesson, run),
    ]
    for step in steps:
        try:
            yield from step()
        except MktlabError as problem:
            yield Finding(False, str(problem))
        except Exception as problem:  # an author's own code may fail in any way
            place = traceback.extract_tb(problem.__traceback__)[-1]
            told = say("{file}, line {n}:", file=Path(place.filename).name, n=place.lineno)
            yield Finding(False, f"{told} {type(problem).__name__}: {problem}")


def _notebooks(root: Path, lesson: Lesson) -> list[Path]:
    folders = ("notebooks", "solutions", "exercises") if lesson.exercise else ("notebooks",)
    return [root / lesson.path(folder) for folder in folders]


def _built(root: Path, run: Execute) -> Iterator[Finding]:
    written = [path.name for path in [*write_all(root), *build_all(root, run=run)]]
    names = ", ".join(sorted(set(written))) or "–"
    yield Finding(True, say("What is derived is written: {names}.", names=names))


def _run(path: Path, run: Execute) -> Iterator[Finding]:
    """Run a notebook in a process of its own, whose only child is the kernel."""
    before = _shown(read(path))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seconds, megabytes = pool.apply(measure, (path, run))
    after = _shown(read(path))
    cost: dict[str, Any] = {"name": path.stem, "seconds": seconds, "megabytes": megabytes}
    if seconds > SECONDS or megabytes > MEGABYTES:
        told = say(
            "{name} takes {seconds:count} s and {megabytes:count} MB, and may take {most:count} s "
            "and {space:count} MB: compute less, or on fewer rows.",
            most=SECONDS,
            space=MEGABYTES,
            **cost,
        )
        yield Finding(False, told)
        return
    told = say("{name} runs: {seconds:count} s, {megabytes:count} MB.", **cost)
    new = [cell for cell, outputs in after.items() if before.get(cell) != outputs]
    if new:
        told += " " + say_many(
            "One output is new, look at it: cell {cells}.",
            "{n:count} outputs are new, look at them: cells {cells}.",
            len(new),
            cells=", ".join(new),
        )
    yield Finding(True, told)


def measure(path: Path, run: Execute) -> tuple[float, float]:
    """Seconds, kernel start included, and the peak memory in MB of this process's children."""
    start = time.perf_counter()
    run(path)
    seconds = time.perf_counter() - start
    if sys.platform == "win32":
        return seconds, 0.0
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit


def _shown(notebook: NotebookNode) -> dict[str, Any]:
    """The outputs of each cell; of pictures their descriptions, since fonts differ."""
    found = {}
    for cell in notebook.cells:
        outputs = [dict(output, execution_count=None) for output in cell.get("outputs", [])]
        for output in outputs:
            data = output.get("data", {})
            output["data"] = {kind: data[kind] for kind in data if kind != "image/png"}
        found[cell.id] = outputs
    return found


def minutes_to_read(notebook: NotebookNode) -> float:
    """Reckoned: 150 words of text a minute, 6 seconds a line of code, 20 a figure.

    >>> import nbformat
    >>> cells = [nbformat.v4.new_markdown_cell("word " * 300), nbformat.v4.new_code_cell("1\\n2")]
    >>> minutes_to_read(nbformat.v4.new_notebook(cells=cells))
    2.2
    """
    words = lines = figures = 0
    for cell in notebook.cells:
        if "optional" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            words += len(re.findall(r"\w+", re.sub(r"\(\S+\)|['’.,-]", "", cell.source)))
        else:
            lines += sum(bool(line.strip()) for line in cell.source.splitlines())
            figures += sum("image/png" in output.get("data", {}) for output in cell.outputs)
    return words / 150 + lines / 10 + figures / 3


def _minutes(root: Path, lesson: Lesson) -> Iterator[Finding]:
    reckoned = minutes_to_read(read(root / lesson.path()))
    about: dict[str, Any] = {"name": lesson.name, "minutes": reckoned, "said": lesson.read}
    well = False
    if reckoned > MINUTES:
        told = say(
            "{name} takes {minutes:count} minutes to read, and {most:count} is the most: tag what "
            "can wait optional, or make two lessons of it.",
            most=MINUTES,
            **about,
        )
    elif abs(reckoned - lesson.read) > APART:
        told = say(
            "course/lessons.toml: [{name}] read is {said}, and {minutes:count} minutes are "
            "reckoned from its words, lines and figures: write that.",
            **about,
        )
    else:
        well = True
        told = say("{minutes:count} minutes to read; the row says {said}.", **about)
    yield Finding(well, told)


def _lawful(root: Path, lesson: Lesson) -> Iterator[Finding]:
    """The laws that name the lesson, and those of the catalogue."""
    ours = " or ".join((lesson.name, "catalogue", "glossary"))
    cases, broken = _tested(root, ["-k", ours, "tests/laws", GLOSSARY])
    yield from (Finding(False, sentence) for sentence in broken)
    if not broken:
        yield Finding(True, say("{n:count} laws hold.", n=len(cases)))


def _tested(
    root: Path, chosen: list[str], **setting: str
) -> tuple[list[ElementTree.Element], list[str]]:
    """Run tests; the cases, and the sentences of those that fail, as pytest tells them."""
    if find_spec("pytest") is None:
        raise MktlabError(
            say("The laws need pytest: pip install -r requirements-test.lock, or make test.")
        )
    with TemporaryDirectory() as folder:
        record = Path(folder, "laws.xml")
        options = ["-q", "-p", "no:cacheprovider", f"--junitxml={record}"]
        command = [sys.executable, "-m", "pytest", *options, *chosen]
        settings = {**os.environ, **setting}
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=settings)
        if not record.is_file():
            raise MktlabError(say("pytest does not start: {why}", why=done.stderr[-300:]))
        cases = list(ElementTree.parse(record).iter("testcase"))
    return cases, list(dict.fromkeys(sentence for case in cases for sentence in _sentences(case)))


def _sentences(case: ElementTree.Element) -> Iterator[str]:
    """What a broken law says, without what pytest adds."""
    for problem in [*case.iter("failure"), *case.iter("error")]:
        told = problem.get("message", "").partition("\nassert ")[0]
        told = re.sub(r" \[\+\d+ more lines.*", "", told)
        if told.startswith("collection"):  # of a module that cannot be imported
            lines = [x[1:].strip() for x in (problem.text or "").splitlines() if x.startswith("E ")]
            told = lines[-1] if lines else told
        told = re.sub(r"^[\w.]*(Error|Failed|Exception): ", "", told)
        yield " ".join(told.split()) if told[:7] != "assert " else f"{case.get('name')}: {told}"


def _elsewhere(root: Path, lesson: Lesson, run: Execute) -> Iterator[Finding]:
    """The official answers and the named mistakes on one learner's world."""
    if lesson.exercise:
        found = trouble(root, lesson, CHECKED[0], run=run)
        yield from (Finding(False, sentence) for sentence in found)
        if not found:
            told = say(
                "In the world of learner “{learner}” answers are right and mistakes are named.",
                learner=CHECKED[0],
            )
            yield Finding(True, told)


def judge_everywhere(root: Path, lesson: Lesson, *, run: Execute) -> Iterator[Finding]:
    """What goes wrong in twenty learners' worlds and on thirty companies; the counts are stored."""
    cases, broken = _tested(root, ["-k", lesson.name, COMPANIES], MKTLAB_COMPANIES="all")
    yield from (Finding(False, sentence) for sentence in broken)
    well_on = sum(not list(_sentences(case)) for case in cases)
    yield from (Finding(False, told) for told in prove(root, lesson, companies=well_on, run=run))
    told = stale(lesson, root)
    well = say(
        "{name} is well in {n} worlds, and its claims hold.", name=lesson.name, n=len(CHECKED)
    )
    yield Finding(not told, told or well)
