"""The same id and key give the same pseudonym, everywhere; what is no key is refused."""

import hashlib
import hmac
import stat
from pathlib import Path

import pandas as pd
import pytest

import mktlab
from mktlab.data.pseudonyms import make_key
from mktlab.schema import MktlabError

KEY = "correct horse battery staple, twice over"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "orders.csv").write_text(
        "order_id,customer_id,order_date,revenue\n1,K7,2024-01-05,10\n2,K8,2024-02-05,20\n"
        "3,K7,2024-06-05,30\n"
    )
    (folder / "tickets.csv").write_text(
        "ticket_id,customer_id,opened_at\nT1,K8,2024-03-01 10:00:00\nT2,,2024-03-02 10:00:00\n"
    )
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="utf-8")
    return folder


def test_a_pseudonym_is_the_keyed_hash_of_the_id_in_all_tables(shop: Path) -> None:
    company = mktlab.load(shop, pseudonyms=shop.parent / "key")
    by_hand = hmac.new(KEY.encode(), b"K7", hashlib.sha256).hexdigest()[:16]
    assert company.orders["customer_id"].tolist()[::2] == [by_hand, by_hand]
    assert company.orders["order_id"].str.fullmatch("[0-9a-f]{16}").all()
    assert company.tickets["customer_id"].iloc[0] == company.orders["customer_id"].iloc[1]
    assert pd.isna(company.tickets["customer_id"].iloc[1])
    assert "Customers and orders go by pseudonyms" in company.notes[-1]
    assert KEY not in " ".join(company.notes)


def test_another_key_gives_other_pseudonyms(shop: Path) -> None:
    (shop.parent / "other").write_text("another secret that is long enough to be one")
    ours = mktlab.load(shop, pseudonyms=shop.parent / "key").orders
    theirs = mktlab.load(shop, pseudonyms=shop.parent / "other").orders
    assert not set(ours["customer_id"]) & set(theirs["customer_id"])
    assert ours["revenue"].equals(theirs["revenue"])


def test_a_new_key_is_long_secret_and_never_written_over(tmp_path: Path) -> None:
    assert make_key(tmp_path / "key")
    key = (tmp_path / "key").read_text()
    assert len(key.strip()) == 64
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert not make_key(tmp_path / "key")
    assert (tmp_path / "key").read_text() == key


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is not there"),
        (b"", "holds 0 characters"),
        (b"  short \n", "holds 5 characters"),
        (b"\xff" * 40, "holds no text that can be read"),
    ],
)
def test_what_is_no_key_is_refused_in_one_sentence(content, words, shop: Path) -> None:
    if content is not None:
        (shop.parent / "bad").write_bytes(content)
    with pytest.raises(MktlabError, match=f"{words}: a key has 32 characters") as told:
        mktlab.load(shop, pseudonyms=shop.parent / "bad")
    assert len(str(told.value).splitlines()) == 1
