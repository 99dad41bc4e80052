"""Ways through the course for the time that people have, computed from the catalogue's minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mktlab.course.catalogue import Lesson, course, find
from mktlab.resources import declared


class Way(NamedTuple):
    """For whom, the minutes that there are and that it takes, and its lessons in their order.

    Lessons in `worked` are worked with their exercise, the others only read.
    """

    title: str
    minutes: int
    takes: int
    lessons: tuple[Lesson, ...]
    worked: frozenset[Lesson]


def ways() -> list[Way]:
    """All ways that `paths.toml` names.

    A lesson that is wished for is taken when it fits into the minutes that are left, together with
    what one should know before it and has not done yet; minutes that are left over go to exercises
    of these.

    >>> [(way.title, way.takes <= way.minutes) for way in ways()][:2]
    [('90 minutes, shown by a trainer', True), ('Half a day', True)]
    """
    return [_way(title, **said) for title, said in declared("course/paths.toml").items()]


def _way(
    title: str, minutes: int, wish: list[str], known: Sequence[str] = (), exercises: bool = True
) -> Way:
    taken: dict[str, int] = {}
    worked: set[str] = set()
    for name in wish:
        more = {x: find(x).read for x in _before(name) if x not in known and x not in taken}
        more[name] = find(name).read + find(name).exercise * exercises
        if sum((taken | more).values()) <= minutes:
            taken |= more
            worked |= {name} if exercises else set()
    lessons = tuple(lesson for lesson in course() if lesson.name in taken)
    for lesson in lessons if exercises else ():
        fits = sum(taken.values()) + lesson.exercise <= minutes
        if lesson.exercise and lesson.name not in worked and fits:
            taken[lesson.name] += lesson.exercise
            worked.add(lesson.name)
    return Way(title, minutes, sum(taken.values()), lessons, frozenset(map(find, worked)))


def _before(name: str) -> set[str]:
    """All lessons that one should have done before one."""
    after = find(name).after
    return {*after, *(earlier for one in after for earlier in _before(one))}
