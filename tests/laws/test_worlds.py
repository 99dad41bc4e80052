"""Answers and claims hold beyond the published world, and the record of that is up to date."""

import pytest
from stored import ROOT

from mktlab.course import worlds
from mktlab.course.catalogue import LESSONS

NOT_YET: frozenset[str] = frozenset()
"""Lessons that were not yet checked in other worlds; only shorter."""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_is_well_in_twenty_worlds_and_so_are_its_claims(lesson):
    checked = worlds.stored(lesson, ROOT).is_file()
    if checked or (lesson.exercise and lesson.name not in NOT_YET):
        told = worlds.stale(lesson, ROOT)
        assert not told, told
