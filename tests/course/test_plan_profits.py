"""What exercise 21 says that actions earn together is what the market gives."""

import pytest

from mktlab.course.questions.given_21 import PROFITS, profits
from mktlab.course.questions.lesson_21 import every_set, played


def test_every_set_of_actions_has_its_profit():
    assert set(profits()) == set(every_set())
    assert profits()[frozenset()] == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [5, 100])
def test_a_stored_profit_is_that_of_a_year_in_the_market(number):
    actions = every_set()[number]
    assert played([actions])["profit"].item() == profits()[actions], (
        f"The market changed: write {PROFITS.name} anew with "
        "python -m mktlab.course.questions.lesson_21"
    )
