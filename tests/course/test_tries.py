"""What beginners hand in at the exercise of lesson 01: nearly every slip is told by its name."""

import re
from functools import cache

import pandas as pd
import pytest

import mktlab
from mktlab import show
from mktlab.orders import purchases

RIGHT = {
    "q1": """
        len(orders)
        orders.shape[0]
        orders["order_id"].nunique()
        orders["order_id"].count()
        [len(orders)]
    """,
    "q2": """
        orders["revenue"].mean()
        orders["revenue"].mean().round(2)
        orders["revenue"].sum() / len(orders)
        orders[["revenue"]].mean()
        orders["revenue"].agg(["mean"])
    """,
    "q3": """
        (orders["revenue"] > 50).sum()
        len(orders[orders["revenue"] > 50])
        orders.query("revenue > 50")["order_id"].count()
        (orders["revenue"] > 50).value_counts()[True]
    """,
    "q4": """
        (orders["outlet"] == "web").mean()
        round((orders["outlet"] == "web").mean(), 3)
        len(orders[orders["outlet"] == "web"]) / len(orders)
        orders["outlet"].value_counts(normalize=True)["web"]
    """,
    "q5": """
        orders.nlargest(3, "revenue")["order_id"]
        orders.nlargest(3, "revenue")[["order_id"]]
        orders.sort_values("revenue", ascending=False).head(3)["order_id"].tolist()
        orders.sort_values("revenue")["order_id"].tail(3)
        orders.set_index("order_id")["revenue"].nlargest(3).index
    """,
    "q6": """
        (orders["revenue"] - orders["refunded"]).sum()
        orders["revenue"].sum() - orders["refunded"].sum()
        orders.assign(kept=orders["revenue"] - orders["refunded"])["kept"].sum().round(2)
    """,
    "q7": """
        (bought["order_date"] >= company.today - year).sum()
        len(bought[bought["order_date"] >= company.today - year])
        (bought["order_date"] > company.today - year - pd.Timedelta(days=1)).sum()
    """,
    "q8": """
        bought.groupby("outlet")["revenue"].sum()
        bought.groupby("outlet")[["revenue"]].sum()
        bought.groupby("outlet", as_index=False)["revenue"].sum()
        bought.groupby("outlet").agg(money=("revenue", "sum")).round(2)
        bought.groupby("outlet").sum(numeric_only=True)
        bought.groupby("outlet")["revenue"].sum().sort_values(ascending=False)
        bought.pivot_table(index="outlet", values="revenue", aggfunc="sum")
        dict(bought.groupby("outlet")["revenue"].sum())
    """,
    "q9": """
        bought.merge(lines, on="order_id").groupby("category")["amount"].sum()
        lines.merge(bought, on="order_id").groupby("category")["amount"].sum().reset_index()
        lines[lines["order_id"].isin(bought["order_id"])].groupby("category")["amount"].sum()
        sold.sum()
    """,
    "q10": """
        f"The largest order brought {show.money(orders['revenue'].max())}."
        f"The largest order brought {show.money(orders['revenue'].max())}"
        f"*The largest order brought {show.money(orders.nlargest(1, 'revenue')['revenue'].sum())}.*"
    """,
}

