"""Claims about the offer of a plan: files carry it, and one sentence tells what is wrong."""

import openpyxl
import pytest

from mktlab.plan import Plan
from mktlab.plan.mix import DECIDED, LEVERS
from mktlab.schema import MktlabError

GIVEN = {"light": "gift", "medium": "points"}


def offering(offer, **more):
    return Plan.baseline().but(promotion={"offer": offer}, **more)


def test_none_is_as_today():
    assert offering({"heavy": ""}) == Plan.baseline()
    assert offering({}).changes().empty
    assert "promotion.offer" in set(DECIDED) - set(LEVERS)


def test_file_brief_calendar_and_workbook_carry_it(tmp_path):
    plan = offering(GIVEN, starts={"promotion.offer": 9})
    assert plan.validate() == []
    assert Plan.from_toml(plan.to_toml()) == plan
    assert Plan.from_toml('promotion.offer = { light = "gift" }').promotion.offer == {
        "light": "gift"
    }
    assert "Offer: none → light: gift, medium: points" in plan.brief().body
    assert plan.calendar().table["starts"].tolist() == [9]
    plan.to_excel(tmp_path / "plan.xlsx")
    row = [cell.value for cell in openpyxl.load_workbook(tmp_path / "plan.xlsx")["Actions"][2]]
    assert row[:4] == ["promotion.offer", "Promotion", "none", "light: gift, medium: points"]
    assert row[6] == 9


def test_it_acts_from_its_week_on():
    plan = offering(GIVEN, starts={"promotion.offer": 9})
    assert plan.in_week(7).promotion.offer == {}
    assert plan.in_week(8).promotion.offer == GIVEN
    assert plan.total_cost == Plan.baseline().total_cost  # it costs through sales


@pytest.mark.parametrize(
    "odd",
    [{"lite": "gift"}, {"light": "gifts"}, {"light": 3}, {3: "gift"}, "gift", None, ["light"]],
)
def test_odd_offers_have_one_sentence(odd):
    plan = offering(odd)
    (told,) = plan.validate()
    assert told.startswith("promotion.offer: ")
    assert "choose among" in told
    with pytest.raises(MktlabError, match="choose among"):
        plan.cost()
    with pytest.raises(MktlabError, match="choose among"):
        plan.to_toml()


def test_a_file_with_an_odd_offer_has_one_sentence():
    with pytest.raises(MktlabError, match=r"no 'voucer' \(did you mean voucher"):
        Plan.from_toml('[promotion]\noffer = { heavy = "voucer" }')
