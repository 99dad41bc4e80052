"""What lesson 13 says, recomputed from the tables that it prints."""

import re
from collections.abc import Iterator
from typing import Any

from sentences import number, sentence, table, texts


def wrong(notebook: Any) -> list[str]:
    """The sentences that its tables contradict."""
    return list(_found(notebook))


def _found(notebook: Any) -> Iterator[str]:
    known = number(sentence(notebook, r"^([\d,]+) of [\d,]+ customers have bought 5 times")[1])

    luck = table(notebook, "kind of mark", "times as much as luck")
    beyond = [row["kind of mark"] for row in luck if row["more than luck"] == "yes"]
    told = sentence(notebook, r"^Customers differ (?:most in '(\w+)': ([\d.]+)|no more than luck)")
    largest = max(number(row["times as much as luck"]) for row in luck)
    first = [row["kind of mark"] for row in luck if number(row["times as much as luck"]) == largest]
    if bool(told[1]) != bool(beyond):
        yield f"{told[0]!r}, where {beyond} are more than luck"
    if told[1] and (told[1] not in first or number(told[2]) != largest):
        yield f"{told[0]!r}, where {first} differ most, {largest} times"

    held = sentence(
        notebook, r"^(?:Up to (\d+) groups hold\. We work with|No groups hold|\d+ groups hold)"
    )
    pages = [text for text in texts(notebook) if "the group is" in text]
    sizes = [number(size) for size in re.findall(r"^customers +([\d,]+) \(", pages[0], re.M)]
    if sum(sizes) != known:
        yield f"the cards count {sum(sizes):.0f} customers of {known:.0f}"
    groups = len(sizes)
    rows = {int(row["groups"]): row for row in table(notebook, "groups", "explained", "stable")}
    holding = int(held[1] or groups)
    if held[0].startswith("No") != (groups == 1) or groups != min(holding, 5):
        yield f"{held[0]!r}, and {groups} cards"
    if holding > 1 and number(rows[holding]["stable"]) < 0.8:
        yield f"{holding} groups are stable with {rows[holding]['stable']} alone"
    more = [n for n, row in rows.items() if n > holding and number(row["stable"]) > 0.8]
    if holding > 1 and any(number(rows[n]["gap"]) > 0.2 for n in more):
        yield f"{more} groups hold, too, and {holding} are told"

    drawn = r"^(\d+) groups explain (\d+%) of the differences, of dealt hands (\d+%)"
    if groups > 1:
        count, seen, lucky = sentence(notebook, drawn).groups()
        row = rows[int(count)]
        if (seen, lucky) != (row["explained"], row["explained of dealt hands"]):
            yield f"{count} groups are told to explain {seen} and {lucky}"
        part = number(sentence(notebook, r"^The largest persona is '[^']*': (\d+%) of")[1])
        if abs(part - max(sizes) / known) > 0.006:
            yield f"{part:.0%} are told to be in the largest persona"
