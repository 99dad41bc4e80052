"""What holds beyond the published world: a lesson's answers and its claims on learners' worlds.

`trouble` looks at one world. `prove` plays all of `CHECKED` and stores in how many the lesson is
well and each claim holds, with a fingerprint of what that rests on; `stale` compares it with today.
A claim is a sentence that a lesson stands for, as a function of a company: `course/claims/`.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mktlab.course import exercise
from mktlab.course.catalogue import Lesson
from mktlab.course.claims import Claim
from mktlab.course.stored import read
from mktlab.data.learner_worlds import CHECKED
from mktlab.data.load import load
from mktlab.schema import MktlabError
from mktlab.show.words import say

Execute = Callable[[Path], object]
"""Runs a notebook and stores its outputs: `mktlab.notebooks.execute`."""
QUESTIONS = Path("src", "mktlab", "course", "questions")
CLAIMS = QUESTIONS.with_name("claims")
PACKAGE = Path("datasets", "solane", "datapackage.json")
ABOUT_ALL = {"readme", "truth-flaws"}
COMPANIES = 30
"""How many companies are made, of whose orders alone a lesson is tried."""


def trouble(root: Path, lesson: Lesson, learner: str, *, run: Execute) -> list[str]:
    """What goes wrong with a lesson's answers and mistakes in a learner's world, in sentences."""
    company = load("solane", learner=learner)
    where: dict[str, Any] = {"lesson": lesson.name, "learner": learner}
    found = []
    for name, asked in exercise(lesson.number, company).questions.items():
        for mistake in asked.question.mistakes:
            told = asked.check(mistake.compute(company))
            if told.state != "named mistake":
                odd = say(
                    "{lesson}, {name}, learner “{learner}”: the mistake “{mistake}” is told "
                    "“{told}”; make the two differ in every world, or drop it.",
                    name=name,
                    mistake=mistake.name,
                    told=told.title,
                    **where,
                )
                found.append(odd)
    for name, said in _answers(root / lesson.path("solutions"), learner, run).items():
        if not said.startswith("Right"):
            odd = say(
                "{lesson}, {name}, learner “{learner}”: the worked answer is told “{told}”; "
                "compute it, and what is expected, from the tables alone.",
                name=name,
                told=said.partition("\n")[0],
                **where,
            )
            found.append(odd)
    return found


def _answers(solution: Path, learner: str, run: Execute) -> dict[str, str]:
    """What the checks say when a copy of the solution runs in the learner's world."""
    import nbformat

    notebook = read(solution)
    tagged = [n for n, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", [])]
    if not tagged or "learner=LEARNER" not in "".join(cell.source for cell in notebook.cells):
        need = say(
            '{name}: add LEARNER = "" to the cell tagged parameters, and load the company by '
            "company = mktlab.load(SOURCE, learner=LEARNER).",
            name=solution.stem,
        )
        raise MktlabError(need)
    cell = nbformat.v4.new_code_cell(f"LEARNER = {learner!r}")  # type: ignore[no-untyped-call]
    notebook.cells.insert(tagged[-1] + 1, cell)
    with TemporaryDirectory() as folder:
        copy = Path(folder, solution.name)
        nbformat.write(notebook, copy)  # type: ignore[no-untyped-call]
        run(copy)
        ran = read(copy)
    checks = [cell for cell in ran.cells if ".check(answer" in cell.source and cell.get("outputs")]
    told = {cell.source.strip(): cell.outputs[-1] for cell in checks}
    return {check: str(output.get("data", {}).get("text/plain")) for check, output in told.items()}


def claims_of(lesson: Lesson) -> tuple[Claim, ...]:
    """The claims of a lesson; many have none."""
    name = f"mktlab.course.claims.lesson_{lesson.number}"
    return import_module(name).CLAIMS if find_spec(name) else ()


def stored(lesson: Lesson, root: Path) -> Path:
    """Where the record of a lesson stands."""
    return root / CLAIMS / f"lesson_{lesson.number}.json"


def record_of(lesson: Lesson, root: Path) -> dict[str, Any]:
    """What was counted last: `fingerprint`, `well`, in how many worlds each of `claims` holds.

    `tables` were published then.
    """
    record: dict[str, Any] = json.loads(stored(lesson, root).read_text(encoding="utf-8"))
    return record


def on_orders_alone(lesson: Lesson) -> bool:
    """Whether a lesson makes a report of anybody's orders alone, or of these and their lines."""
    return lesson.own and not lesson.lacks(["customers", "orders", "order_lines"])


def published(root: Path) -> dict[str, str]:
    """The published tables with their checksums, by which the market is known.

    The log of defects and the page about the data tell of all of them: they are left out.
    """
    package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    tables = [table for table in package["resources"] if table["name"] not in ABOUT_ALL]
    return {table["name"]: table["hash"] for table in tables}


def fingerprint(lesson: Lesson, root: Path, tables: Iterable[str] | None = None) -> str:
    """Sixteen digits of what a record rests on: questions, claims, answers, the market's tables.

    Without `tables`, all that are published. A table that was added since leaves the others, and
    so the record, as they were.
    """
    known = published(root)
    checksums = [known.get(name, "none") for name in (known if tables is None else tables)]
    number = lesson.number
    files = sorted(f.relative_to(root) for f in (root / QUESTIONS).glob(f"*_{number}.*"))
    files.append(CLAIMS / f"lesson_{number}.py")
    digest = sha256(" ".join(checksums).encode())
    for file in files:
        digest.update((root / file).read_bytes() if (root / file).is_file() else b"none")
    if lesson.exercise:
        digest.update(_code(root / lesson.path("solutions")))
    return digest.hexdigest()[:16]


def _code(notebook: Path) -> bytes:
    cells = read(notebook).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code").encode()


def code_of(lesson: Lesson, root: Path) -> str:
    """Sixteen digits of a lesson's own code, on which rests what it says of other companies."""
    return sha256(_code(root / lesson.path())).hexdigest()[:16]


def stale(lesson: Lesson, root: Path) -> str:
    """Why the record of a lesson cannot be trusted, in a sentence; "" when it can."""
    about: dict[str, Any] = {"name": lesson.name, "number": lesson.number, "worlds": len(CHECKED)}
    try:
        record = record_of(lesson, root)
    except FileNotFoundError:
        return say("Check {name} in other worlds: mktlab lesson check {number} --all", **about)
    alone = on_orders_alone(lesson)
    code = record.get("code") == code_of(lesson, root) or not alone
    mark = fingerprint(lesson, root, record.get("tables", "").split())
    if record["fingerprint"] != mark or not code:
        return say(
            "{name} or the market changed, so check it again: mktlab lesson check {number} --all",
            **about,
        )
    if record["well"] < len(CHECKED):
        return say(
            "{name} is well in {well} of {worlds} worlds: see mktlab lesson check {number} --all",
            well=record["well"],
            **about,
        )
    if alone and record["companies"] < COMPANIES:
        return say(
            "{name} is a report or a sentence on {well} of {companies} made companies: see "
            "mktlab lesson check {number} --all",
            well=record["companies"],
            companies=COMPANIES,
            **about,
        )
    for claim in claims_of(lesson):
        holds = record["claims"][claim.says]
        if holds < claim.at_least:
            return say(
                "{name} claims “{claim}”, and that holds in {n} of {worlds} worlds, not {least}: "
                "let the lesson say how often, and course/claims/ ask for no more.",
                claim=claim.says,
                n=holds,
                least=claim.at_least,
                **about,
            )
    return ""


def prove(root: Path, lesson: Lesson, *, companies: int = 0, run: Execute) -> Iterator[str]:
    """Check a lesson in every world of `CHECKED` and store the record; yields what goes wrong.

    Worlds are played only if what their record rests on has changed, or one of them went wrong.
    `companies`: on how many of the made ones it was right.
    """
    record: dict[str, Any] = {"tables": " ".join(published(root))}
    if stored(lesson, root).is_file():
        record |= record_of(lesson, root)
    mark = fingerprint(lesson, root, record["tables"].split())
    if record.get("fingerprint") != mark or record["well"] < len(CHECKED):
        mark = fingerprint(lesson, root)
        record = {"fingerprint": mark, "tables": " ".join(published(root)), "well": 0}
        record["claims"] = dict.fromkeys((claim.says for claim in claims_of(lesson)), 0)
        with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=1) as pool:
            jobs = [pool.apply_async(_in_world, (root, lesson, name, run)) for name in CHECKED]
            for job in jobs:
                problems, hold = job.get()
                record["well"] += not problems
                for claim in hold:
                    record["claims"][claim] += 1
                yield from problems
    if on_orders_alone(lesson):
        record |= {"companies": companies, "code": code_of(lesson, root)}
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    stored(lesson, root).write_text(text, encoding="utf-8", newline="\n")


def _in_world(
    root: Path, lesson: Lesson, learner: str, run: Execute
) -> tuple[list[str], list[str]]:
    """What goes wrong in a world, and the claims that hold in it."""
    try:
        found = trouble(root, lesson, learner, run=run) if lesson.exercise else []
    except MktlabError as problem:
        found = [f"{learner}: {problem}"]
    company = load("solane", learner=learner)
    return found, [claim.says for claim in claims_of(lesson) if claim.holds(company)]
