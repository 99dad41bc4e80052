"""Money in words: sign first, then the currency, rounded as told."""

from pathlib import Path

import pandas as pd
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
    assert text.replace("−", "", 1).startswith("£")
    back = float(text.replace("£", "").replace(",", "").replace("−", "-"))
    assert back == pytest.approx(amount, rel=1e-12, abs=0.0051 if cents else 0.51)
    assert text.startswith("−") == (back < 0)


@pytest.mark.parametrize(
    ("amount", "currency", "how", "text"),
    [
        (-1250.4, "EUR", {}, "−€1,250"),
        (1250.4, "CHF", {"sign": True}, "+1,250 CHF"),
        (0.35, "EUR", {"cents": True}, "€0.35"),
        (-0.3, "USD", {"sign": True}, "$0"),
        (-0.004, "EUR", {"cents": True}, "€0.00"),
        (-1000, "JPY", {}, "−¥1,000"),
        (float("nan"), "EUR", {}, "–"),
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


@pytest.fixture
def french():
    """Numbers and messages in French; afterwards in English again."""
    mktlab.language("fr")
    yield
    mktlab.language("en")


def test_numbers_follow_the_language(french) -> None:
    thin, hard = "\u202f", "\u00a0"
    assert show.money(-1250.4, "EUR") == f"−1{thin}250{hard}€"
    assert show.money(0.35, "EUR", cents=True, sign=True) == f"+0,35{hard}€"
    assert show.share(0.0271, 1) == f"2,7{hard}%"
    assert show.decimal(1234.56, 2) == f"1{thin}234,56"
    assert show.day(pd.Timestamp("2025-12-05")) == "5 déc. 2025"


def test_a_sentence_is_filled_in_the_language_of_the_session(french) -> None:
    told = show.say("{part:share.1} of {rows:count} rows", part=0.5, rows=2000)
    assert told == "50,0\u00a0% of 2\u202f000 rows"


@pytest.mark.parametrize("write", [show.money, show.share, show.count, show.decimal])
def test_what_is_unknown_is_a_dash(write) -> None:
    assert write(float("nan")) == "–"
    assert show.day(pd.NaT) == "–"


def test_one_and_many_have_sentences_of_their_own() -> None:
    sentences = ("{n} row differs.", "{n:count} rows differ.")
    assert [show.say_many(*sentences, n) for n in (1, 0, 1200)] == [
        "1 row differs.",
        "0 rows differ.",
        "1,200 rows differ.",
    ]


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(mktlab.MktlabError, match="'en' or 'fr'"):
        mktlab.language("de")
