"""A plan in a file that a person can edit: exact both ways, and clear about every mistake."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_plans import valid

from mktlab.plan import DECIDED, INDICATORS, LEVERS, Objective, Plan
from mktlab.plan.mix import Lever
from mktlab.schema import MktlabError

PLAN = Plan.baseline().but(
    name='A "plan"\\with\nodd\x7f letters é 珈琲',
    price={"beans": 1.1},
    people={"baristas": 2.6},
    starts={"people.baristas": 9},
    objectives=[Objective("nps", 30, 26, owner="me", note="a # sign")],
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def names_of(lever: Lever) -> st.SearchStrategy[Any]:
    """What a lever may choose among its names."""
    one = st.sampled_from(lever.names)
    if isinstance(lever.base, str):
        return one
    if lever.groups:
        return st.dictionaries(st.sampled_from(lever.groups), one)
    return st.lists(one, unique=True)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan with values of the right kind, sensible or not."""
    groups: dict[str, dict[str, Any]] = {}
    for lever in DECIDED.values():
        kind = st.booleans() if isinstance(lever.base, bool) else FINITE
        kind = names_of(lever) if lever.names else kind
        groups.setdefault(lever.group, {})[lever.name] = draw(kind)
    objective = st.builds(
        Objective, st.text(), FINITE, st.integers(), owner=st.text(), note=st.text()
    )
    plan = Plan(
        name=draw(st.text(min_size=1).filter(str.strip)),
        weeks=draw(st.integers(1, 156)),
        budget=draw(st.floats(0, 1e12)),
        objectives=tuple(draw(st.lists(objective, max_size=2))),
        starts=draw(st.dictionaries(st.sampled_from(sorted(DECIDED)), st.integers(), max_size=4)),
    )
    return plan.but(budget=plan.budget, **groups)


@given(plans())
def test_a_plan_comes_back_from_its_text_exactly(plan: Plan) -> None:
    again = Plan.from_toml(plan.to_toml())
    assert again == plan
    assert again.to_toml() == plan.to_toml()


def test_two_hundred_valid_plans_come_back_exactly() -> None:
    for plan in valid(200, seed=4):
        assert Plan.from_toml(plan.to_toml()) == plan


def test_a_plan_comes_back_from_a_file_with_or_without_the_mark_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    assert PLAN.to_toml(path) == path.read_text(encoding="utf-8")
    assert Plan.from_toml(path) == Plan.from_toml(str(path)) == PLAN
    windows = PLAN.to_toml().replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + windows.encode())
    assert Plan.from_toml(path) == PLAN


def test_every_lever_says_its_unit_its_limits_and_today() -> None:
    text = PLAN.to_toml()
    lever = LEVERS["people.baristas"]
    said = f"# {lever.meaning}: people, {lever.low:g} to {lever.high:g}; today {lever.base:g}; "
    assert said in text
    assert f"today {lever.base:g}; 4 weeks of preparation\nbaristas = 2.6\n" in text
    for lever in DECIDED.values():
        assert f"# {lever.meaning}: {lever.unit or ', '.join(lever.names)}" in text
    assert all(re.search(rf"# .*\b{name}\b", text) for name in INDICATORS)


def test_what_a_file_leaves_out_stays_as_today() -> None:
    assert Plan.from_toml("[price]\n") == Plan.baseline()
    assert Plan.from_toml("price.tea = 1.2") == Plan.baseline().but(price={"tea": 1.2})
    assert Plan.from_toml("weeks = 104").budget == Plan(weeks=104).budget


