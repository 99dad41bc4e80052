"""A check is friendly, gives nothing away, and no answer makes it fail."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.exercises.question import (
    _COLORS,
    Decision,
    Exercise,
    ExerciseSheet,
    Feedback,
    Mistake,
    Question,
)
from mktlab.schema import MktlabError

MARGIN = {"a": 50.0, "b": 30.0, "c": 12.0, "d": 0.0, "e": 0.0}
TABLE = pd.DataFrame({"customer_id": list("abc"), "money": [1.5, 2.5, 3.5]})
SHEET = ExerciseSheet(
    "99_toy",
    (
        Question(
            "q1",
            "What share?",
            "a share between 0 and 1.",
            expected=lambda company: 0.25,
            mistakes=(Mistake("percent for a fraction", lambda company: 25.0, "Divide by 100."),),
            hint="Divide.",
        ),
        Question(
            "q2",
            "How much money?",
            "a DataFrame with customer_id and money.",
            expected=lambda company: TABLE,
            mistakes=(
                Mistake("cents", lambda company: TABLE.assign(money=TABLE.money * 100), "Euros."),
            ),
            hint="Group.",
            key=("customer_id",),
        ),
        Decision(
            "q3",
            "Whom do you invite?",
            "a list of ids.",
            value=lambda company, chosen: sum(MARGIN[i] for i in chosen) - 10 * len(chosen),
            expected=lambda company: {"a", "b", "c"},
            known=lambda company: list(MARGIN),
            mistakes=(Mistake("everybody", lambda company: set(MARGIN), "Some bring nothing."),),
            hint="Who pays?",
            good_enough=0.9,
        ),
    ),
)


@pytest.fixture
def ex() -> Exercise:
    return SHEET.bind(None)  # type: ignore[arg-type]


def test_dots_are_not_attempted_yet(ex: Exercise) -> None:
    feedback = ex.q1.check(...)
    assert feedback.state == "not attempted"
    assert "a share between 0 and 1." in feedback.text


def test_none_asks_for_the_last_line_of_the_cell(ex: Exercise) -> None:
    assert "your cell" in ex.q1.check(None).text


def test_the_right_answer_is_right(ex: Exercise) -> None:
    assert ex.q1.check(0.25).state == "right"
    assert ex.q2.check(TABLE).state == "right"
    assert ex.q3.check(["a", "b"]).state == "right"


def test_a_named_mistake_gets_its_name_and_why(ex: Exercise) -> None:
    assert repr(ex.q1.check(25)) == "Not yet: percent for a fraction. Divide by 100."
    assert ex.q2.check(TABLE.assign(money=[150, 250, 350])).state == "named mistake"


def test_anything_else_is_told_what_differs(ex: Exercise) -> None:
    assert repr(ex.q1.check(0.3)) == "Not yet. Your number is too high."


def test_a_decision_is_priced_in_euros(ex: Exercise) -> None:
    assert repr(ex.q3.check({"a", "b"})) == (
        "Right: a good decision. Your choice earns €60. Knowing the whole truth one could earn "
        "€62: that is €2 more."
    )
    poor = ex.q3.check(["a", "d"])
    assert poor.state == "not yet"
    assert "Your choice earns €30." in poor.text
    assert "90% of that will do." in poor.text


def test_a_decision_about_unknown_ids_says_so(ex: Exercise) -> None:
    assert "1 of your 2 ids are not ids to choose from." in ex.q3.check(["a", "zz"]).text


def test_a_hint_helps_without_counting_as_an_attempt(ex: Exercise) -> None:
    assert repr(ex.q3.hint()) == "Hint for q3. Who pays?"
    assert ex.q3.state == "not attempted"


def test_the_exercise_shows_how_far_one_is(ex: Exercise) -> None:
    ex.q1.check(0.25)
    ex.q1.check(0.3)
    ex.q2.check(0.3)
    assert repr(ex) == "1 of 3 right. q1 right, q2 not yet, q3 not attempted"


def test_a_question_that_is_not_there_is_named(ex: Exercise) -> None:
    with pytest.raises(MktlabError, match="no question q9: there are q1, q2, q3"):
        _ = ex.q9
    assert not hasattr(ex, "q9")
    assert "q3" in dir(ex)


def test_a_fault_of_the_question_itself_is_not_hidden() -> None:
    def broken(company: object) -> float:
        raise ZeroDivisionError

    question = Question("q1", "?", ".", broken, (), ".")
    with pytest.raises(ZeroDivisionError):
        ExerciseSheet("99", (question,)).bind(None).q1.check(1)  # type: ignore[arg-type]


class Hostile:
    """An object that fails, loudly, whatever one asks of it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def _fail(self, *_: object, **__: object) -> Any:
        raise SystemExit("gone")

    __eq__ = __len__ = __iter__ = __repr__ = __str__ = __bool__ = __float__ = _fail
    __array__ = __index__ = __hash__ = __lt__ = __getitem__ = _fail  # type: ignore[assignment]


class FalseFrame(pd.DataFrame):
    @property
    def columns(self) -> Any:  # type: ignore[override]
        raise MemoryError


def endless() -> Iterator[int]:
    while True:
        yield 1


EVIL = [
    Hostile(),
    [Hostile()],
    pd.Series([Hostile()], dtype=object),
    FalseFrame({"a": [1]}),
    endless(),
    print,
    Hostile,
    np.full((2, 2), np.nan),
    {"a": Hostile()},
    pd.DataFrame(np.eye(3), columns=["x", "x", "y"]),
    TABLE.set_index(["customer_id", "money"]),
    TABLE.assign(customer_id=pd.Timestamp("2025-01-01")),
    TABLE.assign(customer_id=list("abz"), money=[[1], {2}, None]),
    pd.DataFrame(),
    pd.DataFrame({"customer_id": pd.Series(dtype="str"), "money": pd.Series(dtype=float)}),
    10**400,
    b"bytes",
    [None] * 3,
    object,
]


@pytest.mark.parametrize("answer", EVIL, ids=lambda evil: type(evil).__name__)
def test_no_answer_makes_a_check_fail(ex: Exercise, answer: object) -> None:
    for question in (ex.q1, ex.q2, ex.q3):
        feedback = question.check(answer)
        assert feedback.state == "not yet"
        assert feedback.text


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=8,
)


@given(anything)
def test_plain_answers_never_make_a_check_fail(answer: object) -> None:
    ex = SHEET.bind(None)  # type: ignore[arg-type]
    for question in (ex.q1, ex.q2, ex.q3):
        assert isinstance(question.check(answer), Feedback)


def test_markup_in_an_answer_stays_text(ex: Exercise) -> None:
    table = TABLE.assign(money=["<script>alert(1)</script>", "2.5", "3.5"])
    assert "<script>" not in ex.q2.check(table)._repr_html_()


def test_feedback_says_the_same_in_html_and_in_text() -> None:
    feedback = Feedback("not yet", "Not yet.", "Your number is too high.")
    assert "<strong>Not yet.</strong> Your number is too high." in feedback._repr_html_()
    assert 'role="status"' in feedback._repr_html_()


@pytest.mark.parametrize("pair", _COLORS.values())
def test_feedback_is_readable(pair: tuple[str, str]) -> None:
    def luminance(color: str) -> float:
        channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted(map(luminance, pair))
    assert (light + 0.05) / (dark + 0.05) >= 7
