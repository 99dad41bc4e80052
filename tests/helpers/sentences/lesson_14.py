"""What lesson 14 says, recomputed from the charts and tables that it prints."""

import re
from collections.abc import Iterator
from typing import Any

from sentences import number, sentence, table


def wrong(notebook: Any) -> list[str]:
    """The sentences that its tables contradict."""
    return list(_found(notebook))


def _bars(text: str) -> dict[str, float]:
    pairs = re.search(r"Bars: (.*)\.$", text, re.S)
    assert pairs, f"no bars in {text!r}"
    return {
        k: number(v) for k, v in (p.rsplit(" ", 1) for p in re.split(r"(?<=[\d%]), ", pairs[1]))
    }


def _found(notebook: Any) -> Iterator[str]:
    told = sentence(notebook, r"^(\d+%) of the customers have bought (.+?)\. Share")
    reach = _bars(told.string)
    if reach.get(told[2]) != number(told[1]) or number(told[1]) < max(reach.values()):
        yield f"{told[0]!r}, where {reach}"

    told = sentence(notebook, r"^'Also bought' names (.+?) for ([\d,]+) of ([\d,]+) products")
    named = _bars(told.string)
    if named.get(told[1]) != number(told[2]) or number(told[2]) < max(named.values()):
        yield f"{told[0]!r}, where {named}"
    if sum(named.values()) > number(told[3]):
        yield f"{sum(named.values()):.0f} products of {told[3]}"

    of_item = sentence(notebook, r"Of the customers of \S+, (\d+%) bought \S+, too")
    lift = sentence(notebook, r"Of all customers, (\d+%)\. The lift is ([\d.]+)")
    part, usual = number(of_item[1]), number(lift[1])
    if not part - 0.006 <= (number(lift[2]) + 0.006) * (usual + 0.006):
        yield f"a lift of {lift[2]}, where {part:.0%} and {usual:.0%}"
    if not (number(lift[2]) - 0.006) * (usual - 0.006) <= part + 0.006:
        yield f"a lift of {lift[2]}, where {part:.0%} and {usual:.0%}"

    told = sentence(notebook, r"^Common customers name one of three best sellers for (\d+%)")
    if _bars(told.string)["common customers"] != number(told[1]):
        yield f"{told[0]!r}, where {_bars(told.string)}"

    told = sentence(notebook, r"^'([^']+)' hits most: (\d+%) of the customers")
    rates = {
        k: number(v) for k, v in re.findall(r"(?:intervals: |, )([a-z ]+) (\d+%) \(", told.string)
    }
    if rates.get(told[1]) != number(told[2]) or number(told[2]) < max(rates.values()):
        yield f"{told[0]!r}, where {rates}"
    todo = sentence(
        notebook, r"^(?:No rule hits more than .* \((\d+%)\)|'([^']+)' hits (\d+%) .* (\d+%)\.)"
    )
    bar, rate = todo[1] or todo[4], todo[3] or todo[1]
    if number(bar) != rates["best sellers"] or number(rate) != number(told[2]):
        yield f"{todo[0]!r}, where {rates}"

    told = sentence(notebook, r"^Judged on days it has learned from, .* gains ([−\d]+) points")
    honest, seen = _bars(told.string).values()
    if abs(seen - honest - number(told[1])) > 1.01 or honest != round(100 * rates["buy it again"]):
        yield f"{told[0]!r}, where {honest:.0f} and {seen:.0f}"

    listed = sentence(notebook, r"^([\d,]+) customers bought in the last 26 weeks")
    if number(listed[1]) < len(table(notebook, "customer_id", "buy_again")):
        yield f"{listed[0]!r}, and more are shown"
