"""Whatever shape a shop's orders come in, they become one row each, and no amount is lost."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mktlab
from mktlab.reading.problems import TablesNotReadable

HEAD = "order_id,customer_id,order_date,revenue"
LINES = """Invoice,Client,Day,Sku,Pieces,Price,Land
1,A,2024-01-05,mug,2,3.10,FR
1,A,2024-01-05,tin,1,5.00,FR
2,B,2024-02-05,mug,10,3.10,FR
3,,2024-02-06,tin,1,5.00,BE
C4,B,2024-03-01,mug,-4,3.10,FR
C5,Z,2024-03-01,mug,-1,3.10,FR
"""
MAP = """[orders]
order_id = "Invoice"
customer_id = "Client"
order_date = "Day"
product_id = "Sku"
quantity = "Pieces"
unit_price = "Price"
lines = true
amount = "Pieces * Price"
"""


@pytest.fixture
def load(tmp_path):
    """Loads a folder of these files."""

    def loaded(*, toml="", **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        if toml:
            (tmp_path / "columns.toml").write_text(toml, encoding="utf-8")
        return mktlab.load(tmp_path)

    return loaded


@pytest.fixture
def refused(load):
    """The one problem of a folder."""

    def problem(**files):
        with pytest.raises(TablesNotReadable) as caught:
            load(**files)
        (only,) = caught.value.problems
        return only

    return problem


def file_of(company):
    (file,) = company.account.files
    return file


def told(company):
    return "\n".join(company.account.lines())


def test_articles_are_summed_to_orders_and_kept_as_lines(load):
    company = load(orders=LINES, toml=MAP + 'refunds = "rows"\nno_customer = "leave out"\n')
    orders = company.orders
    assert orders["order_id"].tolist() == ["1", "2"]
    assert orders["revenue"].tolist() == [11.2, 31.0]
    assert orders["refunded"].tolist() == [0.0, 12.4]
    assert orders["Land"].tolist() == ["FR", "FR"]
    assert "Sku" not in orders  # it is one of lines
    lines = company.order_lines
    assert lines["line_no"].tolist() == [1, 2, 1]
    assert lines["amount"].tolist() == [6.2, 5.0, 31.0]
    file = file_of(company)
    assert (file.rows, file.kept, file.refunds) == (6, 2, 12.4)
    left = {one.why: (one.rows, one.money) for one in file.left_out}
    assert left == {
        "without a customer": (1, 5.0),
        "refunds of no earlier order in the file": (1, -3.1),
    }
    assert "1 row left out, without a customer (€5.00, the first at line 5)" in told(company)


def test_guests_are_customers_of_their_own(load):
    company = load(orders=LINES, toml=MAP + 'refunds = "rows"\nno_customer = "guests"\n')
    assert company.orders["customer_id"].tolist() == ["A", "B", "guest 3"]


def test_orders_of_nobody_count_in_sales_and_are_told(load):
    company = load(orders=f"{HEAD}\n1,A,2024-01-05,10.5\n2,,2024-02-05,12.5\n3,,2024-02-06,7\n")
    assert company.orders["revenue"].sum() == 30
    assert "2 orders have no customer (€19.50)" in told(company)


def test_an_orders_own_cells_stand_in_its_first_line_only(load):
    text = """Name,Mail,At,Total,Sku,Pieces,Price
#1,a@x.example,2024-01-05,13.10,mug,1,3.10
#1,,,,tin,2,5.00
,,,,lid,1,0.00
#2,b@x.example,2024-01-06,3.10,mug,1,3.10
"""
    toml = """[orders]
