"""What a check says: in color where there is color, and in the same words everywhere.

`Feedback` shows itself in a notebook (`box` draws the frame) and as text. Its state is always said
in words too, so nothing hangs on the color or on the sign. Styles stand in the tags themselves,
since JupyterLab keeps nothing else, and a color never stands without its background.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Literal, NamedTuple

from mktlab.show.words import say

State = Literal[
    "not attempted",
    "right",
    "right so far",
    "named mistake",
    "not yet",
    "cannot be checked",
    "hint",
    "question",
]


class Look(NamedTuple):
    """How a state is shown: its sign, text and background, and the line of the bar beside it."""

    sign: str
    color: str
    background: str
    bar: str = "solid"


LOOKS: dict[State, Look] = {
    "not attempted": Look("○", "#4A5560", "#EEF1F4"),
    "right": Look("✓", "#00603F", "#E6F4EE"),
    "right so far": Look("≈", "#00603F", "#E6F4EE", "dashed"),
    "named mistake": Look("✗", "#A63C00", "#FDEEE3"),
    "not yet": Look("…", "#A63C00", "#FDEEE3", "dashed"),
    "cannot be checked": Look("–", "#4A5560", "#EEF1F4", "dashed"),
    "hint": Look("i", "#003B5C", "#EAF3F9"),
    "question": Look("?", "#003B5C", "#EAF3F9"),
}


INK = "#1F2328"
"""Words in a box: its color is that of the bar, the sign and the title alone."""


class Reached(NamedTuple):
    """What part of the best a decision earns, and what part is good enough."""

    part: float
    enough: float


@dataclass(frozen=True)
class Feedback:
    """The state of an answer, a title that says it in words, and what to know or do next.

    Text in `backticks` is shown as code; `reached` is drawn as a bar.

    Examples
    --------
    >>> Feedback("right", "Right.", "Your choice earns €1,200.")
    Right. Your choice earns €1,200.
    """

    state: State
    title: str
    text: str = ""
    reached: Reached | None = None

    def __repr__(self) -> str:
        return f"{self.title} {self.text}".strip()

    def _repr_html_(self) -> str:
        sign = f'<span aria-hidden="true" style="margin-right: 8px">{LOOKS[self.state].sign}</span>'
        body = f'<span style="{_ink(self.state)}">{marked(self.state, self.text)}</span>'
        html = f"<strong>{marked(self.state, self.title)}</strong> {body}"
        return box(self.state, f"{sign}{html.strip()}{_bar(self.state, self.reached)}")


def not_yet(text: str, reached: Reached | None = None) -> Feedback:
    """What is said of a wrong answer whose mistake has no name.

    >>> not_yet("Look at its unit.")
    Not yet. Look at its unit.
    """
    return Feedback("not yet", say("Not yet."), text, reached)


def marked(state: State, text: str) -> str:
    """Text as HTML, with what stands in backticks as code."""
    style = f"color: inherit; background: {LOOKS[state].background}; padding: 0"
    return re.sub(r"`([^`]+)`", rf'<code style="{style}">\1</code>', escape(text))


def _ink(state: State) -> str:
    return f"color: {INK}; background: {LOOKS[state].background}"


def square(state: State) -> str:
    """The sign of a state on its color; whoever hears the page gets the words beside it."""
    sign, color, background, _ = LOOKS[state]
    style = (
        f"color: {color}; background: {background}; border: 1px solid {color}; "
        "display: inline-block; width: 1.5em; text-align: center; margin-right: 4px"
    )
    return f'<span aria-hidden="true" style="{style}">{sign}</span>'


def box(state: State, html: str) -> str:
    """HTML in a colored frame that screen readers announce when it appears."""
    _, color, background, bar = LOOKS[state]
    style = (
        f"color: {color}; background: {background}; border-left: 4px {bar} {color}; "
        "padding: 8px 16px; margin: 4px 0"
    )
    return f'<div role="status" style="{style}">{html}</div>'


def _bar(state: State, reached: Reached | None) -> str:
    """From 0 to 100% of the best, with a tick at what is good enough."""
    if reached is None:
        return ""
    part = min(max(reached.part, 0.0), 1.0)
    color = LOOKS[state].color
    words = say("{part:share} of the best; {enough:share} is enough", part=part, enough=reached[1])
    tick = (
        f"position: absolute; left: {percent_of(reached.enough)}; top: -4px; width: 2px; "
        f"height: 16px; color: {INK}; background: {INK}"
    )
    return (
        f'<div style="margin-top: 8px; {_ink(state)}">{escape(words)}</div>'
        '<div aria-hidden="true" style="position: relative; height: 8px; margin: 8px 0; '
        f'max-width: 400px; border: 1px solid {color}; color: {color}; background: #FFFFFF">'
        f'<div style="width: {percent_of(part)}; height: 8px; color: {color}; background: {color}">'
        f'</div><div style="{tick}"></div></div>'
    )


def percent_of(part: float) -> str:
    """A part of one as CSS has it.

    >>> percent_of(0.625)
    '62.5%'
    """
    return f"{100 * part:.1f}%"
