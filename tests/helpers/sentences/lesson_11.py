"""What lesson 11 says, recomputed from the tables that it prints."""

import math
import re
from collections.abc import Iterator
from typing import Any

from sentences import number, sentence, table

MONEY = r"[−€\d,.kM]+"


def wrong(notebook: Any) -> list[str]:
    """The sentences that its tables contradict."""
    return list(_found(notebook))


def _found(notebook: Any) -> Iterator[str]:
    listed, everyone = sentence(notebook, r"([\d,]+) of ([\d,]+) customers have brought").groups()
    if number(listed) != min(500, number(everyone)):
        yield f"a list of {listed} of {everyone} customers"

    silence = table(notebook, "weeks since the last order")
    points = {row["statistic"]: number(row["weeks since the last order"]) for row in silence}
    silent = number(sentence(notebook, r"^(\d+%) of the customers have been silent for half")[1])
    for point, share in (("25%", 0.75), ("50%", 0.5), ("75%", 0.25)):
        if (points[point] > 26 and silent < share) or (points[point] < 25 and silent > share):
            yield f"{silent:.0%} are silent for half a year; {point} are so below {points[point]}"

    segments = {row["segment"]: row["customers"] for row in table(notebook, "segment", "money")}
    grid = sentence(notebook, r"^([\d,]+) of our best customers have not.*Grid: (.*)\.")
    drawn = dict(pair.rsplit(" ", 1) for pair in grid[2].split(", "))
    if drawn != segments or grid[1] != segments["at risk"]:
        yield f"the grid has {drawn}, the table {segments}"

    tested = {row["segment"]: row for row in table(notebook, "segment", "came back")}
    high, low = (number(tested[name]["came back"]) for name in ("champions", "at risk"))
    told = sentence(notebook, "Both segments have spent much|recency tells little|is empty")[0]
    right = {"Both segments have spent much": high >= low, "recency tells little": high <= low}
    if not right.get(told, math.isnan(high - low)):
        yield f"{told!r}, where {high} of the champions and {low} of those at risk came back"

    panel = sentence(notebook, rf"^With (\d+) boxes, .* earn ({MONEY}) (less|more) than")
    people = sum(number(row["customers"]) for row in tested.values() if row["customers"] != "–")
    if number(panel[1]) > min(500, people):
        yield f"{panel[1]} boxes for {people:.0f} customers"
    ends = re.search(rf": big spenders, ever ({MONEY}), big .* around ({MONEY})\.$", panel.string)
    if ends and not re.search("[kM]", ends[0]):
        ever, around = map(number, ends.groups())
        less = number(panel[2]) * (1 if panel[3] == "less" else -1)
        if abs(around - ever - less) > 1:
            yield f"the difference of {ends[1]} and {ends[2]} is told to be {panel[2]} {panel[3]}"