order_id = "Name"
customer_id = "Mail"
order_date = "At"
revenue = "Total"
lines = true
"""
    company = load(orders=text, toml=toml)
    assert company.orders["revenue"].tolist() == [13.1, 3.1]
    assert company.orders["order_id"].tolist() == ["#1", "#2"]
    assert "1 row without a number belongs" in told(company)


def test_a_total_written_in_every_line_is_not_added_up(load):
    days = [f"2024-01-{n:02}" for n in range(1, 9)]
    rows = [f"{n},C{n},{day},{n}.50\n" * (n % 3 + 1) for n, day in enumerate(days, 1)]
    company = load(orders=HEAD + "\n" + "".join(rows), toml="[orders]\nlines = true\n")
    assert company.orders["revenue"].tolist() == [n + 0.5 for n in range(1, 9)]
    assert "revenue is the same in all rows of an order" in told(company)


TICKETS = f"{HEAD}\n1,A,2024-01-05,25\n1,A,2024-01-05,25\n2,B,2024-01-06,25\n"


def test_equal_amounts_in_few_orders_are_asked_about_and_either_answer_settles_it(refused, load):
    problem = refused(orders=TICKETS, toml="[orders]\nlines = true\n")
    assert 'amount = "revenue"' in problem.fix and 'lines = "total in every line"' in problem.fix
    each = load(toml='[orders]\nlines = true\namount = "revenue"\n')
    assert each.orders["revenue"].tolist() == [50, 25]
    once = load(toml='[orders]\nlines = "total in every line"\n')
    assert once.orders["revenue"].tolist() == [25, 25]


def test_rows_of_an_order_are_never_advised_away(refused, load):
    text = f"{HEAD}\n1,A,2024-01-05,40\n1,A,2024-01-05,5\n2,B,2024-01-06,7\n"
    assert "lines = true" in refused(orders=text).fix
    assert load(toml="[orders]\nlines = true\n").orders["revenue"].tolist() == [45, 7]


def test_cells_that_contradict_the_first_line_are_told(load):
    text = f"{HEAD}\n1,A,2024-01-05,40\n1,B,2024-01-05,5\n"
    company = load(orders=text, toml="[orders]\nlines = true\n")
    assert company.orders["customer_id"].tolist() == ["A"]
    assert "customer_id differs among the rows of 1 order (line 3)" in told(company)


def test_each_row_is_an_order_where_no_number_is(load):
    text = "customer_id,order_date,revenue\nA,2024-01-05,40\nA,2024-01-05,5\n"
    company = load(orders=text, toml='[orders]\norder_id = "row"\n')
    assert company.orders["order_id"].tolist() == ["1", "2"]
    own = load(orders="row," + text.replace("A,", "x7,A,", 1).replace("\nA,", "\nx8,A,"))
    assert own.orders["order_id"].tolist() == ["x7", "x8"]


REFUNDS = f"""{HEAD}
1,A,2024-01-05,40
2,A,2024-02-05,30
1,A,2024-02-06,-15
R9,A,2024-03-01,-50
R10,A,2024-03-02,-20
3,A,2024-04-01,60
R11,A,2024-01-01,-1
"""


def test_rows_below_zero_are_taken_off_their_order_then_the_latest_earlier_ones(load):
    company = load(orders=REFUNDS, toml='[orders]\nrefunds = "rows"\n')
    orders = company.orders.set_index("order_id")
    assert orders["refunded"].to_dict() == {"1": 40.0, "2": 30.0, "3": 0.0}
    (left,) = file_of(company).left_out
    assert (left.rows, left.money) == (2, -16.0)  # 15 that nobody had brought, and 1 too early


def test_credit_notes_without_a_minus_give_back(load):
    text = f"{HEAD}\n1001,A,2024-01-05,40\n1002,A,2024-01-06,30\nCN-1001,A,2024-02-01,40\n"
    company = load(orders=text, toml='[orders]\nrefunds = "rows"\n')
    assert company.orders["refunded"].tolist() == [40, 0]
    assert file_of(company).read == 30


def test_refunds_written_below_zero_in_their_column_are_amounts(load):
    text = f"{HEAD},refunded\n1,A,2024-01-05,40,-40\n2,A,2024-01-06,30,0\n"
    company = load(orders=text)
    assert company.orders["refunded"].tolist() == [40, 0]
    assert "refunded is below 0 in the file" in told(company)


WORDS = (
    f"{HEAD},status\n1,A,2024-01-05,40,Livrée\n2,A,2024-01-06,30,Annulée\n3,B,2024-01-06,7,xyz\n"
)


def test_every_word_of_state_is_listed_with_the_lines_that_settle_it(refused, load):
    problem = refused(orders=WORDS)
    assert problem.found == "Livrée (1), Annulée (1), xyz (1)"
    assert 'paid = ["Livrée"]\ncancelled = ["Annulée"]\n# put "xyz"' in problem.fix
    toml = '[orders]\npaid = ["livrée"]\ncancelled = ["annulée"]\n'
    assert "xyz (1)" in refused(toml=toml).found
    company = load(toml=toml + 'ignored = ["XYZ"]\n')
    assert company.orders["status"].tolist() == ["paid", "cancelled"]
    assert "1 row left out, ignored as xyz (€7.00" in told(company)


def test_a_column_of_many_words_is_none_of_state_and_stays_masked(refused):
    rows = "".join(f"{n},A,2024-01-05,4,Person{n}\n" for n in range(40))
    problem = refused(orders=f"{HEAD},status\n{rows}")
    assert "Person" not in str(problem)


MIXED = f"""{HEAD},Currency
1,A,2024-01-05,10,usd
2,A,2024-01-06,10,EUR
3,B,2024-01-06,10,EUR
"""


@pytest.mark.parametrize("text", [MIXED, f"{HEAD}\n1,A,2024-01-05,$10\n2,A,2024-01-06,10 €\n"])
def test_currencies_are_never_added_up_without_rates(text, refused, load):
    problem = refused(orders=text)
    assert "USD" in problem.found and "EUR" in problem.found
    assert "rates = {" in problem.fix
    company = load(toml='currency = "EUR"\nrates = {USD = 0.9}\n')
    assert company.orders["revenue"].tolist()[:2] == [9, 10]
    assert "1 amount in USD counted at 0.9 EUR" in told(company)
    assert company.currency == "EUR"


def test_the_one_currency_of_a_file_is_that_of_the_company(load, refused):
    text = MIXED.replace("EUR", "USD")
    assert load(orders=text).currency == "USD"
    assert "USD (3)" in refused(toml='currency = "CHF"\n').found


def test_of_two_columns_of_currencies_that_of_the_amount_counts(load):
    text = """order_id,customer_id,order_date,Amount,Currency,Net Amount,Net Currency
