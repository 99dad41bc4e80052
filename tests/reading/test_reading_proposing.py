"""A proposal names the columns that are meant, and each setting that the cells need, with why."""

import tomllib

import pandas as pd
import pytest

from mktlab.reading.dialect import read_csv
from mktlab.reading.proposing import matching, propose
from mktlab.reading.writing import write
from mktlab.schema import MktlabError
from mktlab.tables import TABLES

DAYS = pd.date_range("2024-01-03", periods=40, freq="9D").strftime("%Y-%m-%d")


def shop(**columns):
    """Forty orders of ten customers under a shop's own headers; `columns` replace or add."""
    plain = {
        "Order No": [f"A{1000 + n}" for n in range(40)],
        "Client": [f"K{n % 10}" for n in range(40)],
        "Date": DAYS,
        "Total": [f"{20 + n}.50" for n in range(40)],
    }
    columns = {name.replace("_", " "): cells for name, cells in columns.items()}
    return pd.DataFrame({k: v for k, v in {**plain, **columns}.items() if v is not None})


def proposed(tmp_path, frame, *, table="orders", said=None):
    """What is proposed for a file: the text, and what it says once nothing is a comment."""
    frame.to_csv(tmp_path / "export.csv", index=False)
    proposal = propose(TABLES[table], read_csv(tmp_path / "export.csv"), said=said)
    text = write([proposal])
    return text, tomllib.loads(text), proposal


def test_columns_are_proposed_under_their_own_headers(tmp_path):
    _, said, proposal = proposed(tmp_path, shop())
    assert said["orders"] == {
        "order_id": "Order No",
        "customer_id": "Client",
        "order_date": "Date",
        "revenue": "Total",
    }
    assert not proposal.open


def test_no_column_whose_cells_do_not_fit_is_proposed(tmp_path):
    frame = shop(Total=None, Sales=["France", "Spain"] * 20, Number=range(40))
    text, said, proposal = proposed(tmp_path, frame)
    assert "revenue" not in said["orders"]
    assert '# revenue = "..."' in text
    assert "the cells of Sales are no amounts" in text.replace("\n# ", " ")
    assert [line.key for line in proposal.open] == ["revenue"]


def test_what_could_be_a_missing_column_is_named(tmp_path):
    text, _, _ = proposed(tmp_path, shop(Total=None, Dollars=[f"{n}.10" for n in range(40)]))
    assert "it could be Dollars" in text


def test_a_total_is_preferred_to_its_tax_and_asks_whether_it_holds_it(tmp_path):
    frame = shop(Tax=["1.00"] * 40, Shipping=["4.90"] * 40)
    text, said, _ = proposed(tmp_path, frame)
    assert said["orders"]["revenue"] == "Total"
    assert said["orders"]["shipping"] == "Shipping"
    assert '# amount = "Total - Tax - Shipping"' in text
    assert "€1,364.00 instead of €1,600.00" in text.replace("\n# ", " ")


def test_subtotal_is_revenue_where_adding_up_shows_it_is_after_discount(tmp_path):
    money = [20.0 + n for n in range(40)]
    parts = {"Subtotal": money, "Tax": 2.0, "Discount": 3.0}
    after = shop(**parts, Total=[m + 2 for m in money])
    before = shop(**parts, Total=[m + 2 - 3 for m in money])
    assert proposed(tmp_path, after)[1]["orders"]["revenue"] == "Subtotal"
    said = proposed(tmp_path, before)[1]["orders"]
    assert said["amount"] == "Subtotal - Discount"
    assert "revenue" not in said


def lines(**columns):
    """The same orders with two articles each; those of one order stand together."""
    frame = shop(Total=None).loc[lambda t: t.index.repeat(2)].reset_index(drop=True)
    return frame.assign(**{name.replace("_", " "): cells for name, cells in columns.items()})


