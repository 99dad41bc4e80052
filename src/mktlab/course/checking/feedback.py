"""What a check says: in color where there is color, and in the same words everywhere.

`Feedback` shows itself in a notebook (`box` draws the frame) and as text. Its state is always said
in words too, so nothing hangs on the color.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

State = Literal[
    "not attempted", "right", "named mistake", "not yet", "cannot be checked", "hint", "question"
]

# Text and background; each pair has a contrast of 7:1 or more.
COLORS: dict[State, tuple[str, str]] = {
    "not attempted": ("#3D3D3D", "#F2F2F2"),
    "right": ("#00492F", "#E9F6F0"),
    "named mistake": ("#6E2C00", "#FDF1E7"),
    "not yet": ("#6E2C00", "#FDF1E7"),
    "cannot be checked": ("#3D3D3D", "#F2F2F2"),
    "hint": ("#003B5C", "#EAF3F9"),
    "question": ("#003B5C", "#EAF3F9"),
}


@dataclass(frozen=True)
class Feedback:
    """The state of an answer, a title that says it in words, and what to know or do next.

    Examples
    --------
    >>> Feedback("right", "Right.", "Your choice earns €1,200.")
    Right. Your choice earns €1,200.
    """

    state: State
    title: str
    text: str = ""

    def __repr__(self) -> str:
        return f"{self.title} {self.text}".strip()

    def _repr_html_(self) -> str:
        return box(self.state, f"<strong>{escape(self.title)}</strong> {escape(self.text)}".strip())


def box(state: State, html: str) -> str:
    """HTML in a colored frame that screen readers announce when it appears."""
    color, background = COLORS[state]
    style = (
        f"color: {color}; background: {background}; border-left: 4px solid {color}; "
        "padding: 0.6em 1em; margin: 0.3em 0"
    )
    return f'<div role="status" style="{style}">{html}</div>'
