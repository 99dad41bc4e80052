"""What goes out of a notebook's outputs before others see them: rows of persons, and small groups.

A table is one of persons when a column holds their ids, or is personal by its header and form
(`mktlab.reading.personal`): its rows go, and a line says how many. From printed text go the rows
below such a header, and contacts wherever they stand. Where a table, a sentence or the description
of a chart counts fewer than five persons, that is hidden (`mktlab.show.few`). Other sums and charts
stay. `mktlab clean` does this to a stored notebook, `mktlab run` to a report on own tables.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mktlab.course.stored import read
from mktlab.files import write_whole
from mktlab.reading.personal import personal, without_contacts
from mktlab.show.few import draws_few, few_cells, hidden, words_without_few
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

if TYPE_CHECKING:
    from bs4 import Tag
    from nbformat import NotebookNode

IDS = ("customer_id", "referrer_id", "visitor_id", "email", "comment")
"""Columns of which every cell is a person's, whatever it looks like."""
_PLAIN_IDS = tuple(map(plain, IDS))
_HEAD = re.compile(rf"(?:^|\s)(?:{'|'.join(IDS)})(?:\s|$)")
_TAKEN = re.compile(r"\[.*taken out.*\]")
_TAIL = re.compile(rf"^Name: (?:{'|'.join(IDS)})\b", re.MULTILINE)


def clean(path: Path, *, save: bool = True) -> int:
    """Take rows of persons, and of groups of fewer than five, out of outputs, and count them.

    Parameters
    ----------
    path
        The notebook.
    save
        False only counts.

    Raises
    ------
    MktlabError
        When it is no notebook, or cannot be written.
    """
    import nbformat

    notebook = read(path)
    rows = clean_outputs(notebook)
    if rows and save:
        text = nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call]
        write_whole(path, text, what=say("The notebook"))
    return rows


def clean_outputs(notebook: NotebookNode) -> int:
    """The same of outputs in memory, which are changed in place; also of a report's."""
    return sum(_cleaned(out) for cell in notebook.cells for out in cell.get("outputs", []))


def _cleaned(output: Any) -> int:
    """Change an output in place; how many rows of persons, or of few, it had."""
    if "text" in output:
        output["text"], rows = _text(output["text"])
        return rows
    if output.output_type == "error":
        lines = [output.get("evalue", ""), *output.get("traceback", [])]
        output["evalue"], *output["traceback"] = [_text(line)[0] for line in lines]
        return sum(_text(line)[1] for line in lines)
    data, rows = output.get("data", {}), 0
    pictures = [kind for kind in data if kind.startswith("image/")]
    if pictures and draws_few(str(data.get("text/plain", ""))):
        output.update(data={"text/plain": _chart()}, metadata={})
        return 1
    for kind in pictures:
        about = output.get("metadata", {}).get(kind, {})
        about |= {"alt": words_without_few(about["alt"])} if "alt" in about else {}
    if "text/html" in data:
        data["text/html"], rows = _html(data["text/html"])
    if rows and "text/plain" in data:
        data["text/plain"] = _note(rows)
    elif "text/plain" in data and "text/html" not in data:
        data["text/plain"], rows = _text(data["text/plain"])
    if "text/markdown" in data:
        data["text/markdown"], more = _text(data["text/markdown"])
        rows += more
    return rows


def _note(rows: int) -> str:
    return say_many(
        "[{n} row of persons taken out]",
        "[{n:count} rows of persons taken out]",
        rows,
    )


def _text(text: str) -> tuple[str, int]:
    """A printed text without rows of persons, and how many these were."""
    blocks, total = [], 0
    for block in re.split(r"(\n\s*\n)", text):
        lines = block.splitlines()
        heads = _heads(lines)
        if (heads and len(lines) > heads) or _TAIL.search(block):
            gone = [
                line for line in lines[heads:] if not line.startswith(("[", "Name: ", "dtype: "))
            ]
            blocks.append("\n".join([*lines[:heads], _note(len(gone))]))
            total += len(gone)
            continue
        changed = [_sentence(line) for line in _written(lines)]
        hits = sum(old != new for old, new in zip(lines, changed, strict=True))
        if hits:
            block = "\n".join(changed) + ("\n" if block.endswith("\n") else "")
        blocks.append(block)
        total += hits
    return "".join(blocks) if total else text, total


