"""A check knows right from wrong, names mistakes, and survives every answer."""

import copy
import itertools
import math
import pickle
import re
import types
import warnings
from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest
from contrast import contrast
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from right_answers import other_shapes

from mktlab import Company, MktlabError
from mktlab.company import Truth
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.compare import Pair
from mktlab.course.checking.decision import Decision
from mktlab.course.checking.exercise import QuestionSet
from mktlab.course.checking.feedback import LOOKS, Feedback, Reached
from mktlab.course.checking.question import Mistake, Question, Words
from mktlab.course.checking.slips import Rules, slip

COST = 3.0


def _spend(company):
    return company.orders.groupby("customer_id", as_index=False)["revenue"].sum()


def _web_share(company):
    orders = company.orders
    return orders.loc[orders["outlet"] == "web", "revenue"].sum() / orders["revenue"].sum()


def _customers(company, outlet):
    return set(company.orders.loc[company.orders["outlet"] == outlet, "customer_id"])


def _profit(company, chosen):
    truth = company.truth.customers
    gain = truth.loc[truth["customer_id"].isin(chosen), "expected_margin_13w"].sum()
    return gain - COST * len(chosen)


SHEET = QuestionSet(
    "11_rfm",
    (
        Question(
            "q1",
            Words(
                "What did each customer spend?",
                "a table with customer_id and revenue.",
                ("Group by customer.", "`groupby`, then `sum`."),
                matters="{people:count} people spent {sum:money}.",
                told=lambda table: {"people": len(table), "sum": table["revenue"].sum()},
            ),
            expected=_spend,
            key=("customer_id",),
            mistakes=(
                Mistake(
                    "the mean, not the sum",
                    lambda company: company.orders.groupby("customer_id")["revenue"].mean(),
                    "Add up the orders.",
                ),
                Mistake(
                    "only the web",
                    lambda company: _spend(
                        Company(
                            {"orders": company.orders[company.orders["outlet"] == "web"]}, name="w"
                        )
                    ),
                    "Cafés count too.",
                ),
            ),
        ),
        Question(
            "q2",
            Words(
                "Which share of revenue comes from the web?",
                "a number from 0 to 1.",
                ("Sum twice.",),
            ),
            expected=_web_share,
            share=True,
            mistakes=(
                Mistake(
                    "a share of orders",
                    lambda company: (company.orders["outlet"] == "web").mean(),
                    "Weigh orders by revenue.",
                ),
                Mistake(
                    "web over the rest, in percent",
                    lambda company: 100 * _web_share(company) / (1 - _web_share(company)),
                    "Divide by all.",
                    tolerance=0.5,
                ),
            ),
        ),
        Question(
            "q3",
            Words("Who bought in a café?", "the ids.", ("Use isin.",)),
            expected=lambda company: _customers(company, "cafe"),
            mistakes=(
                Mistake("the web", lambda company: _customers(company, "web"), "Look at outlet."),
                Mistake("everybody", lambda c: set(c.orders["customer_id"]), "Select some."),
            ),
        ),
        Decision(
            "q4",
            Words(
                "Whom do you invite, at {cost:money} each?",
                "the ids.",
                ("Who pays?",),
                holes={"cost": COST},
            ),
            worth=_profit,
            expected=lambda company: {"c1"},
            choices=lambda company: company.orders["customer_id"],
            mistakes=(
                Mistake("nobody", lambda company: set(), "Nothing ventured."),
                Mistake("everybody", lambda c: set(c.orders["customer_id"]), "Too many."),
            ),
        ),
        Decision(
            "q5",
            Words("Which price?", "a price.", ("Try some.",)),
            worth=lambda company, price: price * (10 - price),
            expected=lambda company: 5.0,
            choices=lambda company: (1.0, 9.0),
            reads=number_between,
            mistakes=(
                Mistake("cheapest", lambda company: 1.0, "Each bag brings less."),
                Mistake("dearest", lambda company: 9.0, "Few bags are sold."),
            ),
        ),
    ),
)
ORDERS = pd.DataFrame(
    {
        "order_id": ["1", "2", "3", "4", "5"],
        "customer_id": ["c1", "c1", "c2", "c3", "c3"],
        "outlet": ["web", "cafe", "cafe", "web", "web"],
        "revenue": [1234.56, 20.0, 87.65, 40.0, 12.34],
    }
)
MARGINS = pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "expected_margin_13w": [50.0, 1, 0]})
COMPANY = Company({"orders": ORDERS}, name="Toy", truth=Truth({"customers": MARGINS}, {}, {}))
NAMES = [question.name for question in SHEET.questions]


