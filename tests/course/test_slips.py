"""What is told from the shape of an answer alone."""

import numpy as np
import pytest

from mktlab.course.checking.compare import Pair
from mktlab.course.checking.slips import Rules, turned


def one(mine, right):
    return {"": Pair(np.array([mine]), np.array([right]))}


@pytest.mark.parametrize(
    ("mine", "name"),
    [
        (800.0, "this is twice as much"),
        (200.0, "this is half of it"),
        (5200.0, "13 times too much"),
        (400 / 52, "52 times too little"),
        (1 / 400, "it is upside down"),
    ],
)
def test_a_number_is_known_by_how_many_times_it_is_off(mine, name):
    assert turned(one(mine, 400.0), Rules(1e-6, share=False, percent=False)).name == name


def test_the_rest_of_the_whole_is_told_where_a_share_is_asked_for():
    assert turned(one(0.3, 0.7), Rules(0.0005, True, False)).name == "this is the rest of the whole"
    assert turned(one(0.35, 0.7), Rules(0.0005, True, False)) is None
