"""The page of the seven Ps says what the market plays today, and no decision is left out."""

import pytest

import mktlab
from benchmarks import seven_ps

PAGE = seven_ps.FILE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| lesson")
]


def test_the_page_has_a_row_for_each_lesson_with_a_decision_on_a_p():
    lessons = [row[0][:2] for row in ROWS[:-2]]
    assert lessons == ["22", "23", "24", "25", "26", "27", "28", "29"]
    assert all(len(row) == len(seven_ps.WORLDS) + 2 for row in ROWS)


@pytest.mark.slow
def test_the_first_world_is_played_again_as_the_page_tells_it():
    found = seven_ps.world(seven_ps.WORLDS[0])
    told = {row[0]: row[1] for row in ROWS}
    assert told == {name: seven_ps.told(euros) for name, euros in found.items()}


def test_no_two_decisions_move_the_same_lever():
    with pytest.raises(AssertionError, match="two lessons move price"):
        seven_ps.merged({"a": {"price": {"beans": 1.1}}, "b": {"price": {"beans": 1.2}}})
    company = mktlab.load("solane")
    assert len(seven_ps.merged({"a": {"price": {"beans": seven_ps.beans_level(company)}}})) == 1