@pytest.fixture
def ex():
    return SHEET.bind(COMPANY)


@cache
def _bound():
    return SHEET.bind(COMPANY)


@pytest.mark.parametrize("question", SHEET.questions, ids=NAMES)
def test_a_right_answer_is_right_in_any_shape(question):
    expected = question.expected(COMPANY)
    for shape, answer in other_shapes(expected, key=getattr(question, "key", ())).items():
        feedback = getattr(_bound(), question.name).check(answer)
        assert feedback.state == "right", shape
        assert feedback.title.startswith("Right")


@pytest.mark.parametrize("question", SHEET.questions, ids=NAMES)
def test_every_named_mistake_gets_its_own_message(question, ex):
    seen = set()
    for mistake in question.mistakes:
        feedback = getattr(ex, question.name).check(mistake.compute(COMPANY))
        assert feedback.state == "named mistake"
        assert feedback.title == f"A mistake: {mistake.name}."
        assert feedback.text.startswith(mistake.why)
        seen.add(feedback.title)
    assert len(seen) == len(question.mistakes)


def test_a_mistake_may_have_a_tolerance_of_its_own(ex):
    over_the_rest = 100 * _web_share(COMPANY) / (1 - _web_share(COMPANY))
    title = "A mistake: web over the rest, in percent."
    assert ex.q2.check(over_the_rest + 0.4).title == title
    assert ex.q2.check(over_the_rest + 0.6).title != title


def test_a_mistake_close_to_the_right_answer_is_named_if_it_is_made_to_the_last_digit():
    close = Mistake("with the tips", lambda company: 0.50012, "Leave them out.")
    share = replace(SHEET.questions[1], expected=lambda company: 0.5003, mistakes=(close,))
    share = replace(share, tolerance=0.0005)
    asked = replace(SHEET, questions=(share,)).bind(COMPANY).q2
    assert asked.check(0.50012).title == "A mistake: with the tips."
    assert [asked.check(answer).state for answer in (0.5003, 0.5, 0.5001)] == ["right"] * 3


def test_a_mistake_may_lead_to_further_answers_which_are_never_taken_for_the_right_one():
    tips = Mistake("with the tips", lambda c: 0.7, "Leave them.", also=(lambda c: [0.6, 0.5003],))
    share = replace(SHEET.questions[1], expected=lambda company: 0.5003, mistakes=(tips,))
    asked = replace(SHEET, questions=(share,)).bind(COMPANY).q2
    assert [asked.check(answer).title for answer in (0.7, 0.6)] == ["A mistake: with the tips."] * 2
    assert asked.check(0.5003).state == "right"


@pytest.mark.parametrize(("right", "guess"), [(0.0052, 0.01), (0.0052, -0.01), (3.14, 5)])
def test_a_round_guess_is_neither_right_so_far_nor_a_slip(right, guess):
    near = Mistake("the other way", lambda company: -0.00985, "Turn it.")
    asked = Question("q1", Words("?", "!", ("…",)), lambda _: right, (near,), tolerance=0.00005)
    feedback = QuestionSet("11_rfm", (asked,)).bind(COMPANY).q1.check(guess)
    assert feedback.title in ("Not yet.", "A mistake: the other way.")


@pytest.mark.parametrize("name", NAMES)
def test_dots_are_not_attempted_and_none_is_asked_about(name, ex):
    bound = getattr(ex, name)
    for feedback in (bound.check(...), bound.check()):
        assert feedback.state == "not attempted"
        assert repr(feedback).startswith(f"{name}: not attempted yet. Replace the dots")
    assert "not attempted" in repr(ex)
    assert bound.check(None).text == (
        "Your answer is None, which is nothing. `print` only shows: write the value itself, "
        "without `print`."
    )