WRONG = {
    "q1": """
        orders.shape
        orders.count()
        len
        len(company.order_lines)
        orders["customer_id"].nunique()
        len(company.customers)
        orders.index[-1]
        orders["order_id"].iloc[-1]
        len("orders")
        (orders["status"] == "paid").sum()
        show.count(len(orders))
        len(orders.dropna())
        orders["revenue"].sum()
    """,
    "q2": """
        orders["revenue"]
        orders["revenue"].mean
        orders["revenue"].sum()
        orders["revenue"].median()
        orders["revenue"].max()
        orders["revenue"].mean().round()
        orders.mean(numeric_only=True)
        bought["revenue"].mean()
        orders["revenue"].sum() / len(bought)
        orders["revenue"].sum() / orders["customer_id"].nunique()
        orders.groupby("customer_id")["revenue"].sum().mean()
        orders.groupby("outlet")["revenue"].mean().mean()
        (orders["revenue"] - orders["refunded"]).mean()
        (orders["revenue"] - orders["discount"]).mean()
        (orders["revenue"] + orders["discount"]).mean()
        (orders["revenue"] + orders["shipping"]).mean()
        lines["amount"].mean()
        orders["shipping"].mean()
        orders[orders["status"] == "paid"]["revenue"].mean()
        show.money(orders["revenue"].mean())
        "€" + str(orders["revenue"].mean())
    """,
    "q3": """
        orders["revenue"] > 50
        orders[orders["revenue"] > 50]
        (orders["revenue"] > 50).count()
        len(orders["revenue"] > 50)
        (orders["revenue"] > 50).mean()
        (orders["revenue"] >= 50).sum()
        (orders["revenue"] < 50).sum()
        (orders["revenue"] > 100).sum()
        (bought["revenue"] > 50).sum()
        orders[orders["revenue"] > 50]["revenue"].mean()
        orders[orders["revenue"] > 50]["customer_id"].nunique()
        orders[orders["revenue"] > 50].size
        orders[orders["revenue"] > 50].shape
        (orders["revenue"] > 50).value_counts()
        (orders["revenue"] + orders["discount"] > 50).sum()
    """,
    "q4": """
        orders["outlet"] == "web"
        (orders["outlet"] == "Web").mean()
        (orders["outlet"] == "cafe").mean()
        (orders["outlet"] == "marketplace").mean()
        (orders["outlet"] != "web").mean()
        (orders["outlet"] == "web").mean() * 100
        orders["outlet"].value_counts(normalize=True)
        (bought["outlet"] == "web").mean()
        orders["outlet"].isin(["web", "marketplace"]).mean()
        (orders["outlet"] == "web").sum() / (orders["outlet"] == "cafe").sum()
        (orders["outlet"] == "web").sum() / orders["outlet"].isin(["web", "cafe"]).sum()
        orders[orders["outlet"] == "web"]["revenue"].sum() / orders["revenue"].sum()
        web["customer_id"].nunique() / orders["customer_id"].nunique()
        (orders.merge(lines, on="order_id")["outlet"] == "web").mean()
        web["revenue"].mean()
        show.share((orders["outlet"] == "web").mean())
        len(orders) / len(web)
    """,
    "q5": """
        orders.nlargest(3, "revenue").index
        orders.nlargest(3, "revenue")["revenue"]
        orders.nlargest(3, "revenue")["customer_id"]
        orders.nlargest(3, "revenue")["order_id"].iloc[0]
        orders.nlargest(1, "revenue")["order_id"]
        orders.nlargest(5, "revenue")["order_id"]
        orders["revenue"].nlargest(3)
        orders["revenue"].max()
        orders.head(3)["order_id"]
        orders["order_id"].max()
        orders.nlargest(3, "refunded")["order_id"]
        lines.nlargest(3, "amount")["order_id"]
        orders.groupby("customer_id")["revenue"].sum().nlargest(3).index
        orders.set_index("order_id")["revenue"].nlargest(3)
        orders[orders["revenue"] > 250]["order_id"]
    """,
    "q6": """
        orders["revenue"] - orders["refunded"]
        orders["revenue"].sum()
        orders["refunded"].sum() - orders["revenue"].sum()
        (orders["revenue"] - orders["refunded"] - orders["discount"]).sum()
        (orders["revenue"] - orders["shipping"]).sum()
        (orders["revenue"] - orders["refunded"]).mean()
        (orders["revenue"] - orders["refunded"]).count()
        (orders["revenue"] - orders["refunded"]).sum
        (bought["revenue"] - bought["refunded"]).sum()
        orders["revenue"].sum() - bought["refunded"].sum()
        orders[orders["status"] == "paid"]["revenue"].sum()
        1 - orders["refunded"].sum() / orders["revenue"].sum()
        orders.assign(kept=orders["revenue"] - orders["refunded"])
        show.money((orders["revenue"] - orders["refunded"]).sum())
    """,
    "q7": """
        bought["order_date"] >= company.today - year
        bought[bought["order_date"] >= company.today - year]
        len(bought)
        len(bought["order_date"] >= company.today - year)
        (bought["order_date"] >= company.today - year).count()
        (bought["order_date"] > company.today - year).sum()
        (bought["order_date"] <= company.today - year).sum()
        (bought["order_date"] >= company.today).sum()
        (bought["order_date"] >= company.today - pd.Timedelta(days=52)).sum()
        (bought["order_date"] >= company.today - pd.Timedelta(days=365)).sum()
        (bought["order_date"].dt.year == 2025).sum()
        (bought["order_date"] >= "2025-01-01").sum()
        (orders["order_date"].dt.year == 2025).sum()
        (bought["delivered_date"] >= company.today - year).sum()
        bought[bought["order_date"] >= company.today - year]["customer_id"].nunique()
        company.today - year
    """,
    "q8": """
        bought.groupby("outlet")
        bought.groupby("outlet")["revenue"]
        bought.groupby("outlet")["revenue"].mean()
        bought.groupby("outlet")["revenue"].median()
        bought.groupby("outlet")["revenue"].max()
        bought.groupby("outlet")["revenue"].count()
        bought.groupby("outlet").size()
        bought["outlet"].value_counts()
        bought["revenue"].sum()
        orders.groupby("outlet")["revenue"].sum()
        orders[orders["status"] == "paid"].groupby("outlet")["revenue"].sum()
        bought[bought["order_date"] >= company.today - year].groupby("outlet")["revenue"].sum()
        bought.groupby("customer_id")["revenue"].sum()
        joined.groupby("outlet")["revenue"].sum()
        net.groupby("outlet")["revenue"].sum()
        bought.groupby("outlet")["revenue"].sum().map(show.money)
        bought.groupby("outlet")["revenue"].sum().tolist()
        bought.groupby("outlet")["revenue"].sum().drop("marketplace")
        bought.groupby("outlet")["discount"].sum()
        web["revenue"].sum()
    """,
    "q9": """
        lines.groupby("category")["amount"].sum()
        joined.groupby("category")["revenue"].sum()
        joined.groupby("category")["amount"].mean()
        joined.groupby("category")["unit_price"].sum()
        joined.groupby("category")["list_price"].sum()
        joined.groupby("outlet")["amount"].sum()
        joined.groupby(["category", "outlet"])["amount"].sum()
        joined
        joined["amount"].sum()
        orders.merge(lines, on="order_id").groupby("category")["revenue"].sum()
        joined.drop_duplicates("customer_id").groupby("category")["amount"].sum()
        recent.merge(lines, on="order_id").groupby("category")["amount"].sum()
        sold.sum() / sold.sum().sum()
        lines.groupby("category")["list_price"].sum()
    """,
    "q10": """
        orders["revenue"].max()
        "The largest order brought {show.money(orders['revenue'].max())}."
        f"The largest order brought {orders['revenue'].max()}."
        f"The largest order brought {show.money(orders['revenue'].mean())}."
        f"The largest order brought {show.count(orders['revenue'].max())}."
        f"The largest order brought {orders['revenue'].max}."
        f"Largest order: {show.money(orders['revenue'].max())}"
        f"The largest order brought {orders.nlargest(1, 'revenue')['order_id'].iloc[0]}."
        print("The largest order brought €1,234.")
    """,
}

