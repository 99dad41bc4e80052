"""What the catalogue says in notebooks and in the README, as Markdown that is written, never typed.

`write_all` puts it in its places, or tells where it is out of date. A lesson has the cells
`catalogue-needs` (tables, what to know first, minutes), `catalogue-words` (from the glossary),
`catalogue-claims` (in how many other worlds they hold) and `catalogue-next`; lesson 00 has the map,
the README a list between two comments, `notebooks/README.md` the map with ways through it, and
`docs` two pages of `pages`. Only text is written, so no notebook has to run again.
"""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

from mktlab.course.catalogue import LESSONS, PARTS, Lesson, course, find
from mktlab.course.glossary import LEFT, table
from mktlab.course.pages import glossary_page, reference_page
from mktlab.course.paths import ways
from mktlab.course.worlds import claims_of, record_of, stored
from mktlab.data.learner_worlds import CHECKED
from mktlab.schema import MktlabError
from mktlab.show.words import say

NEEDS, NEXT, MAP = "catalogue-needs", "catalogue-next", "catalogue-map"
WORDS, ELSEWHERE = "catalogue-words", "catalogue-claims"
BEGIN, END = "<!-- lessons: written by `mktlab lesson build` -->", "<!-- end of lessons -->"


def _stages() -> dict[str, str]:
    """Stages of the course -> the lesson with which each begins, in the order of `course`."""
    return {
        say("First steps"): "01",
        say("The plan and its numbers"): "21",
        say("Customers who stay"): "31",
        say("A tool for each decision"): "14",
    }


def needs(lesson: Lesson) -> str:
    """What a lesson needs, and how long it takes."""
    tables = ", ".join(f"`{table}`" for table in lesson.tables)
    asks = lesson.exercise or lesson.part  # lesson 00 asks for nothing
    lines = [f"**Tables:** {tables}{lesson.more}."] if asks else []
    if lesson.after:
        before = ", ".join(_link(lesson, find(name)) for name in lesson.after)
        lines.append(f"**Know first:** {before}.")
    time = f"**Time:** {lesson.read} minutes to read"
    if lesson.exercise:
        time += f", {lesson.exercise} minutes for the {_exercise(lesson, 'exercise')}"
    return "\n\n".join([*lines, f"{time}."])


def needs_of_exercise(lesson: Lesson) -> str:
    """Which lesson an exercise belongs to, how long it takes, what to do about an error."""
    link = _relative(lesson.path("solutions"), lesson.path())
    told = f"**The lesson:** [{lesson.heading}]({link}). **Time:** {lesson.exercise} minutes."
    red = say(
        "Is there red text below your cell? Then the check still sees your last answer, or none: "
        "mend the\ncell, and run it again before the check."
    )
    return f"{told}\n\n{red}"


def onward(lesson: Lesson) -> str:
    """The exercise of a lesson, and the lesson after it; after the last one, the map."""
    order = list(course())
    later = order[order.index(lesson) + 1 :]
    said = [f"**Your turn:** {_exercise(lesson, 'the exercise')}."] if lesson.exercise else []
    if later:
        said.append(f"**Then:** {_link(lesson, later[0])}. {later[0].question}")
    else:
        start = _relative(lesson.path(), LESSONS[0].path())
        said.append(say("All lessons: [the map]({start}).", start=start))
    return " ".join(said)


def after_exercise(lesson: Lesson) -> str:
    """The lesson that comes after an exercise, and the map of all."""
    at = lesson.path("solutions")
    order = list(course())
    later = order[order.index(lesson) + 1 :][:1]
    said = [f"**Next:** [{x.heading}]({_relative(at, x.path())}). {x.question}" for x in later]
    said.append(f"All lessons: [the map]({_relative(at, LESSONS[0].path())}).")
    return " ".join(said)


def elsewhere(lesson: Lesson, root: Path) -> str:
    """In how many other worlds what a lesson claims holds, as it was counted last."""
    counted = record_of(lesson, root)["claims"]
    held = [
        f"* {claim.rstrip('.')}: **in {n} of {len(CHECKED)} worlds**."
        for claim, n in counted.items()
    ]
    told = f"**Elsewhere.** The market was made {len(CHECKED)} times more, with other people."
    return "\n".join([f"{told} What holds there?", "", *held])


def course_map() -> str:
    """Every lesson in the order in which one does them, as lesson 00 shows it."""
    (start, *lessons), stages = course(), _stages()
    hours = round(sum(x.read + x.exercise for x in lessons) / 60)
    told = say(
        "Begin with **{first}** ({minutes:count} min), and follow the steps, 1 to {steps:count}: "
        "{hours:count} hours in all, with the exercises.",
        first=_link(start, lessons[0]),
        minutes=lessons[0].read,
        steps=len(lessons),
        hours=hours,
    )
    lines = [told]
    head = ["| step | lesson | question | to read | exercise | file |"]
    head.append("|---:|:---|:---|---:|---:|:---|")
    begins = [[x.number for x in lessons].index(number) for number in stages.values()]
    for title, (first, last) in zip(stages, pairwise([*begins, len(lessons)]), strict=True):
        rows = []
        for step, x in enumerate(lessons[first:last], first + 1):
            exercise = _exercise(start, f"{x.exercise} min", x) if x.exercise else ""
            link = f"[{x.title}]({_relative(start.path(), x.path())})"
            cells = (str(step), link, x.question, f"{x.read} min", exercise, f"`{x.name}`")
            rows.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
        lines += ["", f"### {title}", "", LEFT, "", *head, *rows, "", "</div>"]
    return "\n".join(lines)


