"""A report on a company: what was read, then what was found and what to do, without the lesson.

Cells tagged `finding` make it: of code the outputs, of markdown the prose. `page` turns them into
HTML, as it does for a whole lesson.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from mktlab.course.stored import join_streams
from mktlab.notebooks.page import Page, document
from mktlab.show.words import say

if TYPE_CHECKING:
    from nbformat import NotebookNode

FINDING = "finding"


def render_report(
    page: Page,
    notebook: NotebookNode,
    *,
    title: str,
    whose: str,
    byline: str,
    read: list[str],
    beside: str = "",
    whole: bool = False,
) -> str:
    """The findings of an executed notebook as one self-contained HTML document.

    Parameters
    ----------
    page
        Knows where the notebook lies.
    notebook
        The notebook with its outputs. It is not changed.
    title, whose
        What the report is about, and of which company.
    byline
        One line above the report.
    read
        Sentences on what was read, left out and assumed.
    beside
        A sentence on the list beside the report.
    whole
        Whether the whole notebook follows.
    """
    page.title, page.has_h1 = title, True
    parts = [f"<h1>{escape(title)}</h1>", f'<p class="whose">{escape(whose)}</p>', _box(read)]
    parts += _findings(page, notebook)
    if beside:
        parts.append(f"<p>{escape(beside)}</p>")
    if whole:
        parts.append(f"<hr><h2>{say('How this is reckoned: the lesson')}</h2>")
        parts += [part for cell in notebook.cells for part in page.cell(cell)]
    return document("\n".join(parts), title=f"{title} · {whose}", byline=byline)


def has_findings(notebook: NotebookNode) -> bool:
    """Whether a notebook has a cell for a report."""
    return any(FINDING in cell.metadata.get("tags", []) for cell in notebook.cells)


def _box(read: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in read)
    title = say("What this rests on")
    return f'<section class="read"><h2>{title}</h2><ul>{items}</ul></section>' if read else ""


def _findings(page: Page, notebook: NotebookNode) -> list[str]:
    """What the cells found, without a heading that nothing follows."""
    found = [
        part
        for cell in notebook.cells
        if FINDING in cell.metadata.get("tags", [])
        for part in _finding(page, cell)
    ]
    following = [*found[1:], "<h2"]
    return [
        part
        for part, after in zip(found, following, strict=False)
        if not (part.startswith("<h2") and after.startswith("<h2"))
    ]


def _finding(page: Page, cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        prose = re.sub(r"^#+ ", "## ", cell.source, flags=re.MULTILINE)
        page.section = prose.partition("\n")[0].removeprefix("## ")
        yield page.tidy(page.markdown(prose, cell.get("attachments")))
        return
    for output in join_streams(cell.outputs):
        said = output.output_type == "stream" and output.name == "stdout"
        if said and "  " not in output.text.strip():  # sentences, and no table in letters
            text = re.sub(r"\n(?=[a-z])", " ", page.without_paths(output.text))
            yield "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)
        else:
            yield page.output(output)
