"""The KPI tree: which number is made of which others, as a picture and in words.

`MADE_OF` declares how each number is made: by multiplying, by dividing, or moved by others without
a formula. `tree` lays out what is under one of them and gives a `Tree` that draws itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from mktlab.kpi.registry import find
from mktlab.schema import MktlabError
from mktlab.show.charts import BLUE, GRAY, ORANGE
from mktlab.show.formats import decimal, money, share
from mktlab.show.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MADE_OF: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "marketing_efficiency_ratio": ("÷", ("revenue", "ad_spend")),
    "margin": ("×", ("revenue", "margin_rate")),
    "actual_margin": ("×", ("revenue", "actual_margin_rate")),
    "revenue": ("×", ("active_customers", "revenue_per_customer")),
    "active_customers": ("from", ("new_customers", "retention")),
    "revenue_per_customer": ("×", ("purchase_frequency", "order_value")),
    "order_value": ("×", ("units_per_order", "average_price")),
    "retention": ("from", ("nps", "late_share", "ticket_hours")),
    "cafe_revenue": ("from", ("cafe_visits", "cafe_conversion")),
    "cafe_conversion": ("from", ("wait_minutes",)),
    "wait_minutes": ("from", ("visits_per_staff_hour",)),
}
"""KPI -> how it is made, and of what. Identities hold up to refunds of a part of an order."""

_WIDTH, _BOX, _ROW = 7.6, 1.66, 0.62  # inches: figure, widest box, from one leaf to the next
_BETWEEN, _LINE, _LETTERS = 0.34, 0.155, 13.5  # inches to the next box, of a line; letters an inch
_SAID = {"×": "times", "÷": "divided by", "from": "and"}


class Node(NamedTuple):
    """One number at its place: `depth` from the root, `height` counted in leaves from the top."""

    name: str
    depth: int
    height: float
    parent: int | None
    sign: str


@dataclass(frozen=True)
class Tree:
    """A KPI and what it is made of; `chart()` draws it, `alt` says it."""

    nodes: tuple[Node, ...]
    values: Mapping[str, str]

    @property
    def alt(self) -> str:
        """The tree in words."""
        said = []
        for place, node in enumerate(self.nodes):
            children = [n for n in self.nodes if n.parent == place]
            if children:
                how = "moved by" if children[0].sign == "from" else "is"
                parts = f" {_SAID[children[0].sign]} ".join(self._told(n) for n in children)
                said.append(f"{self._told(node)} {how} {parts}")
        return say("KPI tree. {made}.", made="; ".join(said) or self._told(self.nodes[0]))

    def _told(self, node: Node) -> str:
        value = self.values.get(node.name)
        return find(node.name).label + (f" ({value})" if value else "")

    def chart(self) -> Axes:
        """Draw the boxes from left to right; a dashed line is an influence without a formula."""
        from matplotlib import pyplot as plt

        deepest = max(node.depth for node in self.nodes)
        leaves = max(node.height for node in self.nodes) + 1
        _, ax = plt.subplots(figsize=(_WIDTH, 0.2 + _ROW * leaves), layout="none")
        ax.set(position=(0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(leaves - 0.4, -0.6))
        ax.axis("off")
        ax.set_label(self.alt)
        box = min(_BOX, (_WIDTH - 0.1 - _BETWEEN * deepest) / (deepest + 1))
        step = (_WIDTH - 0.1 - box) / max(deepest, 1)
        for node in self.nodes:
            self._box(ax, node, 0.05 + node.depth * step, box)
        for node in self.nodes:
            if node.parent is not None:
                end = 0.05 + node.depth * step
                self._link(ax, node, end - step + box, end)
        return ax

    def _box(self, ax: Axes, node: Node, left: float, width: float) -> None:
        """A name and its value, in a box as wide as all others."""
        from matplotlib.patches import FancyBboxPatch

        name, value = find(node.name).label, self.values.get(node.name, "")
        words = [*wrap(name, int(_LETTERS * width)), *([value] if value else [])]
        high = (_LINE * len(words) + 0.1) / _ROW  # in leaves
        root = node.parent is None
        frame = FancyBboxPatch(
            (left, node.height - high / 2),
            width,
            high,
            boxstyle="round,pad=0,rounding_size=0.06",
            mutation_aspect=1 / _ROW,
            fc="white",
            ec=ORANGE if root else BLUE,
            lw=1.8 if root else 1.2,
        )
        ax.add_patch(frame)
        for line, text in enumerate(words):
            at = node.height + (line - (len(words) - 1) / 2) * _LINE / _ROW
            bold = "bold" if value and line == len(words) - 1 else "normal"
            ax.text(left + 0.1, at, text, va="center", fontsize=8.5, fontweight=bold)

    def _link(self, ax: Axes, node: Node, start: float, end: float) -> None:
        assert node.parent is not None
        family = [n for n in self.nodes if n.parent == node.parent]
        style = "--" if node.sign == "from" else "-"
        above = self.nodes[node.parent].height
        ax.plot([start, end], [above, node.height], style, color=GRAY, linewidth=1, zorder=0)
        if node.sign != "from" and node == family[-1]:
            middle = (family[0].height + node.height) / 2
            across = (start + end) / 2 + 0.06
            ax.text(
                across, middle, node.sign, ha="center", va="center", fontsize=12, fontweight="bold"
            )


def tree(
    root: str = "margin", *, values: pd.DataFrame | None = None, depth: int = 4, currency: str = ""
) -> Tree:
    """What a KPI is made of.

    Parameters
    ----------
    root
        The KPI on top.
    values
        What `compute` gives, without `by`, to be shown in the boxes.
    depth
        Levels below the root, 1 to 6.
    currency
        Of the values; by default that of the company loaded last.

    Raises
    ------
    MktlabError
        When there is no such KPI, or the values are split.

    Examples
    --------
    >>> tree("revenue_per_customer", depth=1).alt
    'KPI tree. Revenue per customer is Purchase frequency times Order value.'
    """
    find(root)
    if isinstance(depth, bool) or not isinstance(depth, int) or not 1 <= depth <= 6:
        raise MktlabError(say("depth is {depth!r}: give a whole number from 1 to 6.", depth=depth))
    nodes: list[Node] = []
    _grow(nodes, root, 0, None, "", depth)
    return Tree(tuple(nodes), _shown(values, currency))


def _grow(
    nodes: list[Node], name: str, depth: int, parent: int | None, sign: str, most: int
) -> float:
    """Add a KPI and all under it; returns its height."""
    place = len(nodes)
    leaves = sum(1 for n in nodes if n.height == int(n.height) and _is_leaf(n.name, n.depth, most))
    nodes.append(Node(name, depth, float(leaves), parent, sign))
    if _is_leaf(name, depth, most):
        return float(leaves)
    how, children = MADE_OF[name]
    heights = [_grow(nodes, child, depth + 1, place, how, most) for child in children]
    middle = (heights[0] + heights[-1]) / 2
    nodes[place] = nodes[place]._replace(height=middle)
    return middle


def _is_leaf(name: str, depth: int, most: int) -> bool:
    return depth == most or name not in MADE_OF


def _shown(values: pd.DataFrame | None, currency: str) -> dict[str, str]:
    if values is None:
        return {}
    if not {"kpi", "value", "unit"} <= set(values) or values["kpi"].duplicated().any():
        raise MktlabError(
            say(
                "values must be what kpi.compute gives without by: one row per KPI, with kpi, "
                "value and unit."
            )
        )
    rows = values.loc[values["value"].notna(), ["kpi", "value", "unit"]]
    return {k: shown(v, u, currency) for k, v, u in rows.itertuples(index=False)}


def shown(value: float, unit: str, currency: str = "") -> str:
    """A KPI's value as people write it.

    >>> shown(0.0213, "share"), shown(-1234.5, "currency", "EUR"), shown(3.25, "minutes")
    ('2.1%', '−€1,234', '3.2 minutes')
    >>> shown(4.0537, "orders")
    '4.05 orders'
    """
    if unit == "share":
        return share(value, 1)
    if unit == "currency":
        return money(value, currency, cents=abs(value) < 100)
    digits = 0 if abs(value) >= 1000 or value == int(value) else 1
    if digits and unit in ("orders", "pieces", "ratio"):  # what a tree multiplies or divides
        digits = 2
    return f"{decimal(value, digits)} {unit}".replace(" ratio", "")
