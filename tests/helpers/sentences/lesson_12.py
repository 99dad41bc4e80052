"""What lesson 12 says, recomputed from the tables that it prints."""

import re
from collections.abc import Iterator
from typing import Any

from sentences import number, sentence, table


def wrong(notebook: Any) -> list[str]:
    """The sentences that its tables contradict."""
    return list(_found(notebook))


def _bars(text: str) -> list[tuple[float, str]]:
    """The values of an alt text's bars, with their names."""
    drawn = text.rpartition("Bars: ")[2].rstrip(".")
    pairs = (pair.rsplit(" ", 1) for pair in re.split(r", (?=\d{4} Q)", drawn))
    return [(number(value), name) for name, value in pairs]


def _found(notebook: Any) -> Iterator[str]:
    title = sentence(notebook, r"^In its first quarter the file has ([\d,]+) first.*")
    early = number(sentence(notebook, r"First seen in the first quarter: ([\d,]+) customers")[1])
    later = number(sentence(notebook, r"First seen in a later one: ([\d,]+) on average")[1])
    if number(title[1]) != early:
        yield f"{title[1]} first purchases, or {early:.0f}"
    drawn = [value for value, _ in _bars(title[0])] if "…" not in title[0] else []
    if len(drawn) > 1 and title[0].count(" Q") == len(drawn):
        mean = sum(drawn[1:]) / (len(drawn) - 1)
        if drawn[0] != early or abs(mean - later) > 0.51:
            yield f"{early:.0f} and {later:.0f} are told, {drawn} are drawn"

    pair = sentence(notebook, r"^At age (\d), (\d+%) of the first cohort buy, and (\d+%) of a new")
    rows = table(notebook, "customers", f"buy at age {pair[1]}")
    shares = [number(row[f"buy at age {pair[1]}"]) for row in rows]
    if number(pair[3]) != shares[-1] or (len(rows) < 10 and number(pair[2]) != shares[0]):
        yield f"{pair[2]} and {pair[3]} at age {pair[1]}, where the table has {shares}"

    points = r"The newer cohort is ([\d.,]+) points (lower|higher)|The two are nearly alike"
    change = sentence(notebook, points)
    told = (number(change[1]) if change[1] else 0) * (-1 if change[2] == "lower" else 1)
    gap = 100 * (number(pair[3]) - number(pair[2]))
    if abs(gap - told) > (1.1 if change[1] else 2.1):
        yield f"a change of {told} points, where it is {gap:.0f}"

    moved = sentence(
        notebook, r"the share moved by ([+−\d.,]+) points|too short to compare cohorts"
    )
    if moved[1]:
        waited = int(sentence(notebook, r"After (\d) quarters of watching")[1])
        verdict = sentence(notebook, r"That is (no more|more) than chance")[1]
        fair = rows[waited:] if len(rows) < 10 else rows[-2:]
        ends = [number(row["chance (± points)"]) for row in (fair[0], fair[-1])]
        by_chance = (ends[0] ** 2 + ends[1] ** 2) ** 0.5
        clear = abs(abs(number(moved[1])) - by_chance) > 0.3 and len(rows) < 10
        if clear and (abs(number(moved[1])) > by_chance) != (verdict == "more"):
            yield f"{moved[1]} points are told to be {verdict} than chance, ± {by_chance:.1f}"

    ran = sentence(
        notebook, r"^(\d+%) were expected at age 6, (\d+%) came|too short, or the cohort"
    )
    if ran[1]:
        band = sentence(notebook, r"(in|than) the band (?:holds )?\((\d+%) to (\d+%)\)")
        expected, came, low, high = map(number, (ran[1], ran[2], band[2], band[3]))
        inside = sentence(notebook, r"What came lies in|More came than|Fewer came than")[0]
        right = {"What came lies in": low <= came <= high, "More came than": came >= high}
        if not low <= expected <= high or not right.get(inside, came <= low):
            yield f"{expected} expected ({low} to {high}), {came} came: {inside!r}"