NAMED = {
    "q2": """
        recent["revenue"].mean()
        orders["revenue"].sum() / len(bought)
        web["revenue"].mean()
    """,
    "q3": """
        len(orders["revenue"] > 50)
        len(bought["revenue"] > 50)
        orders["revenue"].between(50, 100).sum()
    """,
    "q5": """orders.sort_values("revenue").head(3)["order_id"]""",
    "q6": """
        (recent["revenue"] - recent["refunded"]).sum()
        (orders["revenue"] + orders["refunded"]).sum()
        round((orders["revenue"] - orders["refunded"]).sum(), -3)
    """,
    "q7": """
        (bought["order_date"] >= company.today - pd.Timedelta(52)).sum()
        (bought["order_date"] == company.today - year).sum()
        (bought["order_date"] >= company.today - pd.Timedelta(weeks=51)).sum()
    """,
    "q8": """bought.groupby("outlet")["shipping"].sum()""",
    "q9": """recent.merge(lines, on="order_id").groupby("category")["revenue"].sum()""",
}
"""What many do, and what is told by its name."""

EMPTY_HANDED = [None, "", [], {}, 0, 1, 0.5, 100, True, float("nan"), "web", pd.DataFrame(), ...]


@cache
def asked():
    """The names of the set-up of the exercise, and the exercise."""
    company = mktlab.load("solane")
    orders, bought = company.orders, purchases(company.orders)
    lines = company.order_lines.merge(company.products, on="product_id")
    year = pd.Timedelta(weeks=52)
    names = {"company": company, "orders": orders, "bought": bought, "lines": lines, "year": year}
    names |= {"web": orders[orders["outlet"] == "web"], "pd": pd, "show": show}
    names["recent"] = bought[bought["order_date"] >= company.today - year]
    names["net"] = bought.assign(revenue=bought["revenue"] - bought["refunded"])
    names["joined"] = bought.merge(lines, on="order_id")
    names["sold"] = names["joined"].groupby("category")["amount"]
    return names, mktlab.exercise(1, company)


def tried(question, block):
    """Each line of code -> what is said of its value."""
    names, ex = asked()
    lines = filter(None, map(str.strip, block.splitlines()))
    return {code: ex.questions[question].check(eval(code, dict(names))) for code in lines}


@cache
def wrong():
    return {
        code: told for name, block in WRONG.items() for code, told in tried(name, block).items()
    }


@pytest.mark.parametrize("name", RIGHT)
def test_no_right_answer_is_refused(name):
    refused = [code for code, told in tried(name, RIGHT[name]).items() if told.state != "right"]
    assert not refused


def test_no_wrong_answer_is_accepted():
    assert not [code for code, told in wrong().items() if told.state == "right"]


@pytest.mark.parametrize("name", NAMED)
def test_what_many_do_is_told_by_its_name(name):
    told = tried(name, NAMED[name])
    assert not [code for code in told if told[code].state != "named mistake"]


def test_a_share_below_the_right_one_is_no_slip_of_its_unit():
    _, ex = asked()
    for answer in (0.05, 0.2, 0.35, 0.413, 0.5):
        assert "thousand" not in repr(ex.q4.check(answer)), answer


@pytest.mark.parametrize("answer", EMPTY_HANDED, ids=repr)
def test_nobody_passes_empty_handed(answer):
    _, ex = asked()
    assert "right" not in {question.check(answer).state for question in ex.questions.values()}


def test_fewer_than_a_tenth_of_wrong_answers_get_no_more_than_a_direction():
    bare = [
        code
        for code, told in wrong().items()
        if re.search("too (high|low)(?!: it is zero)| differ[.] ", told.text)
    ]
    assert len(bare) < len(wrong()) / 10, bare
