"""As of an earlier day a company is what it would have been, had it been loaded that morning."""

from pathlib import Path

import pandas as pd
import pytest

import mktlab
from mktlab import kpi
from mktlab.company import Company
from mktlab.data.as_of import as_of
from mktlab.data.session import use
from mktlab.schema import MktlabError
from mktlab.segmentation import rfm

DAY = pd.Timestamp("2024-06-03")
ORDERS = """order_id,customer_id,order_date,revenue,delivered_date
1,Ana,2024-01-05,10,2024-01-08
2,Ben,2024-06-02,20,2024-06-04
3,Ana,2024-06-03,30,2024-06-05
4,Ana,2024-06-05,40,
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "order_lines.csv").write_text(
        "order_id,line_no,product_id,quantity,amount\n"
        + "".join(f"{order},1,P,1,{order}0\n" for order in (1, 2, 3, 4))
    )
    return tmp_path


def test_later_rows_are_left_out_counted_and_their_money_told(shop: Path) -> None:
    company = mktlab.load(shop, as_of="2024-06-03")
    assert company.today == DAY
    assert company.orders["order_id"].tolist() == ["1", "2"]
    assert company.order_lines["order_id"].tolist() == ["1", "2"]
    told = " ".join(company.notes)
    assert "As of 3 Jun 2024: 2 later rows of orders are left out (€70)." in told
    assert "2 later rows of order_lines are left out." in told


def test_what_had_not_come_yet_is_not_known(shop: Path) -> None:
    company = mktlab.load(shop, as_of=DAY)
    assert company.orders["delivered_date"].isna().tolist() == [False, True]


def test_rfm_and_kpis_are_those_of_that_day(shop: Path) -> None:
    all_of_it, earlier = mktlab.load(shop), mktlab.load(shop, as_of=DAY)
    assert rfm(earlier.orders, as_of=earlier.today).equals(rfm(all_of_it.orders, as_of=DAY))
    names = ["revenue", "orders", "late_share"]
    then = kpi.compute(all_of_it, names[:2], end=DAY)
    assert kpi.compute(earlier, names[:2])["value"].tolist() == then["value"].tolist() == [30, 2]


def test_every_table_of_a_company_ends_before_that_day() -> None:
    solane = mktlab.load("solane")
    day = pd.Timestamp("2025-03-05")
    earlier = as_of(solane, day)
    lasts = {name: earlier.period(name)[1] for name in ("orders", "tickets", "prices")}
    assert earlier.period("store_weeks")[1] == pd.Timestamp("2025-02-24")
    assert "sessions" not in earlier.tables
    assert all(last.tz_localize(None) < day for last in lasts.values()), lasts
    assert earlier.subscriptions["ended_date"].max() < day
    assert not earlier.truth
    assert earlier.notes


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2024-01-05", "as_of is 5 Jan 2024, and the first order is of 5 Jan 2024: give a later"),
        ("2999-01-01", "nothing is known of days after"),
        ("05/06/2024", "as_of is '05/06/2024': give a day as YYYY-MM-DD"),
        (7, "as_of is '7': give a day as YYYY-MM-DD"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_one_sentence(day, sentence, shop: Path) -> None:
    with pytest.raises(MktlabError, match=sentence) as told:
        mktlab.load(shop, as_of=day)
    assert len(str(told.value).splitlines()) == 1


def test_a_session_can_set_the_day_for_a_lesson(shop: Path) -> None:
    use(as_of="2024-06-03")
    try:
        assert mktlab.load(shop).today == DAY
        assert mktlab.load(shop, as_of="2024-06-04").today == pd.Timestamp("2024-06-04")
    finally:
        use()
    assert mktlab.load(shop).today > DAY


def test_refunds_that_have_no_day_are_told_of() -> None:
    days = pd.to_datetime(["2024-01-05", "2024-03-09"])
    orders = pd.DataFrame({"order_date": days, "refunded": [1.0, 0.0]})
    shop = as_of(Company({"orders": orders}, name="Shop"), pd.Timestamp("2024-02-01"))
    assert shop.notes[-1] == "Refunds have no day of their own: they count as they stand today."
