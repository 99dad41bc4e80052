"""Claims about planted defects: all on record, none beyond the tables."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from mktlab.market import flaws, simulate
from mktlab.tables import TABLES

SIZE = {"people": 2500, "weeks": 110, "seed": 21}


@pytest.fixture(scope="module")
def clean():
    return simulate(**SIZE, flaws=())


@pytest.fixture(scope="module")
def damaged():
    return simulate(**SIZE)


def keyed(table, name):
    key = [
        table[k].dt.strftime("%Y-%m-%d") if k in ("week", "date") else table[k].astype("str")
        for k in TABLES[name].key
    ]
    index = key[0].str.cat(key[1:], sep="/") if len(key) > 1 else key[0]
    return table.set_index(pd.Index(index))


def touched(before, after, name):
    """Keys of rows added, removed or changed."""
    before, after = keyed(before, name), keyed(after, name)
    both = before.index.intersection(after.index)
    shared = list(before.columns)
    old, new = before.loc[both], after.loc[both, shared]
    changed = ((old != new) & ~(old.isna() & new.isna())).any(axis=1)
    return set(before.index.symmetric_difference(after.index)) | set(both[changed])


@pytest.mark.parametrize("chosen", [*flaws.FLAWS, flaws.DEFAULT_FLAWS])
def test_the_log_names_every_row_touched_and_no_other(clean, chosen):
    names = (chosen,) if isinstance(chosen, str) else chosen
    tables, log = flaws.plant(clean.tables, flaws=names, seed=SIZE["seed"])
    assert set(log["flaw"]) == set(names)
    rows = log[log["key"] != "*"]
    for name, table in tables.items():
        assert touched(clean.tables[name], table, name) == set(
            rows.loc[rows["table"] == name, "key"]
        )
        new_columns = set(table.columns) - set(clean.tables[name].columns)
        added = {"customers": ("ltv_total", "ltv_total")}
        added["ad_spend"] = ("claimed_conversions", "platform_claims")
        column, flaw = added.get(name, ("", ""))
        assert new_columns == ({column} if flaw and flaw in names else set())


def test_planting_leaves_the_clean_tables_alone(clean):
    before = {name: table.copy() for name, table in clean.tables.items()}
    flaws.plant(clean.tables, flaws=tuple(flaws.FLAWS), seed=1)
    for name, table in before.items():
        pd.testing.assert_frame_equal(table, clean.tables[name], check_exact=True)


def test_the_truth_does_not_change_with_the_flaws(clean, damaged):
    persons = damaged.truth.customers.query("duplicate_of == ''").reset_index(drop=True)
    pd.testing.assert_frame_equal(persons, clean.truth.customers, check_exact=True)
    for name in ("elasticity", "demand"):
        frames = (getattr(company.truth, name) for company in (clean, damaged))
        pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_clean_tables_have_an_empty_log(clean):
    assert len(clean.truth.flaws) == 0


def test_damaged_tables_are_still_as_declared_and_their_keys_join(damaged):
    for name, table in damaged.tables.items():
        assert_declared(name, table)
        for column in TABLES[name].columns:
            if column.refers_to:
                known = damaged.tables[column.refers_to][column.name]
                assert table[column.name].dropna().isin(known).all()


def test_true_values_in_the_log_undo_the_damage(clean, damaged):
    log = damaged.truth.flaws
    orders = damaged.tables["orders"].set_index("order_id")
    moved = log[(log["flaw"] == "duplicates") & (log["table"] == "orders")].set_index("key")
    late = log[log["flaw"] == "date_shift"].set_index("key")
    orders.loc[moved.index, "customer_id"] = moved["true_value"]
    orders.loc[late.index, "order_date"] = pd.to_datetime(late["true_value"])
    tests = log[(log["flaw"] == "test_orders") & (log["table"] == "orders")]
    repaired = orders.drop(index=tests["key"]).sort_index().reset_index()
    pd.testing.assert_frame_equal(repaired, clean.tables["orders"], check_like=True)


def test_3_percent_of_customers_have_a_second_record_elsewhere(clean, damaged):
    truth, customers = damaged.truth.customers, damaged.tables["customers"].set_index("customer_id")
    second = truth[truth["duplicate_of"] != ""]
    assert len(second) == round(0.03 * len(clean.tables["customers"]))
    mine, theirs = customers.loc[second["customer_id"]], customers.loc[second["duplicate_of"]]
    assert (mine["city"].to_numpy() != theirs["city"].to_numpy()).all()
    assert (mine["email"].to_numpy() != theirs["email"].to_numpy()).all()
    same = [a.lower().replace(".", "").replace("+shop", "") for a in mine["email"]]
    assert same == [a.replace(".", "") for a in theirs["email"]]
    orders = damaged.tables["orders"]["customer_id"]
    assert second["customer_id"].isin(orders).all() and second["duplicate_of"].isin(orders).all()


def test_two_records_of_one_person_share_its_id_and_no_others_do(clean, damaged):
    truth, log = damaged.truth.customers, damaged.truth.flaws
    second = log[(log["flaw"] == "duplicates") & (log["table"] == "customers")]
    first = truth.set_index("customer_id")["person_id"].drop(second["key"])
    person_of = truth.set_index("customer_id")["person_id"]
    assert (person_of[second["key"]].to_numpy() == person_of[second["true_value"]].to_numpy()).all()
    assert first.is_unique
    assert set(truth["person_id"]) == set(clean.tables["customers"]["customer_id"])


def test_full_refunds_count_twice_when_lines_and_refunds_are_both_subtracted(clean, damaged):
    orders, lines = damaged.tables["orders"], damaged.tables["order_lines"]
    back = -lines.loc[lines["quantity"] < 0, "amount"].sum()
    full = orders.loc[orders["refunded"] == orders["revenue"], "refunded"].sum()
    assert back > 0
    assert np.isclose(back, full)


def test_web_orders_of_one_quarter_are_a_day_late_and_none_is_from_the_future(damaged):
    log = damaged.truth.flaws.query("flaw == 'date_shift'")
    true = pd.to_datetime(log["true_value"])
    assert (true.max() - true.min()).days < 91
    now = damaged.tables["orders"].set_index("order_id").loc[log["key"]]
    assert (now["outlet"] == "web").all()
    assert ((now["order_date"].to_numpy() - true.to_numpy()) == np.timedelta64(1, "D")).all()
    assert damaged.tables["orders"]["order_date"].max() < damaged.today


def test_low_competitor_prices_go_missing_more_often(clean, damaged):
    index = clean.tables["competitor_prices"].set_index(["week", "category"])["price_index"]
    gone = damaged.tables["competitor_prices"]["price_index"].isna().to_numpy()
    assert np.isclose(gone.mean(), 0.15, atol=0.005)
    height = index - index.groupby("category").transform("mean")
    assert height[gone].mean() < height[~gone].mean() - height.std() / 2


def test_ltv_total_knows_who_will_buy_again(damaged):
    customers, orders = damaged.tables["customers"], damaged.tables["orders"]
    kept = orders[orders["status"] == "paid"]
    spent = (kept["revenue"] - kept["refunded"]).groupby(kept["customer_id"]).sum()
    known = customers.set_index("customer_id")["ltv_total"]
    assert np.allclose(known.loc[spent.index], spent)
    assert (known.drop(spent.index) == 0).all()


def test_a_flaw_strikes_the_same_rows_whichever_others_do(clean):
    alone = flaws.plant(clean.tables, flaws=("missing_scrapes",), seed=3)[1]
    both = flaws.plant(clean.tables, flaws=("missing_scrapes", "duplicates"), seed=3)[1]
    assert both[both["flaw"] == "missing_scrapes"]["key"].tolist() == alone["key"].tolist()


def test_survivors_only_is_not_a_default_because_it_breaks_keys(clean):
    assert "active_only" not in flaws.DEFAULT_FLAWS
    tables, log = flaws.plant(clean.tables, flaws=("active_only",), seed=3)
    orphans = ~clean.tables["orders"]["customer_id"].isin(tables["customers"]["customer_id"])
    assert orphans.any()
    assert len(log) == len(clean.tables["customers"]) - len(tables["customers"])


def test_silence_is_fairly_predictable_from_the_past_and_perfectly_from_ltv_total():
    company = simulate(people=8000, seed=2)
    orders = company.orders.query("status == 'paid' and refunded < revenue")
    orders = orders.assign(net=orders["revenue"] - orders["refunded"])
    cut = company.today - pd.Timedelta(weeks=13)
    past, after = orders[orders["order_date"] < cut], orders[orders["order_date"] >= cut]
    seen = past.groupby("customer_id").agg(
        last=("order_date", "max"), number=("net", "size"), spent=("net", "sum")
    )
    seen["recency"] = (cut - seen["last"]).dt.days
    active = seen[seen["recency"] <= 91]
    silent = ~active.index.isin(after["customer_id"])
    features = np.log1p(active[["recency", "number", "spent"]])
    train = np.arange(len(active)) % 2 == 0
    model = LogisticRegression().fit(features[train], silent[train])
    risk = model.predict_proba(features[~train])[:, 1]
    assert 0.65 < roc_auc_score(silent[~train], risk) < 0.80
    total = company.customers.set_index("customer_id")["ltv_total"].loc[active.index]
    assert roc_auc_score(silent, active["spent"] - total) > 0.95