def _bare(compute):
    return Question("q1", Words("?", "!", ("…",)), compute, ())


def test_nothing_is_computed_before_it_is_needed():
    def fail(company):
        raise AssertionError("computed")

    ex = QuestionSet("11_rfm", (_bare(fail),)).bind(COMPANY)
    assert "0 of 1 right" in repr(ex)
    assert ex.q1.check(...).state == "not attempted"
    assert ex.q1.hint().state == "hint"


def test_the_expected_value_is_computed_once():
    calls = []
    ex = QuestionSet("11_rfm", (_bare(lambda company: calls.append(1) or 7),)).bind(COMPANY)
    assert ex.q1.check(8).text.startswith("Your number is too high, but less than twice")
    assert ex.q1.check(7).state == "right"
    assert calls == [1]


def test_checks_compute_from_the_company_they_are_given():
    doubled = Company({"orders": ORDERS.assign(revenue=ORDERS["revenue"] * 2)}, name="Double")
    assert SHEET.bind(doubled).q1.check(_spend(COMPANY)).state == "named mistake"
    assert SHEET.bind(doubled).q1.check(_spend(doubled)).state == "right"


def test_a_decision_is_priced_in_money(ex):
    feedback = ex.q4.check(["c1", "c2"])
    assert feedback.state == "right"  # 45 of 47 euros, over 90%
    feedback = ex.q4.check(["c2"])
    assert feedback.state == "not yet"
    assert feedback.text == (
        "Your choice loses €2. Knowing the whole truth one could earn €47, which is €49 more. This "
        "is priced in the simulated market, which knows the truth. 90% of that counts as right."
    )
    assert "one could earn no more." in ex.q4.check(["c1"]).text
    assert "c9" in ex.q4.check(["c1", "c9"]).text
    assert "Asked for: the ids." in ex.q4.check(["c1", "c9"]).text
    assert ex.q5.check(4).text.startswith(
        "Your choice earns €24. Knowing the whole truth one could earn €25, which is €1 more."
    )
    told = "Yours: €24. The best: €25. To pass: €22 (90%)."
    assert ex.q5.check(4).reached == (24 / 25, 0.9, told)
    assert ex.q5.check(12).text.startswith("Your number is 12: choose one from 1 to 9.")


def test_a_choice_may_earn_more_than_the_best_that_is_asked_for():
    rule = replace(SHEET.questions[3], expected=lambda company: {"c1", "c2"})
    ex = replace(SHEET, questions=(rule,)).bind(COMPANY)
    assert "one could earn €45, which is €2 less." in ex.q4.check(["c1"]).text


def test_money_is_in_the_currency_of_the_company():
    swiss = Company(
        {"orders": ORDERS}, name="Z", currency="CHF", truth=Truth({"customers": MARGINS}, {}, {})
    )
    assert "one could earn 47 CHF" in SHEET.bind(swiss).q4.check(["c2"]).text


def test_a_decision_about_a_real_market_says_that_it_cannot_be_priced():
    feedback = SHEET.bind(Company({"orders": ORDERS}, name="Mine")).q4.check(["c1"])
    assert feedback.state == "cannot be checked"
    assert feedback.title == "q4 cannot be checked on these tables."
    assert "Real markets keep their truth secret" in feedback.text


def test_tables_that_lack_a_column_of_a_question_are_told_in_a_sentence():
    ex = SHEET.bind(Company({"orders": ORDERS.drop(columns="outlet")}, name="Mine"))
    assert ex.q1.check(_spend(COMPANY)).state == "right"  # only its second mistake needs outlet
    assert repr(ex.q2.check(0.5)) == "q2 cannot be checked on these tables. KeyError('outlet')"
    assert SHEET.bind(Company({}, name="Empty")).q1.check(1).text.startswith("Empty has no table")