def test_articles_are_summed_by_pieces_and_price(tmp_path):
    frame = lines(Qty=[1, 2] * 40, Unit_price=["3.50", "4.25"] * 40, SKU=["P1", "P2"] * 40)
    text, said, _ = proposed(tmp_path, frame)
    assert said["orders"]["lines"] is True
    assert said["orders"]["amount"] == "Qty * Unit price"
    assert {said["orders"][key] for key in ("product_id", "quantity")} == {"SKU", "Qty"}
    assert "80 rows for 40 orders" in text


def test_articles_that_stand_apart_are_lines_too(tmp_path):
    frame = lines(Qty=[1, 2] * 40, Unit_price=["3.50", "4.25"] * 40).sample(frac=1, random_state=1)
    said = proposed(tmp_path, frame)[1]["orders"]
    assert (said["order_id"], said["lines"]) == ("Order No", True)


def test_an_amount_that_differs_within_an_order_is_that_of_the_article(tmp_path):
    said = proposed(tmp_path, lines(Sales=["3.50", "8.00"] * 40))[1]["orders"]
    assert (said["lines"], said["amount"]) == (True, "Sales")
    assert "revenue" not in said


def test_a_total_that_is_repeated_in_every_line_counts_once(tmp_path):
    totals = [f"{20 + n // 2}.50" for n in range(80)]
    said = proposed(tmp_path, lines(Total=totals))[1]["orders"]
    assert (said["lines"], said["revenue"]) == ("total in every line", "Total")


def test_a_total_that_only_the_first_line_has_is_the_orders(tmp_path):
    totals = [f"{20 + n // 2}.50" if n % 2 == 0 else None for n in range(80)]
    said = proposed(tmp_path, lines(Total=totals))[1]["orders"]
    assert (said["lines"], said["revenue"]) == (True, "Total")


def test_a_price_is_never_taken_for_what_the_order_brought(tmp_path):
    said = proposed(tmp_path, lines(Quantity=[1, 2] * 40, Price=["3.50", "4.25"] * 40))[1]["orders"]
    assert said["amount"] == "Quantity * Price"


def test_each_row_is_an_order_where_no_column_numbers_them(tmp_path):
    text, said, proposal = proposed(tmp_path, shop(Order_No=None, Store=["N", "S"] * 20))
    assert said["orders"]["order_id"] == "row"
    assert "no column numbers the orders" in text
    assert not proposal.open


def test_words_of_state_are_sorted_with_counts_and_money(tmp_path):
    words = ["Livré", "Annulée", "en attente de paiement", "versandt"] * 10
    text, said, _ = proposed(tmp_path, shop(Statut=words))
    assert said["orders"]["paid"] == ["Livré", "versandt"]
    assert said["orders"]["cancelled"] == ["Annulée"]
    assert said["orders"]["ignored"] == ["en attente de paiement"]
    assert "Livré: 10 rows (€385.00)" in text.replace("\n# ", " ")


def test_an_unknown_word_of_state_is_left_to_the_person(tmp_path):
    text, said, proposal = proposed(tmp_path, shop(Status=["complete", "Wobbly"] * 20))
    assert said["orders"]["paid"] == ["complete"]
    assert '# "Wobbly"' in text
    assert proposal.open


def test_all_was_given_back_where_no_amount_says_how_much(tmp_path):
    words = ["paid", "refunded"] * 20
    without = proposed(tmp_path, shop(Status=words))[1]["orders"]
    amounts = shop(Status=words, Refunded_amount=["0.00", "5.00"] * 20)
    assert without["cancelled"] == ["refunded"]
    assert proposed(tmp_path, amounts)[1]["orders"]["paid"] == ["paid", "refunded"]


def test_rows_without_a_customer_are_told_with_their_money(tmp_path):
    frame = shop(Client=[f"K{n % 9}" if n % 8 else None for n in range(40)])
    text, said, _ = proposed(tmp_path, frame)
    assert said["orders"]["no_customer"] == "leave out"
    assert "5 rows (€182.50) without a customer" in text


