"""One executed notebook as one HTML page that opens anywhere, without a network.

`render` makes the page: every cell becomes a fragment (markdown as prose, code as its results
followed by its source in a closed `<details>`), every fragment goes through `Page.tidy` (nothing
is loaded or executed, tables and links serve a screen reader), and `page.html` with `page.css`
hold the fragments. Formulas become MathML, figures carry their alternative text.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from mktlab.course.stored import WIDGET, join_streams
from mktlab.notebooks.aligned import align
from mktlab.resources import read_text
from mktlab.show.words import say

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from nbformat import NotebookNode

# A page cannot run a widget, so where an output has a picture, the picture is shown.
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
_ACTIVE = ("script", "iframe", "object", "embed", "link", "base", "meta", "audio", "video")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"(?<![\w.%+-])([\w%+-])[\w.%+-]*@[\w-]+(?:\.[\w-]+)*")
_WARNING = re.compile(r"^.*\.py:\d+: (\w*Warning: .*?)(?:\n  .*)?$", re.MULTILINE)


def headings(markdown: str) -> list[str]:
    """The headings of a markdown cell, as plain text, without those inside a code block.

    >>> headings("# Price\\n\\nSome text.\\n\\n## The *naive* answer")
    ['Price', 'The naive answer']
    """
    found = _HEADING.findall(_FENCED.sub("", markdown))
    return [re.sub(r"[*`]|\[(.*?)\]\(.*?\)", r"\1", text) for _, text in found]


def plain_stderr(text: str) -> str:
    """A warning without the line, in a temporary file, that Python quotes around it.

    >>> plain_stderr("/tmp/ipykernel_7/1.py:1: UserWarning: beware\\n  warn('beware')\\n")
    'UserWarning: beware'
    """
    from nbconvert.filters.ansi import strip_ansi

    text = strip_ansi(text)  # type: ignore[no-untyped-call]
    return _WARNING.sub(r"\1", text).strip()


def mathml(tex: str, *, display: str = "inline") -> str:
    """A TeX formula as MathML; a formula that cannot be translated stays readable as TeX.

    >>> "<msup><mi>a</mi><mn>2</mn></msup>" in mathml("a^2")
    True
    """
    from latex2mathml.converter import convert

    try:
        return str(convert(tex.strip(), display=display))
    except Exception:  # latex2mathml has no common base class for its errors
        return f"<code>{escape(tex)}</code>"


def render(page: Page, notebook: NotebookNode, *, name: str, byline: str) -> str:
    """One self-contained HTML document of an executed notebook.

    Parameters
    ----------
    page
        Knows where the notebook lies.
    notebook
        The notebook with its outputs. It is not changed.
    name
        Title of a notebook that has no heading.
    byline
        One line above the report: where it comes from.
    """
    body = "\n".join(part for cell in notebook.cells for part in page.cell(cell))
    title = page.title or name
    if not page.has_h1:
        body = f"<h1>{escape(title)}</h1>\n{body}"
    return document(body, title=title, byline=byline)


def document(body: str, *, title: str, byline: str) -> str:
    """The whole page around its body; no e-mail address is left in it."""
    parts = {"title": escape(title), "byline": escape(byline), "body": body}
    return Template(read_text("notebooks/page.html")).substitute(
        {name: without_addresses(part) for name, part in parts.items()},
        style=read_text("notebooks/page.css").strip(),
    )


def without_addresses(text: str) -> str:
    """A text in which of every e-mail address the first letter is left.

    >>> without_addresses("Write to jane.doe@example.com, or call.")
    'Write to j***, or call.'
    """
    return _ADDRESS.sub(r"\1***", text)


@dataclass
class Page:
    """A page while it is written: what later fragments must know of earlier ones.

    `folder` is where pictures that the text refers to are looked up; `hide` has the local paths
    that must not show, and what stands in their place.
    """

    folder: Path
    hide: dict[str, str]
    title: str = ""
    section: str = ""
    has_h1: bool = False
    tables: int = 0
    panes: int = 0
    codes: int = 0
    ids: set[str] = field(default_factory=lambda: {"report"})

    def cell(self, cell: NotebookNode) -> Iterator[str]:
        """The fragments of one cell, in reading order: results first, then how they were made."""
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            found = headings(cell.source)
            self.title = self.title or "".join(found[:1])
            self.section = found[-1] if found else self.section
            yield self.tidy(self.markdown(cell.source, cell.get("attachments")))
        elif cell.cell_type == "code" and not {"parameters", "injected-parameters"} & set(tags):
            for output in join_streams(cell.outputs):
                yield self.output(output)
            if cell.source.strip():
                yield self.code(cell.source)

    def code(self, source: str) -> str:
        from nbconvert.filters.highlight import Highlight2HTML

        self.codes += 1
        color = Highlight2HTML(pygments_lexer="python")  # type: ignore[no-untyped-call]
        colored = color(source)
        title = say("Show code {n}", n=self.codes)
        return f'<details class="code"><summary>{title}</summary>{colored}</details>'

    def output(self, output: NotebookNode) -> str:
        """One output: a stream as text, anything else in its best form that needs no kernel."""
        if output.output_type == "stream":
            warned = output.name == "stderr"
            text = plain_stderr(output.text) if warned else output.text
            inner = self.pre(text, kind="warned" if warned else "said")
        elif output.output_type == "error":
            inner = self.pre(f"{output.ename}: {output.evalue}", kind="warned")
        else:
            inner = self.data(output.data, output.metadata)
        soup = _soup(self.tidy(inner))
        if not (soup.get_text(strip=True) or soup.find(["img", "svg", "math", "table"])):
            missing = say("Here the notebook holds an interactive panel.")
            return f'<div class="output"><p class="missing">{missing}</p></div>'
        return f'<div class="output">{soup}</div>'

    def data(self, data: dict[str, Any], metadata: dict[str, Any]) -> str:
        for kind in _PICTURES:
            if kind in data:
                return self.picture(kind, data, metadata)
        if "text/html" in data:
            return self.without_paths(_text(data["text/html"]))
        if "text/markdown" in data:
            return self.markdown(self.without_paths(_text(data["text/markdown"])), None)
        if "text/latex" in data:
            return mathml(_text(data["text/latex"]).strip().strip("$"), display="block")
        if WIDGET in data or "text/plain" not in data:
            return ""
        return self.pre(_text(data["text/plain"]), kind="said")

    def picture(self, kind: str, data: dict[str, Any], metadata: dict[str, Any]) -> str:
        """A figure with the description its author gave, else the one its fallback text holds."""
        about = metadata.get(kind, {})
        spoken = _text(data.get("text/plain", ""))
        if re.match(r"<|\w+\(", spoken):  # the repr of an object describes no picture
            spoken = ""
        alt = about.get("alt") or metadata.get("alt") or spoken
        alt = alt or say(
            "Figure in the section “{section}”, without a description",
            section=self.section or self.title,
        )
        content = _text(data[kind])
        if kind == "image/svg+xml":
            content = base64.b64encode(content.encode()).decode()
        size = f' width="{int(about["width"])}"' if "width" in about else ""
        url = f"data:{kind};base64,{''.join(content.split())}"
        return f'<figure><img src="{url}" alt="{escape(self.without_paths(alt))}"{size}></figure>'

    def pre(self, text: str, *, kind: str) -> str:
        from nbconvert.filters.ansi import strip_ansi

        text = strip_ansi(text)  # type: ignore[no-untyped-call]
        self.panes += 1
        name = say("Text {n}", n=self.panes)
        box = f'<pre class="{kind}" tabindex="0" role="region" aria-label="{name}">'
        return f"{box}{escape(self.without_paths(text).rstrip())}</pre>"

    def markdown(self, source: str, attachments: dict[str, dict[str, str]] | None) -> str:
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

        class Renderer(IPythonRenderer):
            def inline_math(self, body: str) -> str:
                return mathml(body)

            def block_math(self, body: str) -> str:
                return mathml(body, display="block")

            def latex_environment(self, name: str, body: str) -> str:
                return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display="block")

        renderer = Renderer(escape=False, exclude_anchor_links=True, attachments=attachments)
        return str(MarkdownWithMath(renderer=renderer).render(source))

    def without_paths(self, text: str) -> str:
        """The text with local paths replaced; a path is not looked for inside a longer word."""
        for path, stand_in in self.hide.items():
            for form in {path, path.replace("\\", "\\\\"), Path(path).as_posix(), escape(path)}:
                found = rf"(?<![\w<.~]){re.escape(form)}(?![\w-])"
                text = re.sub(found, stand_in.replace("\\", r"\\"), text)
        return text

    def tidy(self, html: str) -> str:
        """The fragment without anything that loads or runs, and with what a screen reader needs."""
        soup = _soup(html)
        for tag in soup.find_all([*_ACTIVE, "style"]):
            if tag.name != "style" or tag.has_attr("scoped"):
                tag.decompose()
        for tag in soup.find_all(True):
            for attribute in [a for a in tag.attrs if a.startswith("on")]:
                del tag[attribute]
        for image in soup.find_all("img"):
            self.embed(image)
        for link in soup.find_all("a"):
            if not re.match(r"https?://|mailto:|#", str(link.get("href", ""))):
                link.unwrap()
        for box in soup.find_all("input", type="checkbox"):
            box.replace_with("☑ " if box.has_attr("checked") else "☐ ")
        for heading in soup.find_all(re.compile("^h[1-6]$")):
            self.anchor(heading)
        for table in soup.find_all("table"):
            align(table)
            if table.parent and table.parent.get("role") == "region":
                table.parent.unwrap()  # the page has a box of its own
            self.box(soup, table)
        for pre in soup.select(".highlight pre"):
            pre.attrs |= {"tabindex": "0"}
        return str(soup)

    def embed(self, image: Tag) -> None:
        """Put a picture file into the page; what cannot be had without a network becomes a link."""
        image.attrs.setdefault("alt", "")
        src = str(image.get("src", ""))
        if src.startswith("data:"):
            return
        path = self.folder / src
        if not re.match(r"\w+:", src) and path.is_file():
            kind = mimetypes.guess_type(path)[0] or "image/png"
            image["src"] = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
            return
        image.name = "a" if src.startswith("http") else "span"
        image.string = str(image["alt"]) or "picture"
        image.attrs = {"href": src} if image.name == "a" else {}

    def anchor(self, heading: Tag) -> None:
        """Give a heading the id Jupyter would give it, once a page, and keep one `<h1>`."""
        if heading.name == "h1":
            heading.name = "h2" if self.has_h1 else "h1"
            self.has_h1 = True
        stem = heading.get_text().strip().replace(" ", "-")
        slug, turn = stem, 2
        while slug in self.ids:
            slug, turn = f"{stem}-{turn}", turn + 1
        self.ids.add(slug)
        heading["id"] = slug

    def box(self, soup: BeautifulSoup, table: Tag) -> None:
        """Let a wide table scroll in a box of its own, which the keyboard can reach."""
        self.tables += 1
        where = f": {self.section}" if self.section else ""
        label = f"Table {self.tables}{where}"
        attrs = {"class": "table", "role": "region", "tabindex": "0", "aria-label": label}
        table.wrap(soup.new_tag("div", attrs=attrs))


def _soup(html: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "html.parser")


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)