1,A,2024-01-05,10,usd,9,eur
2,A,2024-01-05,10,gbp,11,eur
"""
    company = load(orders=text, toml='[orders]\nrevenue = "Net Amount"\n')
    assert (company.currency, company.orders["revenue"].sum()) == ("EUR", 20)


YEARS = {
    "y2023": f"{HEAD}\n1,A,2023-01-05,10\n2,A,2023-12-31,20\n",
    "y2024": "order_date,order_id,revenue,customer_id\n2023-12-31,2,20,A\n2024-01-05,3,5,B\n",
}
JOIN = '[orders]\njoin = ["y2023.csv", "y2024.csv"]\n'


def test_joined_files_are_one_table_and_what_both_have_counts_once(load):
    company = load(**YEARS, toml=JOIN)
    assert sorted(company.orders["order_id"]) == ["1", "2", "3"]
    assert company.orders["revenue"].sum() == 35
    assert "1 row left out, which a later file has too, as they are (€20.00" in told(company)


def test_of_an_order_that_changed_between_two_files_the_later_counts(load):
    later = YEARS["y2024"].replace("2,20,A", "2,15,A")
    company = load(y2023=YEARS["y2023"], y2024=later, toml=JOIN)
    assert company.orders["revenue"].sum() == 30
    assert "with other cells" in told(company)


def test_numbers_that_begin_anew_each_year_are_told_apart(load):
    later = f"{HEAD}\n1,B,2024-01-05,5\n2,B,2024-02-05,6\n"
    company = load(y2023=YEARS["y2023"], y2024=later, toml=JOIN)
    assert company.orders["order_id"].is_unique
    assert company.orders["revenue"].sum() == 41
    assert "numbers begin anew" in told(company)


def test_joined_files_of_different_headers_are_refused_at_their_file(refused):
    later = YEARS["y2024"].replace("revenue", "total")
    problem = refused(y2023=YEARS["y2023"], y2024=later, toml=JOIN)
    assert (problem.file, problem.line) == ("y2024.csv", 1)


def test_problems_of_joined_files_name_the_file_and_its_line(refused):
    later = YEARS["y2024"].replace("2024-01-05", "soon")
    problem = refused(y2023=YEARS["y2023"], y2024=later, toml=JOIN)
    assert (problem.file, problem.line) == ("y2024.csv", 3)


def test_a_file_of_another_year_is_told_with_the_line_that_joins_it(load):
    company = load(orders=YEARS["y2023"], orders_2024=YEARS["y2024"])
    assert 'join = ["orders.csv", "orders_2024.csv"] under [orders]' in told(company)


WEEKS = "week,zone,channel,campaign,spend\n2025-01-05,Z,social,c,100\n2025-01-12,Z,social,c,300\n"


@pytest.mark.parametrize(("days", "name"), [(0, "sunday"), (-1, "saturday"), (3, "wednesday")])
def test_weeks_that_begin_on_another_day_are_one_question(refused, load, days, name):
    weeks = WEEKS.replace("-05", f"-{5 + days:02}").replace("-12", f"-{12 + days:02}")
    problem = refused(ad_spend=weeks)
    assert (problem.column, problem.line, problem.rows) == ("week", 2, 2)
    assert problem.found == f"weeks that begin on a {name.capitalize()}"
    assert "Monday" in problem.accepted
    settled = problem.fix.partition("write ")[2].partition(" at the top")[0]
    assert settled == f'week_starts = "{name}"'
    assert load(toml=settled).ad_spend["week"].dt.day_name().unique().tolist() == ["Monday"]


def test_weeks_of_several_days_are_no_question(load):
    company = load(ad_spend=WEEKS.replace("-12", "-13"))
    assert any("week is no Monday in 1 row" in note for note in company.notes)


def test_weeks_that_begin_on_sunday_count_as_the_monday_after(load, refused):
    company = load(ad_spend=WEEKS, toml='week_starts = "sunday"\n')
    assert company.ad_spend["week"].dt.day_name().unique().tolist() == ["Monday"]
    assert company.ad_spend["week"].iloc[0] == pd.Timestamp("2025-01-06")
    assert "which is a sunday" in refused(toml='week_starts = "saturday"\n').found


def test_moments_with_a_zone_become_days_of_the_companys_place(load):
    text = f"{HEAD}\n1,A,2024-01-05T23:30:00Z,10\n2,A,2024-01-06T10:00:00-08:00,10\n"
    company = load(orders=text, toml='timezone = "Europe/Paris"\n')
    assert company.orders["order_date"].dt.day.tolist() == [6, 6]


def test_values_in_several_spellings_become_one(load):
    text = f"{HEAD},outlet\n1,A,2024-01-05,10,Shop Paris\n2,A,2024-01-05,10,paris\n"
    toml = '[orders.values.outlet]\n"Shop Paris" = "Paris"\nparis = "Paris"\nRome = "Rom"\n'
    company = load(orders=text, toml=toml)
    assert company.orders["outlet"].tolist() == ["Paris", "Paris"]
    assert "outlet: 2 cells replaced" in told(company)
    assert "outlet: no cell holds Rome" in told(company)


cents = st.integers(1, 10**6)
KINDS = st.fixed_dictionaries(
    {
        "no_customer": st.sampled_from(["", "leave out", "guests"]),
        "ignored": st.booleans(),
        "credit": st.booleans(),
        "rate": st.booleans(),
        "lines": st.booleans(),
    }
)
row = st.tuples(
    st.integers(1, 6),  # order
    st.sampled_from(["A", "B", ""]),
    st.integers(1, 28),
    st.sampled_from([1, 1, 1, -1]),
    cents,
    st.sampled_from(["paid", "cancelled", "draft"]),
)


@given(st.lists(row, min_size=1, max_size=25), KINDS)
def test_money_read_is_money_kept_and_left_out_less_what_was_given_back(
    tmp_path_factory, made, kind
):
    folder = tmp_path_factory.mktemp("made")
    frame = pd.DataFrame(made, columns=["order", "customer_id", "day", "sign", "cents", "status"])
    if kind["lines"]:
        first = frame.groupby("order").transform("first")
        frame[["customer_id", "day", "status"]] = first[["customer_id", "day", "status"]]
    prefix = ("C" if kind["credit"] else "R") if kind["lines"] is False else ""
    frame["order_id"] = [
        f"{prefix if s < 0 else ''}{o if kind['lines'] else n}"
        for n, (o, s) in enumerate(zip(frame["order"], frame["sign"], strict=True), 1)
    ]
    frame["revenue"] = (frame["sign"] * frame["cents"] / 100).map("{:.2f}".format)
    frame["order_date"] = frame["day"].map("2024-01-{:02}".format)
    frame["currency"] = ["USD" if kind["rate"] and o % 2 else "EUR" for o in frame["order"]]
    if not kind["ignored"]:
        frame["status"] = frame["status"].replace("draft", "paid")
    frame.drop(columns=["order", "day", "sign", "cents"]).to_csv(folder / "orders.csv", index=False)
    said = ['currency = "EUR"', "rates = {USD = 2}", "[orders]", 'refunds = "rows"']
    said += ['ignored = ["draft"]', f"lines = {str(kind['lines']).lower()}"]
    said += ['amount = "revenue"'] * kind["lines"]
    said += [f'no_customer = "{kind["no_customer"]}"'] * bool(kind["no_customer"])
    (folder / "columns.toml").write_text("\n".join(said), encoding="utf-8")
    company = mktlab.load(folder)
    file, orders = file_of(company), company.orders
    worth = frame["sign"] * frame["cents"] * frame["currency"].map({"USD": 2, "EUR": 1})
    assert round(100 * file.read) == worth.sum()
    out = sum(left.money for left in file.left_out)
    assert round(100 * file.read) == round(100 * (file.money - (file.refunds or 0) + out))
    assert round(100 * file.money) == round(100 * orders["revenue"].sum())
    assert round(100 * (file.refunds or 0)) == round(100 * orders["refunded"].sum())
    assert (orders["refunded"] <= orders["revenue"] + 1e-9).all()
    assert not orders["order_id"].duplicated().any()