def _sentence(text: str) -> str:
    """A sentence without contacts and without counts of few persons."""
    if draws_few(text):
        return _chart()
    return words_without_few(without_contacts(text))


def _chart() -> str:
    return say("[a chart that counts {few} persons taken out]", few=hidden())


def _written(lines: list[str]) -> list[str]:
    """The lines of a table in letters, with what tells of few persons hidden."""
    split = [re.split(r"\s{2,}", line.strip()) for line in lines]
    for number, cells in enumerate(split):
        heads = [""] * (len(cells) - len(split[0])) + split[0] if number else []
        if few := few_cells(heads, [cells]):
            told = [hidden() if (0, n) in few else cell for n, cell in enumerate(cells)]
            lines = [*lines[:number], "  ".join(told), *lines[number + 1 :]]
    return lines


def _heads(lines: list[str]) -> int:
    """How many lines head rows of persons; 0 where there are none."""
    first, second = [*lines, "", ""][:2]
    if len(second.split()) == 1 and _HEAD.search(second):
        return 2  # the name of the row labels
    return int(bool(_HEAD.search(first)) and not first.rstrip().endswith((".", ":")))


def _html(html: str) -> tuple[str, int]:
    """A fragment without rows of persons, and how many these were."""
    from bs4 import BeautifulSoup

    page, total = BeautifulSoup(html, "html.parser"), 0
    for table in page.find_all("table"):
        if rows := _of_persons(table):
            total += len(rows)
            note = page.new_tag("tr")
            cell = page.new_tag("td")
            cell.string = _note(len(rows))
            note.append(cell)
            rows[0].insert_before(note)
            for row in rows:
                row.decompose()
        total += _few(table)
    for text in filter(draws_few, [*page.find_all(string=True)]):
        text.replace_with(_chart())
        total += 1
    changed = str(page) if total else html
    shorter = words_without_few(without_contacts(changed))
    return shorter, total or int(shorter != changed)


def _few(table: Tag) -> int:
    """Hide what tells of few persons; in how many rows that was."""
    lines = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    heads = next(([_said(cell) for cell in row] for row in lines), [])
    found = few_cells(heads, [[*map(_said, row)] for row in lines])
    for row, place in found:
        lines[row][place].string = hidden()
    return len({row for row, _ in found})


def _said(cell: Tag) -> str:
    return cell.get_text(" ", strip=True)


def _of_persons(table: Tag) -> list[Tag]:
    """The rows of a table if they are of persons."""
    rows = table.find_all("tr")
    heads = [row for row in rows if row.find_parent("thead")] or [
        r for r in rows if not r.find("td")
    ]
    body = [row for row in rows if row not in heads and not _TAKEN.match(row.get_text(strip=True))]
    names: dict[int, list[str]] = {}
    for row in heads:
        for place, text in enumerate(_cells(row)):
            names.setdefault(place, []).append(text)
    held = [_cells(row) for row in body]
    for place in range(max(map(len, held), default=0)):
        column = [row[place] for row in held if place < len(row)]
        for name in filter(None, names.get(place, [""])):
            what = personal(name, column)
            if plain(name) in _PLAIN_IDS or (what and what.kind != "free_text"):
                return body
        what = personal("", column)
        if what and what.kind != "free_text":
            return body
    return []


def _cells(row: Tag) -> list[str]:
    """The texts of a row, one for each column that a cell spans."""
    return [
        cell.get_text(" ", strip=True)
        for cell in row.find_all(["th", "td"])
        for _ in range(int(str(cell.get("colspan") or 1)))
    ]