class _Hostile:
    """Fails at whatever is done with it."""

    error = RuntimeError

    def __getattribute__(self, name):
        raise type(self).error(name)

    def _fail(self, *_args, **_kwargs):
        raise type(self).error

    __eq__ = __ne__ = __lt__ = __hash__ = __repr__ = __str__ = __len__ = __iter__ = _fail
    __bool__ = __float__ = __int__ = __index__ = __array__ = __call__ = __getitem__ = _fail
    __getattr__ = __contains__ = __reduce_ex__ = __dir__ = __copy__ = __deepcopy__ = _fail


class _Exits(_Hostile):
    error = SystemExit


class _Interrupts(_Hostile):
    error = KeyboardInterrupt


class _LiesAboutItsClass:
    __class__ = property(lambda self: pd.DataFrame)


class _Endless(list):
    def __iter__(self):
        return itertools.count()


class _ExitingTable(pd.DataFrame):
    @property
    def columns(self):
        raise SystemExit


ASKED = []  # lying tables whose own columns were asked for, which may wait as long as they like


class _LyingTable(pd.DataFrame):
    """Whatever is done with it gives zeros."""

    def __sub__(self, other):
        return 0

    __rsub__ = __add__ = __mul__ = __getitem__ = iloc = loc = __sub__

    @property
    def columns(self):
        ASKED.append(self)


class _LyingSeries(pd.Series):
    def to_numpy(self, *_args, **_kwargs):
        return np.array([1322.21, 87.65, 52.34])

    __array__ = to_numpy


class _LyingIndex(pd.Index):
    __getitem__ = None

    def get_indexer(self, *_args, **_kwargs):
        return np.arange(3)


class _LyingNumber(float):
    def __float__(self):
        raise KeyboardInterrupt

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = __sub__


class _LyingText(str):
    __slots__ = ()

    def strip(self, *_args):
        raise SystemExit


class _Speaks:
    def __repr__(self):
        print("printed")  # noqa: T201
        warnings.warn("warned", stacklevel=1)
        return "spoken"


def _knot():
    knot = []
    knot.append(knot)
    return knot


def _hostile():
    """Hostile objects for a table, filled one by one because numpy looks into lists."""
    column = np.empty(3, dtype=object)
    for at, kind in enumerate((_Hostile, _Exits, _Interrupts)):
        column[at] = kind()
    return pd.Series(column, dtype=object)


def _odd_tables():
    table = pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "revenue": [1.0, 2.0, 3.0]})
    yield "duplicate columns", pd.concat([table, table], axis=1)
    yield "duplicate keys", pd.concat([table, table])
    yield (
        "two levels of columns",
        table.set_axis(pd.MultiIndex.from_product([["a"], [1, 2]]), axis=1),
    )
    yield "two levels of rows", table.set_index(["customer_id", "revenue"])
    yield "days for keys", table.assign(customer_id=pd.Timestamp("2025-01-01"))
    yield "intervals for keys", table.assign(customer_id=pd.interval_range(0, 3))
    yield "nothing for keys", table.assign(customer_id=None)
    yield "words for numbers", table.assign(revenue=["12 %", "", None])
    yield "infinite", table.assign(revenue=math.inf)
    yield "complex", table.assign(revenue=1j)
    yield "lists", table.assign(revenue=[[1], [2], [3]], customer_id=[[1], [2], [3]])
    yield "hostile values", table.assign(revenue=_hostile())
    yield "hostile keys", table.assign(customer_id=_hostile())
    yield "numbers for names", table.set_axis([0, None], axis=1)
    yield "no rows", table.iloc[:0]
    yield "no columns", table[[]]
    yield "nothing", pd.DataFrame()
    yield "no duplicates allowed", table.set_flags(allows_duplicate_labels=False)
    yield "hostile attrs", _with_attrs(table)
    yield "many rows", pd.DataFrame({"customer_id": np.arange(3_000_000), "revenue": 1.0})
    yield "many columns", pd.DataFrame(np.zeros((1, 20_000)))
    yield "groups", table.groupby("customer_id")
    yield "subclass that exits", _ExitingTable(table)
    yield "subclass that lies and waits", _LyingTable(table)
    yield "column that lies", _LyingSeries([1.0, 2.0, 3.0], index=["c1", "c2", "c3"])
    yield "index that lies", table.set_index(_LyingIndex(["c7", "c8", "c9"], name="customer_id"))
    yield "polars", pl.from_pandas(table).with_columns(pl.lit([1]).alias("revenue"))
    yield "lazy polars", pl.from_pandas(table).lazy()
    yield "categories", table.astype("category")
    yield "sparse", table.astype({"revenue": pd.SparseDtype(float)})
    yield "periods", table.assign(revenue=pd.period_range("2025", periods=3, freq="M"))