def test_most_sales_are_not_left_out_for_want_of_a_customer(tmp_path):
    frame = shop(Client=[f"K{n % 4}" if n % 4 == 0 else None for n in range(40)])
    assert '# no_customer = "leave out"' in proposed(tmp_path, frame)[0]


def test_a_customer_column_that_never_repeats_waits_for_a_person(tmp_path):
    text, said, _ = proposed(
        tmp_path, shop(Client=None, Email=[f"p{n}@x.example" for n in range(40)])
    )
    assert "customer_id" not in said["orders"]
    assert '# customer_id = "Email"' in text
    assert "nobody would have come twice" in text.replace("\n# ", " ")


def test_amounts_below_zero_are_refunds(tmp_path):
    frame = shop(Total=[f"{20 + n}.50" if n != 30 else "-7.25" for n in range(40)])
    text, said, _ = proposed(tmp_path, frame)
    assert said["orders"]["refunds"] == "rows"
    assert "1 row (−€7.25) below 0" in text


@pytest.mark.parametrize(
    "columns",
    [
        {"Currency": ["usd"] * 40},
        {"Total": None, "Total (USD)": ["12.50"] * 39 + ["13.00"]},
        {"Total": [f"US${20 + n}.50" for n in range(40)]},
    ],
)
def test_one_currency_is_proposed(tmp_path, columns):
    assert proposed(tmp_path, shop(**columns))[1]["currency"] == "USD"


def test_a_currency_is_taken_from_a_column_that_shows_the_same_amounts(tmp_path):
    said = proposed(tmp_path, shop(Shown=[f"£{20 + n}.50" for n in range(40)]))[1]
    assert said["currency"] == "GBP"


def test_a_place_is_offered_for_days_of_utc(tmp_path):
    frame = shop(Date=None, **{"Created at (UTC)": [f"{day} 10:00:00" for day in DAYS]})
    assert '# timezone = "Europe/Paris"' in proposed(tmp_path, frame)[0]
    assert "timezone" not in proposed(tmp_path, shop())[0]


def test_a_decimal_sign_is_taken_from_another_column_that_proves_it(tmp_path):
    frame = shop(Total=[f"{1 + n % 9}.{100 + n}" for n in range(40)], Shipping=["4,90"] * 40)
    assert proposed(tmp_path, frame)[1]["orders"]["decimal"] == ","


def test_counts_of_people_are_no_customers(tmp_path):
    frame = shop(Client=None, Users=[f"{80 + n % 9}" for n in range(40)])
    assert "customer_id" not in proposed(tmp_path, frame)[1]["orders"]


def test_several_currencies_wait_for_rates(tmp_path):
    text, said, proposal = proposed(tmp_path, shop(Devise=["EUR", "EUR", "GBP", "CHF"] * 10))
    assert "currency" not in said
    assert "EUR (20), GBP (10), CHF (10)" in text
    assert "# rates = { GBP = ..., CHF = ... }" in text
    assert [line.key for line in proposal.open] == ["currency", "rates"]


def test_day_or_month_first_is_proposed_where_the_rows_follow_in_time(tmp_path):
    days = [day for day in pd.date_range("2024-01-01", periods=330) if day.day <= 12][::3]
    text, said, _ = proposed(tmp_path, shop(Date=[day.strftime("%m/%d/%Y") for day in days[:40]]))
    assert said["orders"]["date_order"] == "month first"
    assert "follow each other in time" in text


def test_day_or_month_first_is_open_where_nothing_tells(tmp_path):
    mixed = [f"{1 + n * 5 % 12:02}/{1 + n * 7 % 12:02}/2024" for n in range(40)]
    text, said, proposal = proposed(tmp_path, shop(Date=mixed))
    assert "date_order" not in said["orders"]
    assert text.count("# date_order = ") == 2
    assert len(proposal.open) == 1


