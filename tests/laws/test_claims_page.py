"""The page of claims repeats what was counted in twenty worlds, word for word, and its counts."""

import re
from pathlib import Path

import pytest

from mktlab.course.catalogue import LESSONS, find
from mktlab.course.worlds import claims_of, record_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "claims_checked.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.search(r"\(\d+ of 20\)", line)]


def counted(row: str) -> dict[str, int]:
    """What the lessons that a row links to have claimed, and in how many worlds it held."""
    numbers = re.findall(r"notebooks/\w+/(\d\d)_", row)
    records = [record_of(find(n), ROOT)["claims"] for n in numbers if claims_of(find(n))]
    return {claim.rstrip("."): n for record in records for claim, n in record.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[3:40])
def test_a_count_is_the_recorded_one(row: str) -> None:
    told = {claim: n for claim, n in counted(row).items() if claim.casefold() in row.casefold()}
    said = [int(n) for n in re.findall(r"\((\d+) of 20\)", row)]
    assert sorted(said) == sorted(told.values()), (
        f"the row tells {said}, the records of its lessons {sorted(told.values())}: take the words "
        "of the claim as they stand in course/claims/, and its count from the lesson."
    )


def test_links_lead_somewhere() -> None:
    local = re.findall(r"\]\((?!http)([^)]+)\)", PAGE)
    assert len(local) >= 10
    assert not [link for link in local if not (ROOT / "docs" / link).exists()]
    assert len(ROWS) >= 9
    assert {find(n).name for n in re.findall(r"notebooks/\w+/(\d\d)_", PAGE)} <= {
        lesson.name for lesson in LESSONS
    }
