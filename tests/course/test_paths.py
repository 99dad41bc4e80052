"""Ways through the course: each fits into its time, and nothing comes before what it builds on."""

import pytest

from mktlab.course.paths import Way, ways


@pytest.mark.parametrize("way", ways(), ids=lambda way: way.title)
def test_a_way_fits_and_leads_upward(way: Way) -> None:
    read = sum(lesson.read for lesson in way.lessons)
    assert way.takes == read + sum(lesson.exercise for lesson in way.worked) <= way.minutes
    done = {"00_start_here", "01_tools"}  # some bring these along
    for lesson in way.lessons:
        assert set(lesson.after) <= done, lesson.name
        done.add(lesson.name)


def test_longer_ways_hold_more() -> None:
    takes = [way.takes for way in ways()]
    assert takes == sorted(takes)
    assert len(ways()[-1].lessons) > 20