def test_a_week_may_be_named_with_or_without_quotes() -> None:
    wanted = {"people.baristas": 9}
    assert Plan.from_toml('[starts]\n"people.baristas" = 9').starts == wanted
    assert Plan.from_toml("[starts]\npeople.baristas = 9").starts == wanted


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('price.beans = "1,1"', "price.beans: '1,1' is no finite number; write it without quotes"),
        ("price.beans = nan", "price.beans: nan is no finite number"),
        ("place.marketplace = 1", "place.marketplace: 1 is neither yes nor no; .*true or false"),
        ("promotion.flows_off = 'basket'", "flows_off: 'basket' chooses no name; write it"),
        ("promotion.flows_off = ['basket', 'wellcome']", r"'wellcome' \(did you mean welcome\?\)"),
        ("price.bean = 1.1", r"price.bean: there is no such lever \(did you mean beans\?\)"),
        ("[pric]\n", r"pric: a plan has nothing of this name \(did you mean price\?\)"),
        ("price = 1.1", r"price: 1.1 is no P; write its levers under a line \[price\]"),
        ("name = 7", "name: 7 is no text"),
        ("weeks = 52.0", r"weeks: 52\.0 is no whole number"),
        ('budget = "much"', "budget: 'much' is no finite number"),
        ("starts = 5", 'starts: write lines such as "price.beans" = 5'),
        ('[starts]\n"price.bean" = 5', r"no lever 'price.bean' \(did you mean price.beans\?\)"),
        ("[starts]\nprice.beans = 5.5", "starts: price.beans starts in week 5.5"),
        ("objectives = 5", r"objectives: write each one under a line \[\[objectives\]\]"),
        ("objectives = [5]", r"objectives\[1\]: 5 is no objective"),
        ("[[objectives]]\nkpi = 5", r"objectives\[1\]: kpi is 5; put text in double quotes"),
        ("[[objectives]]\nkpi = 'nps'", r"objectives\[1\]: it has no by_week; add a line"),
        ("[[objectives]]\ntarget = '5'", r"objectives\[1\]: target is '5', .* no finite number"),
        ("[[objectives]]\ntarge = 5", r"an objective has no targe \(did you mean target\?\)"),
    ],
)
def test_each_mistake_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(MktlabError, match=f"(?m)^- .*{sentence}"):
        Plan.from_toml(text)


def test_all_mistakes_are_told_at_once() -> None:
    text = 'weeks = "a"\n[price]\nbean = 1\ntea = "1,2"\n[starts]\n"price.x" = 2\n'
    with pytest.raises(MktlabError) as caught:
        Plan.from_toml(text)
    assert str(caught.value).count("\n- ") == 4


def test_what_is_not_toml_is_told_with_its_line() -> None:
    with pytest.raises(MktlabError, match=r"line 2, is not written as TOML .* decimal point"):
        Plan.from_toml("[price]\nbeans = 1,1\n")


def test_limits_are_left_to_validate() -> None:
    plan = Plan.from_toml("price.beans = 9")
    assert [problem.split(":")[0] for problem in plan.validate()] == ["price.beans"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: folder / "none.toml", "none.toml cannot be opened .no such file"),
        (lambda folder: folder, r"cannot be opened .* give the path of a plan's \.toml file"),
        (lambda folder: latin(folder / "latin.toml"), "is not written in UTF-8: save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, make: object, sentence: str) -> None:
    with pytest.raises(MktlabError, match=sentence):
        Plan.from_toml(make(tmp_path))  # type: ignore[operator]


def latin(path: Path) -> Path:
    path.write_bytes('name = "café"\n'.encode("latin-1"))
    return path


def test_a_plan_that_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    wrong = PLAN.but(price={"tea": "1,1"}, starts={"price.x": 3}, objectives=[5])
    with pytest.raises(MktlabError, match="cannot be written") as caught:
        wrong.to_toml(tmp_path / "plan.toml")
    for sentence in ("price.tea: '1,1' is", "lever 'price.x'", "objectives[1]: kpi is 5;"):
        assert sentence in str(caught.value)
    assert not (tmp_path / "plan.toml").exists()
    with pytest.raises(MktlabError, match=r"give a name that ends in \.toml"):
        PLAN.to_toml(tmp_path / "plan.txt")
