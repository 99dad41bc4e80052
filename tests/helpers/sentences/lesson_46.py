"""What lesson 46 says of a company, held against its own printed numbers."""

import re


def _said(notebook):
    """All that the lesson printed, and what its charts say."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    texts = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in outputs]
    return "\n".join(texts)


def _numbers(pattern, said):
    found = re.search(pattern, said)
    return [int(part.replace(",", "")) for part in found.groups()] if found else None


def wrong(notebook):
    """The sentences that are not true of the numbers below them."""
    said = _said(notebook)
    weeks = _numbers(r"([\d,]+) whole weeks with orders, (\d+) numbers", said)
    red = _numbers(r"On a usual Monday, (\d+) of (\d+) numbers are red", said)
    outside = _numbers(r"By the usual recipe, ([\d,]+) of ([\d,]+) weeks lie outside", said)
    if not (weeks and red and outside):
        return ["a sentence is missing"]
    found = []
    if weeks[0] < 40 or red[1] != weeks[1] or red[0] > red[1]:
        found.append(f"{red} red of {weeks}")
    if outside[1] != weeks[0] - 26 or outside[0] > outside[1]:
        found.append(f"{outside} outside of {weeks}")
    return found
