"""What lesson 31 says, recomputed from the tables that it prints."""

from collections.abc import Iterator
from typing import Any

from sentences import number, sentence, table

LEADS = "boosting over longest silence"
CHURN = "churn at the latest cut (%)"
TO_SAVE = "stayed away, but came back later (%)"
RISKIEST, DRAWN = "the highest risks", "a random draw"


def wrong(notebook: Any) -> list[str]:
    """The sentences that its tables contradict."""
    return list(_found(notebook))


def _found(notebook: Any) -> Iterator[str]:
    lead = next(row for row in table(notebook, "difference", "low", "high") if row[""] == LEADS)
    low, high = number(lead["low"]), number(lead["high"])
    told = sentence(
        notebook,
        "no better than a coin toss|model ranks better|silence ranks better|cannot be told apart",
    )[0]
    right = {"model ranks better": low >= 0, "silence ranks better": high <= 0}
    if not right.get(told, low <= 0 <= high or "coin" in told):
        yield f"{told!r}, where the lead lies between {low} and {high}"

    level = {r[""]: number(list(r.values())[1]) for r in table(notebook, CHURN)}
    off, left = (
        abs(level[name] - level["happened"]) for name in ("predicted", "with last year's quarter")
    )
    told = sentence(
        notebook,
        "Most of the gap was the season|A part of the gap|does not explain the gap|"
        "hardly anything to correct|season and drift look alike",
    )[0]
    right = {
        "Most of the gap was the season": left <= off / 2 + 0.1,
        "A part of the gap": off / 2 - 0.1 <= left <= off,
        "does not explain the gap": left >= off - 0.7,
        "hardly anything to correct": off <= 1.1,
    }
    if not right.get(told, off == left):
        yield f"{told!r}, where the risks were {off} off, and then {left}"

    lists = {r[""]: number(r[TO_SAVE]) for r in table(notebook, TO_SAVE)}
    told = sentence(
        notebook, r"highest risks hold most|No list holds more|on this list: (.*)\.|no list holds"
    )
    most = max(lists.values())
    best = told[1] or (RISKIEST if "hold most" in told[0] else DRAWN)
    if lists[best] < most - 0.05:
        yield f"{told[0]!r}, where {best} has {lists[best]} of {most}"

    profit = sentence(notebook, r"Promised, if the assumptions hold: (.*)\.|No profit can be")
    if profit[1] and (number(profit[1]) <= 0 or most == 0):
        yield f"a profit of {profit[1]} is promised, where {most}% can be saved"