def _with_attrs(table):
    table = table.copy()
    table.attrs["bomb"] = _Hostile()
    return table


ODD = {
    "hostile": _Hostile(),
    "exits": _Exits(),
    "interrupts": _Interrupts(),
    "lies about its class": _LiesAboutItsClass(),
    "endless list": _Endless([7]),
    "hostile in a list": [_Hostile(), _Exits(), _Interrupts()],
    "lying number": _LyingNumber(7.5),
    "lying numbers": [_LyingNumber(7.5), _LyingText("c1")],
    "lying text": _LyingText("c1"),
    "speaks": [_Speaks()],
    "a class": _Hostile,
    "a function": _spend,
    "a module": types,
    "endless generator": itertools.count(),
    "huge range": range(10**12),
    "many": ["c1"] * 3_000_000,
    "huge array": np.zeros(5_000_000),
    "array of objects": _hostile().to_numpy(),
    "structured array": np.zeros(3, dtype=[("a", "i4")]),
    "masked": np.ma.masked_all(3),
    "masked value": np.ma.masked,
    "knot": _knot(),
    "huge int": 10**5000,
    "list of huge ints": [10**5000],
    "signaling": Decimal("sNaN"),
    "long text": "9" * 5_000_000,
    "bytes": b"\xff",
    "nan": math.nan,
    "inf": -math.inf,
    "NA": pd.NA,
    "NaT": pd.NaT,
    "not implemented": NotImplemented,
    "an error": ValueError("x"),
    "dict": {"c9": _Hostile()},
    "surrogate": "\ud800",
    "surrogates": ["\ud800", "c1"],
    "series of hostile": _hostile(),
    "empty series": pd.Series([]),
    "empty array": np.array([]),
    **{f"table: {name}": table for name, table in _odd_tables()},
}


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_makes_a_check_fail_or_speak(name, capsys):
    for odd, answer in ODD.items():
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            feedback = getattr(_bound(), name).check(answer)
        assert feedback.state in ("not yet", "named mistake"), odd
        assert feedback._repr_html_().startswith('<div role="status"'), odd
        assert feedback.text, odd
        assert len(repr(feedback)) < 500, odd
        assert not warned, odd
        assert capsys.readouterr() == ("", ""), odd
        assert not ASKED, odd


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(),
    st.binary(), st.dates(), st.datetimes(), st.decimals(), st.fractions(),
    st.sampled_from(["c1", "c2", "c3", pd.NaT, pd.NA]),
)  # fmt: skip
COLUMNS = st.lists(SCALARS, min_size=2, max_size=2)
NAMES_OF_COLUMNS = st.sampled_from(["customer_id", "revenue", "x", 0, None])
TABLES = st.lists(st.tuples(NAMES_OF_COLUMNS, COLUMNS), max_size=4).map(
    lambda columns: pd.DataFrame(
        dict(enumerate(values for _, values in columns)), dtype=object
    ).set_axis([name for name, _ in columns], axis=1)
)
ANSWERS = st.one_of(
    st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
    TABLES,
    TABLES.map(lambda table: table.iloc[:, 1:].set_axis(pd.Index(range(len(table)), dtype=object))),
    st.tuples(TABLES.filter(len), COLUMNS).map(
        lambda pair: pair[0].set_axis(pd.Index(pair[1], dtype=object, name="customer_id"))
    ),
    COLUMNS.map(lambda values: pd.Series(values, dtype=object)),
    COLUMNS.map(lambda values: np.array([*values, None], dtype=object)),
)


