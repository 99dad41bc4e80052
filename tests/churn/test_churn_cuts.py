"""Which cuts a company's orders allow, and which of their snapshots are kept for the test."""

from types import SimpleNamespace

import pandas as pd
import pytest

from mktlab import churn
from mktlab.schema import MktlabError

TODAY = pd.Timestamp("2025-06-02")
WEEKS = {"window_weeks": 26, "horizon_weeks": 13}


def shop(weeks: int) -> SimpleNamespace:
    """A shop that sold something on the first day of so many weeks, and on the last day."""
    days = [TODAY - pd.Timedelta(weeks=weeks), TODAY - pd.Timedelta(days=1)]
    orders = pd.DataFrame({"order_id": ["1", "2"], "customer_id": ["Ana", "Ben"]})
    orders = orders.assign(order_date=days, revenue=[20.0, 15.0])
    return SimpleNamespace(tables={"orders": orders}, today=TODAY)


@pytest.mark.parametrize(("weeks", "cuts"), [(52, 2), (64, 2), (65, 3), (130, 8), (300, 8)])
def test_there_are_as_many_cuts_as_the_weeks_hold_and_eight_at_most(weeks, cuts) -> None:
    days = churn.cut_days(shop(weeks), **WEEKS)
    assert days == [TODAY - pd.Timedelta(weeks=13 * k) for k in range(cuts, 0, -1)]


@pytest.mark.parametrize("weeks", [52, 65, 91])
def test_snapshots_can_be_taken_at_every_cut(weeks) -> None:
    company = shop(weeks)
    first = churn.cut_days(company, **WEEKS)[0]
    assert first - pd.Timedelta(weeks=26) >= TODAY - pd.Timedelta(weeks=weeks)


def test_a_young_company_is_told_how_many_weeks_are_missing() -> None:
    with pytest.raises(MktlabError, match="cover 53 weeks, and 65 are needed"):
        churn.cut_days(shop(53), **WEEKS, least=3)


def past(churned: list[list[bool]]) -> pd.DataFrame:
    """Snapshots at several cuts, with what followed."""
    rows = [(day, flag) for day, flags in enumerate(churned) for flag in flags]
    return pd.DataFrame(rows, columns=["cut_date", "churned"])


def test_the_latest_cut_is_the_test_and_nothing_of_it_is_learned() -> None:
    table = past([[True, False], [True, False], [True, False, False]])
    train, test = churn.split(table, least=1)
    assert test["cut_date"].unique().tolist() == [2]
    assert train["cut_date"].max() < 2
    assert len(train) + len(test) == len(table)


@pytest.mark.parametrize(
    ("churned", "sentence"),
    [
        ([[True, False], [True, True]], "at the latest cut, 2 churned and 0 bought again"),
        ([[False, False], [True, False]], "at earlier cuts, 0 churned and 2 bought again"),
        ([[True, False]], "at earlier cuts, 0 churned and 0 bought again"),
    ],
)
def test_too_few_of_one_kind_are_told_in_one_sentence(churned, sentence) -> None:
    with pytest.raises(MktlabError, match=sentence) as refusal:
        churn.split(past(churned), least=1)
    assert len(str(refusal.value).splitlines()) == 1