def test_an_unproven_decimal_sign_is_open(tmp_path):
    text, _, proposal = proposed(
        tmp_path, shop(Total=[f"{1 + n % 9}.{100 + n}" for n in range(40)])
    )
    assert text.count("# decimal = ") == 2
    assert len(proposal.open) == 1


def test_one_word_in_several_spellings_becomes_the_commonest(tmp_path):
    frame = shop(Store=["Web", "Web", "WEB", "web "] * 10)
    said = proposed(tmp_path, frame)[1]["orders"]
    assert said["values"]["outlet"] == {"WEB": "Web", "web": "Web"}


def test_discounts_that_are_shares_are_no_amounts(tmp_path):
    text, said, _ = proposed(tmp_path, shop(discount=["0.2", "0.15"] * 20))
    assert said["orders"]["discount"] is False
    assert "the cells of discount are shares" in text


def test_weeks_that_all_begin_on_sunday_are_told(tmp_path):
    weeks = pd.date_range("2025-01-05", periods=8, freq="W-SUN").strftime("%Y-%m-%d")
    frame = pd.DataFrame(
        {"Week of": weeks, "Platform": "Search", "Cost": [f"{n}.5" for n in range(8)]}
    )
    said = proposed(tmp_path, frame, table="ad_spend")[1]["ad_spend"]
    assert (said["week"], said["spend"], said["week_starts"]) == ("Week of", "Cost", "sunday")


def test_what_a_person_wrote_is_not_proposed_again(tmp_path):
    frame = shop(Amount=["5.00"] * 39 + ["6.00"], Statut=["Livré", "Annulé"] * 20)
    said = {"revenue": "Amount", "status": "Statut", "paid": ["Livré"]}
    _, new, _ = proposed(tmp_path, frame, said=said)
    assert not {"revenue", "status", "paid", "cancelled"} & set(new["orders"])


def test_what_a_person_wrote_stays_letter_by_letter(tmp_path):
    written = '# of our shop\n[products]\nname = "Nom"\n\n[orders]  # mine\nrevenue = "Total"\n'
    shop().to_csv(tmp_path / "export.csv", index=False)
    sheet = read_csv(tmp_path / "export.csv")
    text = write([propose(TABLES["orders"], sheet, said={"revenue": "Total"})], written)
    assert [
        line for line in text.splitlines() if line in written.splitlines()
    ] == written.splitlines()
    assert tomllib.loads(text)["orders"]["order_id"] == "Order No"
    assert tomllib.loads(text)["products"] == {"name": "Nom"}


def test_a_file_that_nothing_can_be_added_to_is_refused_in_a_sentence(tmp_path):
    shop().to_csv(tmp_path / "export.csv", index=False)
    proposal = propose(TABLES["orders"], read_csv(tmp_path / "export.csv"))
    with pytest.raises(MktlabError, match="nothing can be added to it"):
        write([proposal], 'orders = {revenue = "Total"}\n')


@pytest.mark.parametrize(
    ("headers", "tables"),
    [
        ("Order No,Client,Date,Total", ["orders"]),
        ("SKU,Product name,Category,Price,Cost", ["products"]),
        ("Customer ID,Sign-up date,City", ["customers"]),
        ("Week,Platform,Campaign name,Amount spent", ["ad_spend"]),
        ("station,date,tmax,rain", []),
    ],
)
def test_a_file_of_any_name_is_known_by_its_columns(tmp_path, headers, tables):
    cells = {"Date": "2024-01-03", "date": "2024-01-03", "Week": "2024-01-01"}
    cells |= {"Sign-up date": "2024-01-03"}
    money = ("Total", "Price", "Cost", "Amount spent", "tmax", "rain")
    row = [cells.get(name, "4.50" if name in money else "abc") for name in headers.split(",")]
    (tmp_path / "file.csv").write_text(headers + "\n" + ",".join(row) + "\n")
    assert matching(read_csv(tmp_path / "file.csv")) == tables
