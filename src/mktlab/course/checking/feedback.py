"""What a check says: in color where there is color, and in the same words everywhere.

`Feedback` shows itself in a notebook (`box` draws the frame) and as text. Its state is always said
in words too, so nothing hangs on the color or on the sign. Styles stand in the tags themselves,
since JupyterLab keeps nothing else. Words and signs have the ink of the page, and a box is a thin
veil of its color over the page, so that both are right in a light theme and in a dark one.
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


VEIL = "1A"
"""How much of its color the ground of a box has, of FF."""


class Look(NamedTuple):
    """How a state is shown: its sign, the color of its box, the line of the bar, the veil."""

    sign: str
    color: str
    bar: str = "solid"
    veil: str = VEIL


GREEN, ORANGE, OCHRE = "#00805C", "#C85200", "#8F7200"
BLUE, GRAY = "#0072B2", "#757575"
"""Bars and veils: each stands out from white and from black."""

LOOKS: dict[State, Look] = {
    "not attempted": Look("○", GRAY, veil="00"),  # a gray veil on a dark page looks like code
    "right": Look("✓", GREEN),
    "right so far": Look("≈", GREEN, "dashed"),
    "named mistake": Look("✗", ORANGE),
    "not yet": Look("…", OCHRE, "dashed"),
    "cannot be checked": Look("–", GRAY, "dashed"),
    "hint": Look("i", BLUE),
    "question": Look("?", BLUE),
}


class Reached(NamedTuple):
    """What part of the best a decision earns, what part is good enough, and both in money."""

    part: float
    enough: float
    told: str = ""


@dataclass(frozen=True)
class Feedback:
    """The state of an answer, a title that says it in words, and what to know or do next.

    Text in `backticks` is shown as code, a new line as a new line; `reached` is drawn as a bar.

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
        return f"{self.title} {self.text.strip()}".replace("\n", " ").strip()

    def _repr_html_(self) -> str:
        style = "font-weight: bold; margin-right: 8px"
        bar = _bar(self.state, self.reached)  # verdict, bar, reason, hint: always in this order
        apart = "" if self.text.startswith("\n") or bar else " "
        words = f"<strong>{marked(self.title)}</strong>{bar}{apart}{marked(self.text)}".strip()
        sign = f'<span aria-hidden="true" style="{style}">{LOOKS[self.state].sign}</span>'
        return box(self.state, f"{sign}{words}")


def not_yet(text: str, reached: Reached | None = None) -> Feedback:
    """What is said of a wrong answer whose mistake has no name.

    >>> not_yet("Look at its unit.")
    Not yet. Look at its unit.
    """
    return Feedback("not yet", say("Not yet."), text, reached)


def marked(text: str) -> str:
    """Text as HTML, with what stands in backticks as code, and its new lines.

    >>> marked("more than `a`")
    'more than <code style="background: transparent; padding: 0">a</code>'
    """
    style = "background: transparent; padding: 0"
    html = re.sub(r"`([^`]+)`", rf'<code style="{style}">\1</code>', escape(text))
    return html.replace("\n", " <br>")


def square(state: State) -> str:
    """The sign of a state in a frame; whoever hears the page gets the words beside it."""
    sign, color, _, veil = LOOKS[state]
    sign = "&nbsp;" if state == "not attempted" else sign
    style = (
        f"border: 1px solid {color}; background: {color}{veil}; font-weight: bold; "
        "display: inline-block; width: 1.5em; text-align: center; margin-right: 4px"
    )
    return f'<span aria-hidden="true" style="{style}">{sign}</span>'


def row(state: State, html: str) -> str:
    """A line of a list, in the color of its state, with its sign first."""
    _, color, bar, veil = LOOKS[state]
    style = f"background: {color}{veil}; border-left: 4px {bar} {color}; padding: 4px 8px"
    return f'<li style="{style}; margin: 2px 0">{square(state)}{html}</li>'


def box(state: State, html: str) -> str:
    """HTML in a colored frame that screen readers announce when it appears."""
    _, color, bar, veil = LOOKS[state]
    style = (
        f"background: {color}{veil}; border-left: 4px {bar} {color}; "
        "padding: 8px 16px; margin: 4px 0; max-width: 56em"
    )
    return f'<div role="status" style="{style}">{html}</div>'


def _bar(state: State, reached: Reached | None) -> str:
    """Up to the best, with ticks at 0 and at what is good enough; a loss runs to the left."""
    if reached is None:
        return ""
    left = -0.25  # however large a loss, 0 stands at the same place
    part, enough, color = min(max(reached.part, left), 1.0), reached.enough, LOOKS[state].color
    words = reached.told or say(
        "{part:share} of the best. To pass: {enough:share}.", part=reached.part, enough=enough
    )
    zero, end, pass_at = ((at - left) / (1 - left) for at in (0.0, part, enough))
    sides = f"{percent_of(1 - max(zero, end))} 0 {percent_of(min(zero, end))}"
    ticks = "".join(
        f'<div style="position: absolute; left: {percent_of(at)}; top: -4px; height: 16px; '
        'border-left: 2px solid"></div>'  # in the ink of the page
        for at in (zero, pass_at)
    )
    return (
        f'<div style="margin-top: 8px">{escape(words)}</div>'
        '<div aria-hidden="true" style="position: relative; height: 8px; margin: 8px 0; '
        f'max-width: 400px; border: 1px solid {color}">'
        f'<div style="margin: 0 {sides}; height: 8px; background: {color}">'
        f"</div>{ticks}</div>"
    )


def percent_of(part: float) -> str:
    """A part of one as CSS has it.

    >>> percent_of(0.625)
    '62.5%'
    """
    return f"{100 * part:.1f}%"