@given(ANSWERS)
def test_a_check_gives_feedback_on_any_answer_and_leaves_it_alone(answer):
    before = pickle.dumps(answer)
    for name in NAMES:
        feedback = getattr(_bound(), name).check(answer)
        assert feedback.state in LOOKS
        assert feedback.title
    assert pickle.dumps(answer) == before


def test_what_lies_about_its_value_is_taken_at_its_value(ex):
    assert ex.q2.check(_LyingNumber(_web_share(COMPANY))).state == "right"
    assert "no plain table" in ex.q1.check(_LyingTable(_spend(COMPANY))).text
    assert ex.q3.check([_LyingText("c1"), "c2"]).state == "right"


def test_a_check_leaves_a_right_table_as_it_was(ex):
    answer = _spend(COMPANY).rename(columns={"revenue": "mine"}).set_index("customer_id")
    before = answer.copy()
    assert ex.q1.check(answer).state == "right"
    pd.testing.assert_frame_equal(answer, before)


def test_feedback_never_tells_what_is_expected(ex):
    for amount in _spend(COMPANY)["revenue"]:
        for revenue in (0.0, None, "x", [1, 2, 3], [0.0, 87.65, 52.34]):
            feedback = ex.q1.check(pd.DataFrame({"customer_id": ["c1", "c2", "c3"],
                                                 "revenue": revenue}))  # fmt: skip
            assert feedback.state == "not yet"
            assert f"{amount:.6g}" not in repr(feedback)
    assert f"{_web_share(COMPANY):.3f}"[2:] not in repr(ex.q2.check(0.2))


