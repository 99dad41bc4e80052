"""What breaks no rule and is odd even so is told in a sentence; what is usual is not."""

import numpy as np
import pandas as pd
import pytest

from mktlab.reading.doubt import doubts

DAYS = pd.date_range("2024-01-01", periods=12)


def orders(ids=("a", "b", "c", "d"), days=DAYS, **more):
    rows = len(days)
    columns = {"order_id": [f"O{row}" for row in range(rows)], "customer_id": np.resize(ids, rows)}
    columns |= {"order_date": pd.to_datetime(pd.Series(list(days))), "revenue": 1.0}
    return {
        "orders": pd.DataFrame(columns | {name: np.resize(v, rows) for name, v in more.items()})
    }


def weeks(*days):
    return {"ad_spend": pd.DataFrame({"week": pd.to_datetime(list(days)), "channel": "social"})}


def answers(*values):
    return {"survey_responses": pd.DataFrame({"nps": values * 10})}


ODD = {
    "ids cut to powers of ten": (orders(["4.51E+12", "4.52E+12"]), ["customer_id", "4.51E+12"]),
    "powers with a comma": (orders(["4,51E+12", "x"]), ["4,51E+12"]),
    "numbers with and without .0": (orders(["17850.0", "17850"]), ["17850.0", "17850"]),
    "addresses in two spellings": (orders(["Ana@x.example", "ana@x.example"]), ["capitals only"]),
    "letters that nobody sees": (orders(["a\u200b", "a"]), ["cannot be seen"]),
    "one id for guests": (orders(["c1", "c2", "guest", "c3", "guest"]), ["customer_id guest"]),
    "zero for guests": (orders(["0", "0", "7"]), ["customer_id 0"]),
    "a crowd": (
        orders(["x@y.example"] * 40 + [f"c{n % 12}" for n in range(24)], [DAYS[0]] * 64),
        ["40 of 64 orders", "x***"],
    ),
    "a new id for each order": (orders([f"c{n}" for n in range(12)]), ["of its own"]),
    "the first day of computers": (orders(days=["1970-01-01", *DAYS]), ["1970-01-01 in 1 row"]),
    "two first days": (orders(days=["1900-01-01", "0001-01-01", *DAYS]), ["0001-01-01 in 1 row"]),
    "a year too late": (orders(days=[*DAYS, "2025-02-01"]), ["2025-02-01, 386 days from all"]),
    "a year too early": (orders(days=["2022-12-01", *DAYS]), ["2022-12-01, 396 days from all"]),
    "a week out of line": (weeks("2025-01-06", "2025-01-14"), ["no Monday in 1 row, 2025-01-14"]),
    "answers up to five": (answers(4, 5, 1), ["above 5", "0 to 10"]),
    "channels in capitals": (orders(outlet=["Web", "WEB", "web"]), ["3 spellings"]),
    "accents and blanks": (orders(outlet=["Café bar", "cafe-bar"]), ["'Café bar', 'cafe-bar'"]),
    "a total among outlets": (
        orders(outlet=["web", "shop", "Total"]),
        ["outlet is Total in 4 rows"],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_told(name):
    tables, words = ODD[name]
    told = " ".join(doubts(tables))
    for word in words:
        assert word in told, told


USUAL = {
    "ids as they are": orders(),
    "numbers with .0 everywhere": orders(["1.0", "2.0"]),
    "a guest who came once": orders(["guest", *[f"c{n % 4}" for n in range(11)]]),
    "a new year 2000": orders(days=pd.date_range("1999-12-25", periods=12)),
    "an order a year": orders(days=pd.date_range("2010-01-01", periods=12, freq="365D")),
    "weeks of Mondays": weeks("2025-01-06", "2025-01-13"),
    "answers of all kinds": answers(0, 5, 6),
    "few answers": {"survey_responses": pd.DataFrame({"nps": [1, 2, 3]})},
    "outlets": orders(outlet=["web", "shop", "Total Wine"]),
}


@pytest.mark.parametrize("name", USUAL)
def test_what_is_usual_is_not(name):
    assert list(doubts(USUAL[name])) == []


def test_no_address_is_shown():
    told = " ".join(doubts(orders(["Ana@x.example", "ana@x.example"])))
    assert told
    assert "x.example" not in told
