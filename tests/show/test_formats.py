"""Money in words: sign first, then the currency, rounded as told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mktlab
from mktlab import show
from mktlab.show.formats import money

ORDERS = "order_id,customer_id,order_date,revenue\n1,a,2025-01-06,20\n2,b,2025-01-07,30\n"


@pytest.fixture
def dollars(tmp_path: Path):
    """A loaded shop that sells in dollars; afterwards lessons write euros again."""
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    (tmp_path / "columns.toml").write_text('currency = "USD"\n', encoding="utf-8")
    yield mktlab.load(tmp_path)
    show.formats.use("EUR")


@given(st.floats(-1e12, 1e12), st.booleans())
def test_an_amount_can_be_read_back(amount: float, cents: bool) -> None:
    text = money(amount, "GBP", cents=cents)
    assert text.replace("-", "", 1).startswith("£")
    back = float(text.replace("£", "").replace(",", ""))
    assert back == pytest.approx(amount, rel=1e-12, abs=0.0051 if cents else 0.51)
    assert text.startswith("-") == (back < 0)


@pytest.mark.parametrize(
    ("amount", "currency", "how", "text"),
    [
        (-1250.4, "EUR", {}, "-€1,250"),
        (1250.4, "CHF", {"sign": True}, "+1,250 CHF"),
        (0.35, "EUR", {"cents": True}, "€0.35"),
        (-0.3, "USD", {"sign": True}, "$0"),
        (-0.004, "EUR", {"cents": True}, "€0.00"),
        (-1000, "JPY", {}, "-¥1,000"),
        (float("nan"), "EUR", {}, "€nan"),
    ],
)
def test_amounts_in_words(amount, currency, how, text) -> None:
    assert money(amount, currency, **how) == text


def test_a_lesson_writes_in_the_currency_of_the_company_loaded_last(dollars) -> None:
    assert dollars.currency == "USD"
    assert show.money(12.5, cents=True) == "$12.50"
    assert show.symbol() == "$"
    mktlab.load("solane")
    assert show.money(12.5, cents=True) == "€12.50"


def test_a_named_currency_wins_over_the_company(dollars) -> None:
    assert money(12, "EUR") == "€12"
    assert show.symbol("CHF") == "CHF"