def _words(feedback):
    """What a page says to whoever hears it, and the frame in which it stands."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(feedback._repr_html_(), "html.parser")
    for sign in soup.find_all(attrs={"aria-hidden": "true"}):
        sign.decompose()
    return soup, " ".join(soup.get_text().split())


def test_the_same_words_are_shown_and_read_aloud(ex):
    for feedback in (ex.q1.check(3), ex.q2.check(...), ex.q3.check(["<b>"]), ex.q1.hint(), ex.q5):
        soup, words = _words(feedback)
        assert words == repr(feedback).replace("`", "")
        assert soup.div["role"] == "status"
        assert not soup.find_all(id=True)
    soup, _ = _words(ex)
    assert [item.get_text() for item in soup.find_all("li")] == repr(ex).splitlines()[1:]


def test_text_in_backticks_is_shown_as_code(ex):
    ex.q1.hint()
    soup, _ = _words(ex.q1.hint())
    assert [code.get_text() for code in soup.find_all("code")] == ["groupby", "sum"]


def test_what_a_decision_reaches_is_drawn_and_said(ex):
    soup, _ = _words(ex.q5.check(4))
    assert "To pass: €22 (90%)." in soup.get_text()
    drawn = ex.q5.check(4)._repr_html_()
    assert "margin: 0 3.2% 0 20.0%" in drawn  # 4 of a bar from -25 to 100
    assert "left: 92.0%" in drawn
    lost = Feedback("not yet", "Not yet.", reached=Reached(-0.125, 0.75))._repr_html_()
    assert "margin: 0 80.0% 0 10.0%" in lost
    assert "left: 20.0%" in lost  # nothing lost, nothing earned
    assert "left: 80.0%" in lost
    assert "(96% of the best)" in repr(ex)


def test_progress_has_a_sign_for_each_question(ex):
    ex.q1.check(_spend(COMPANY))
    ex.q2.check(0.2)
    signs = re.findall(r"margin-right: 4px\">(.+?)</span>", ex._repr_html_())
    assert signs == ["✓", "…", "&nbsp;", "&nbsp;", "&nbsp;"]


@pytest.mark.parametrize(("page", "ink"), [("#FFFFFF", "#212121"), ("#111111", "#FFFFFF")])
@pytest.mark.parametrize("state", LOOKS)
def test_a_box_can_be_read_on_a_light_page_and_on_a_dark_one(state, page, ink):
    sign, color, _, veil = LOOKS[state]
    part = int(veil, 16) / 255
    veiled = [part * c + (1 - part) * p for c, p in zip(to_rgb(color), to_rgb(page), strict=True)]
    assert contrast(to_hex(veiled), ink) >= 7
    assert contrast(to_hex(veiled), color) >= 3  # the bar, which is no word
    html = Feedback(state, "Title.", "With `code`.", Reached(0.5, 0.9))._repr_html_()
    assert f">{sign}</span>" in html
    assert not re.findall(r"(?<!-)color: (#\w+)", html)  # words have the ink of the page
    assert f"background: {color}{veil}" in html


def test_markup_in_an_answer_stays_text(ex):
    table = _spend(COMPANY).assign(customer_id=["c1", "c2", "<script>"])
    assert "<script>" not in ex.q1.check(table)._repr_html_()
    feedback = ex.q4.check(["<script>"])
    assert "<script>" in repr(feedback)
    assert "<script>" not in feedback._repr_html_()


def test_progress_counts_right_answers_and_keeps_them(ex):
    assert repr(ex).splitlines()[:2] == [
        "0 of 5 right.",
        "q1: not attempted. What did each customer spend?",
    ]
    ex.q1.check(_spend(COMPANY))
    ex.q1.check(0)
    ex.q2.check(100 * _web_share(COMPANY))
    assert repr(ex).splitlines()[:3] == [
        "1 of 5 right.",
        "q1: right. What did each customer spend?",
        "q2: a known mistake. Which share of revenue comes from the web?",
    ]


def test_the_hint_is_offered_from_the_second_wrong_answer_on(ex):
    assert "hint" not in ex.q2.check(5).text
    assert ex.q2.check(5).text.endswith("Stuck? Try `ex.q2.hint()`.")
    assert ex.q3.hint().state == "hint"
    assert "hint" not in ex.q3.check(["c9"]).text  # to ask for the hint is no attempt
    assert repr(ex.q2.hint()) == "Hint 1 of 1 for q2. Sum twice."


def test_hints_go_from_a_direction_to_the_calls_to_the_worked_answer(ex):
    solution = "The worked answers are in `solutions/1_segmentation/11_rfm_solution.ipynb`."
    last = f"That was the last hint. Try once more; {solution[0].lower()}{solution[1:]}"
    told = [repr(ex.q1.hint()) for _ in range(4)]
    assert told == [
        "Hint 1 of 2 for q1. Group by customer.",
        "Hint 2 of 2 for q1. `groupby`, then `sum`.",
        last,
        last,
    ]
    assert repr(ex.q2.hint()) == "Hint 1 of 1 for q2. Sum twice."
    assert repr(ex.q2.hint()) == last
    assert repr(ex.q2.solution()) == solution


def test_missing_parentheses_are_asked_for(ex):
    assert repr(ex.q1.hint) == "Add the parentheses: `ex.q1.hint()`"
    assert repr(ex.q2.check) == "Add the parentheses: `ex.q2.check(answer_2)`"
    assert repr(ex.q2.solution) == "Add the parentheses: `ex.q2.solution()`"
    assert "ex.q1.hint()" in ex.q1.hint._repr_html_()
    assert "not attempted" in repr(ex)


def test_a_check_takes_one_answer_and_a_hint_nothing(ex):
    for told in (ex.q1.check(1, 2), ex.q1.check(answer=1)):
        assert repr(told) == "Give one answer between the parentheses: `ex.q1.check(answer_1)`"
    for told in (ex.q1.hint(2), ex.q1.hint("two"), ex.q1.solution(1)):
        assert repr(told).startswith("Put nothing between the parentheses: `ex.q1.")
    assert (ex.q1.state, ex.q1.wrong, ex.q1.helped) == ("not attempted", 0, 0)


def test_a_right_answer_says_what_it_means(ex):
    assert ex.q1.check(_spend(COMPANY)).text == "3 people spent €1,395."


def test_numbers_in_the_words_of_a_question_are_in_its_currency(ex):
    assert "at €3 each" in repr(ex.q4)
    swiss = Company({"orders": ORDERS}, name="Z", currency="CHF")
    assert "at 3 CHF each" in repr(SHEET.bind(swiss).q4)


def test_an_answer_of_another_question_is_told_so(ex):
    table = _spend(COMPANY)
    ex.q1.check(table)
    for name in ("q2", "q3", "q4", "q5"):
        told = getattr(ex, name).check(table)
        assert told.title == "A mistake: this is your answer to question 1."
    wrong = table.assign(revenue=0.0)
    ex.q1.check(wrong)
    assert ex.q2.check(wrong).title == "A mistake: this is your answer to question 1."
    ex.q2.check(_web_share(COMPANY))
    assert ex.q1.check(_web_share(COMPANY)).title == "A mistake: this is your answer to question 2."


def test_shares_of_a_column_are_told_from_its_values():
    rules = Rules(tolerance=None, share=False, percent=False)
    amounts = np.array([20.0, 30.0, 150.0])
    for parts in (amounts / 200, 100 * amounts / 200):
        assert slip({"x": Pair(parts, amounts)}, rules).name == "these are shares of the whole"
    for others in (amounts / 70, np.array([0.2, 0.3, 0.5])):
        assert slip({"x": Pair(others, amounts)}, rules) is None


def test_no_factor_leads_to_nothing():
    rules = Rules(tolerance=0.0005, share=True, percent=False)
    for right in (0.0, 0.0004, 0.009):  # a number times a thousand comes close to it by chance
        for answer in (0.4, 0.9, 9.0, 413.0):
            assert slip({"": Pair(np.array([answer]), np.array([right]))}, rules) is None


def test_what_is_not_named_is_told_what_the_question_asks_for(ex):
    assert ex.q2.check(0.2).text.endswith("Asked for: a number from 0 to 1.")
    told = ex.q1.check(_spend(COMPANY).assign(revenue=1.0)).text
    assert "All of yours are too low.\nAsked for: a table with customer_id and revenue." in told


def test_the_length_of_a_table_is_told_and_a_number_in_whole_thousands():
    days = pd.DataFrame({"order_id": range(150), "customer_id": "c1", "revenue": 1.0})
    company = Company({"orders": days}, name="Toy")
    asked = QuestionSet("11_rfm", (_bare(lambda _: 412_345.0),)).bind(company).q1
    assert asked.check(150).text.startswith("This is the number of rows of `orders`: `len`")
    assert asked.check(412_000).title == "A mistake: this is right, but rounded."
    assert asked.check(413_000).state == "not yet"


def test_row_numbers_are_told_from_ids(ex):
    for name in ("q3", "q4"):
        assert "These are row numbers" in getattr(ex, name).check([0, 1]).text
    assert "give the column `customer_id`" in ex.q4.check(pd.Series([0, 1])).text


def test_a_question_shows_what_it_asks_and_the_shape_of_the_answer(ex):
    assert repr(ex.q2) == (
        "q2. Which share of revenue comes from the web? Answer: a number from 0 to 1."
    )
    assert dir(ex) == NAMES
    assert dir(ex.q1) == ["check", "hint", "solution"]


def test_a_question_that_is_not_there_is_told_in_a_sentence(ex):
    with pytest.raises(MktlabError, match="There is no question q9 in 11_rfm: choose among q1,"):
        ex.q9  # noqa: B018
    how = r"names no question: choose among q1, .*, q\d, and write it as in ex\.q1\."
    for misuse in (lambda: ex.check(), lambda: ex.check(1, 2), lambda: ex.check(7)):
        with pytest.raises(MktlabError, match=rf"ex\.check {how}check\."):
            misuse()
    for misuse in (lambda: ex.hint(2), lambda: ex.hint("two")):
        with pytest.raises(MktlabError, match=rf"ex\.hint {how}hint\."):
            misuse()
    with pytest.raises(MktlabError, match="keep your answer under a name of its own"):
        ex.q1 = 3
    assert not hasattr(ex, "_ipython_display_")
    assert repr(copy.copy(ex)) == repr(ex)
