"""What the decision of exercise 46 pays for a look."""

import mktlab
from mktlab.course.questions import lesson_46


def test_a_look_before_a_failure_has_begun_spares_nothing():
    company = mktlab.load("solane")
    failure = lesson_46._failing(company)["failure"]
    before = failure.index[(failure == 0) & (failure.shift(-1) > 0)]
    assert len(before) == len(lesson_46.BEGIN)
    looks = {f"{week:%Y-%m-%d}" for week in before}
    assert lesson_46.ring(company, looks) == -lesson_46.LOOK * len(looks)