def readme_list() -> str:
    """The lessons by number, and those for which a list of orders is enough."""
    rows = []
    for x in LESSONS:
        exercise = f"[exercise]({x.path('exercises')})" if x.exercise else ""
        link = f"[{x.number} {x.title}]({x.path()})"
        rows.append(f"| {link} | {x.question} | {exercise} |".replace("|  |", "| |"))
    head = ["| lesson | question | exercise |", "|---|---|---|"]
    *most, last = [x.number for x in LESSONS if x.tables == ("orders",)]
    enough = f"An `orders.csv` is enough for lessons {', '.join(most)} and {last}."
    return "\n".join([BEGIN, *head, *rows, "", enough, END])


def map_page() -> str:
    """The page `notebooks/README.md`: every lesson by part with what it takes, and ways through."""
    parts = [
        f"# {say('The lessons')}",
        "",
        say("Written by `mktlab lesson build` from the catalogue."),
        "",
    ]
    head = say("| lesson | question | tables | to read | exercise | know first |")
    for folder, title in PARTS.items():
        lessons = [lesson for lesson in LESSONS if lesson.part == folder]
        if lessons:
            parts += [f"## {title}", "", head, "|:---|:---|:---|---:|---:|:---|"]
            parts += [*map(_map_row, lessons), ""]
    told = say("Minutes are those of a student; whoever begins takes twice as long. In these ways:")
    parts += [f"## {say('Ways through the course')}", "", told, ""]
    for way in ways():
        names = [
            f"[{x.heading}]({_in_notebooks(x)}){_with_exercise(x) if x in way.worked else ''}"
            for x in way.lessons
        ]
        takes = say("{takes} of {minutes} minutes", takes=way.takes, minutes=way.minutes)
        parts.append(f"* **{way.title}** ({takes}): {', '.join(names)}.")
    return "\n".join([*parts, ""])


def _map_row(lesson: Lesson) -> str:
    exercise = _with_exercise(lesson, f"{lesson.exercise} min").strip() if lesson.exercise else ""
    tables = ", ".join(f"`{table}`" for table in lesson.tables)
    before = ", ".join(f"[{find(x).number}]({_in_notebooks(find(x))})" for x in lesson.after)
    link = f"[{lesson.heading}]({_in_notebooks(lesson)})"
    cells = (link, lesson.question, tables, f"{lesson.read} min", exercise, before)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _in_notebooks(lesson: Lesson) -> str:
    return lesson.path().relative_to("notebooks").as_posix()


def _with_exercise(lesson: Lesson, words: str = "exercise") -> str:
    return f" [{words}](../{lesson.path('exercises').as_posix()})" if lesson.exercise else ""


def _exercise(at: Lesson, words: str, lesson: Lesson | None = None) -> str:
    return f"[{words}]({_relative(at.path(), (lesson or at).path('exercises'))})"


def _link(at: Lesson, to: Lesson) -> str:
    return f"[{to.heading}]({_relative(at.path(), to.path())})"


def _relative(at: os.PathLike[str], to: os.PathLike[str]) -> str:
    return Path(os.path.relpath(to, Path(at).parent)).as_posix()


def write_all(root: Path, *, check: bool = False) -> list[Path]:
    """Write what the catalogue says below `root`; with `check`, only look.

    Returns
    -------
    list of Path
        The files that were out of date.

    Raises
    ------
    MktlabError
        When a notebook of the catalogue, or a place for its words, is not there.
    """
    changed = []
    for lesson in LESSONS:
        words = {NEEDS: needs(lesson), WORDS: table(lesson.words), NEXT: onward(lesson)}
        if lesson is LESSONS[0]:
            words[MAP] = course_map()
        if claims_of(lesson) and stored(lesson, root).is_file():
            words[ELSEWHERE] = elsewhere(lesson, root)
        changed += _write_cells(root / lesson.path(), words, check)
        if lesson.exercise:
            own = {NEEDS: needs_of_exercise(lesson), NEXT: after_exercise(lesson)}
            changed += _write_cells(root / lesson.path("solutions"), own, check)
    readme = root / "README.md"
    before, begin, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MktlabError(f"{readme.name} has no place for the lessons: two lines {BEGIN}, {END}.")
    changed += _write(readme, f"{before}{readme_list()}{after}", check)
    changed += _write(root / "notebooks" / "README.md", map_page(), check)
    changed += _write(root / "docs" / "glossary.md", glossary_page(), check)
    return changed + _write(root / "docs" / "reference.md", reference_page(root), check)


def _write_cells(path: Path, words: dict[str, str], check: bool) -> list[Path]:
    """Put each text into the cell of that id."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = say("The catalogue has {name}, but there is no {path}.", name=path.stem, path=path)
        raise MktlabError(told) from None
    cells = {cell.get("id"): cell for cell in notebook["cells"]}
    for name, text in words.items():
        if name not in cells:
            told = say(
                "{path} has no cell {name}: add an empty text cell of that id.",
                path=path,
                name=name,
            )
            raise MktlabError(told)
        cells[name]["source"] = text.splitlines(keepends=True)
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return _write(path, text, check)


def _write(path: Path, text: str, check: bool) -> list[Path]:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return []
    if not check:
        path.write_text(text, encoding="utf-8", newline="\n")
    return [path]
