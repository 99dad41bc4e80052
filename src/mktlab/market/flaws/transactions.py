"""Defects of what is booked and sent: customers, orders, prices, newsletters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import normals, uniforms
from mktlab.market.flaws.log import Tables, logged, lot
from mktlab.market.world import ONLINE, ZONES

TEST_CUSTOMER = "C000000"


def duplicates(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """3 % of customers have a second record elsewhere that took some of their later orders."""
    customers, orders = tables["customers"], tables["orders"]
    repeat = orders.loc[orders["customer_id"].duplicated(), "customer_id"].unique()
    several = customers[customers["customer_id"].isin(repeat)]
    wanted = round(0.03 * len(customers))
    first = several.iloc[np.sort(lot(seed, "duplicates", len(several))[:wanted])]
    names = _unused_ids(customers["customer_id"], len(first), seed)
    second_of = pd.Series(names, index=first["customer_id"], dtype="str")

    theirs = orders["customer_id"].isin(first["customer_id"])
    later = theirs & orders["customer_id"].duplicated()
    last = theirs & ~orders["customer_id"].duplicated(keep="last")
    moved = last | (later & (uniforms(seed, "duplicates orders", len(orders)) < 0.5))
    was = orders.loc[moved, "customer_id"]
    now = orders.assign(
        customer_id=orders["customer_id"].mask(moved, orders["customer_id"].map(second_of))
    )

    move = 1 + (uniforms(seed, "duplicates city", len(first)) * (ONLINE - 1)).astype(int)
    elsewhere = [
        ZONES[(ZONES.index(z) + m) % ONLINE] for z, m in zip(first["zone"], move, strict=True)
    ]
    second = first.assign(
        customer_id=names,
        joined_date=now[moved].groupby("customer_id")["order_date"].min().loc[names].to_numpy(),
        email=[_variant(email, k) for k, email in enumerate(first["email"])],
        city=pd.array(elsewhere, dtype="str"),
        zone=pd.array(elsewhere, dtype="str"),
    )
    log = [
        logged("customers", names, "duplicates", "second record", first["customer_id"]),
        logged("orders", now.loc[moved, "order_id"], "duplicates", "on the second record", was),
    ]
    everyone = pd.concat([customers, second]).sort_values("customer_id", ignore_index=True)
    return {"customers": everyone, "orders": now}, pd.concat(log)


def test_orders(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """The staff tries the web shop: 0.1 % of orders, one piece for one cent each."""
    customers, orders, lines = tables["customers"], tables["orders"], tables["order_lines"]
    size = max(1, round(0.001 * len(orders)))
    ids = [f"O{len(orders) + k:07d}" for k in range(1, size + 1)]
    like = orders.iloc[np.sort(lot(seed, "test orders", len(orders))[:size])]
    nothing = pd.Series(pd.NaT, index=like.index, dtype="datetime64[us]")
    tests = like.assign(
        order_id=ids,
        customer_id=TEST_CUSTOMER,
        outlet="web",
        status="paid",
        revenue=0.01,
        discount=0.0,
        shipping=0.0,
        refunded=0.0,
        **dict.fromkeys(["promised_date", "delivered_date"], nothing),
    )
    test_lines = lines.drop_duplicates("order_id").set_index("order_id").loc[like["order_id"]]
    test_lines = test_lines.assign(quantity=1, unit_price=0.01, discount=0.0, amount=0.01)
    test_lines = test_lines.reset_index().assign(order_id=ids, line_no=1)
    staff = customers.head(1).assign(
        customer_id=TEST_CUSTOMER,
        joined_date=like["order_date"].min(),
        email="test@example.com",
        city="Paris",
        zone="Paris",
        acquisition_channel="direct",
        email_opt_in=False,
        loyalty_member=False,
    )
    detail = "test by the staff"
    log = [
        logged("customers", [TEST_CUSTOMER], "test_orders", detail, ""),
        logged("orders", ids, "test_orders", detail, ""),
        logged("order_lines", _line_keys(test_lines), "test_orders", detail, ""),
    ]
    return {
        "customers": pd.concat([staff, customers], ignore_index=True),
        "orders": pd.concat([orders, tests]).sort_values(
            ["order_date", "order_id"], ignore_index=True
        ),
        "order_lines": pd.concat([lines, test_lines], ignore_index=True),
    }, pd.concat(log)


def refund_lines(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Full refunds are also booked as negative lines: whoever uses both subtracts twice."""
    orders, lines = tables["orders"], tables["order_lines"]
    full = (orders["refunded"] == orders["revenue"]) & (orders["revenue"] > 0)
    back = lines[lines["order_id"].isin(orders.loc[full, "order_id"])]
    size = back.groupby("order_id")["line_no"].transform("max")
    negative = back.assign(
        line_no=back["line_no"] + size,
        quantity=-back["quantity"],
        discount=-back["discount"],
        amount=-back["amount"],
    )
    log = logged("order_lines", _line_keys(negative), "refund_lines", "refund booked again", "")
    both = pd.concat([lines, negative]).sort_values(["order_id", "line_no"], ignore_index=True)
    return {"order_lines": both}, log


def date_shift(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """A server in another time zone stamps one quarter's web orders a day late."""
    orders, weeks = tables["orders"], tables["prices"]["week"]
    quarters = weeks.nunique() // 13
    quarter = int(uniforms(seed, "date shift", 1)[0] * quarters)
    start = weeks.min() + pd.Timedelta(weeks=13 * quarter)
    last_day = weeks.max() + pd.Timedelta(days=6)
    end = min(start + pd.Timedelta(weeks=13), last_day)  # nothing is stamped after the last day
    date = orders["order_date"]
    late = (orders["outlet"] == "web") & (date >= start) & (date < end)
    shifted = orders.assign(order_date=date.mask(late, date + pd.Timedelta(days=1)))
    was = date[late].dt.strftime("%Y-%m-%d")
    return {"orders": shifted}, logged(
        "orders", orders.loc[late, "order_id"], "date_shift", "stamped a day late", was
    )


def missing_scrapes(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """15 % of competitors' prices are missing, more often the low ones."""
    scraped = tables["competitor_prices"]
    index = scraped["price_index"]
    by_category = index.groupby(scraped["category"])
    height = (index - by_category.transform("mean")) / by_category.transform("std")
    noise = normals(uniforms(seed, "missing scrapes", len(scraped)))
    lowest_first = (height + noise).argsort()
    gone = np.zeros(len(scraped), dtype=bool)
    gone[lowest_first[: round(0.15 * len(scraped))]] = True
    keys = scraped["week"].dt.strftime("%Y-%m-%d") + "/" + scraped["category"]
    log = logged(
        "competitor_prices", keys[gone], "missing_scrapes", "missing", index[gone].astype("str")
    )
    return {"competitor_prices": scraped.assign(price_index=index.mask(gone))}, log


def ltv_total(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """A column that knows the future: each customer's spend up to the day of extraction."""
    paid = tables["orders"].query("status == 'paid'")
    spent = (paid["revenue"] - paid["refunded"]).groupby(paid["customer_id"]).sum().round(2)
    customers = tables["customers"]
    total = customers["customer_id"].map(spent).fillna(0.0)
    detail = "ltv_total holds what was spent up to the extraction, unknown at any earlier date"
    return {"customers": customers.assign(ltv_total=total)}, logged(
        "customers", ["*"], "ltv_total", detail, ""
    )


def machine_opens(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """A privacy filter opens every newsletter to a quarter of the addresses."""
    emails, addresses = tables["emails"], np.sort(tables["emails"]["customer_id"].unique())
    filtered = addresses[uniforms(seed, "machine mail", len(addresses)) < 0.18]
    by_machine = emails["customer_id"].isin(filtered) & ~emails["held_out"] & ~emails["opened"]
    keys = emails["campaign_id"] + "/" + emails["customer_id"]
    log = logged("emails", keys[by_machine], "machine_opens", "opened by a machine", "false")
    return {"emails": emails.assign(opened=emails["opened"] | by_machine)}, log


def active_only(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """The export leaves out customers silent for 52 weeks: survivors only. It breaks keys."""
    customers, orders = tables["customers"], tables["orders"]
    since = tables["prices"]["week"].max() - pd.Timedelta(weeks=51)
    recent = orders.loc[orders["order_date"] >= since, "customer_id"]
    active = customers["customer_id"].isin(recent)
    log = logged("customers", customers.loc[~active, "customer_id"], "active_only", "left out", "")
    return {"customers": customers[active].reset_index(drop=True)}, log


def _unused_ids(taken: pd.Series[str], size: int, seed: int) -> list[str]:
    used = set(taken)
    highest = int(taken.max().removeprefix("C")) + size
    free = [name for k in range(1, highest + 1) if (name := f"C{k:06d}") not in used]
    return [free[k] for k in lot(seed, "duplicates ids", len(free))[:size]]


def _variant(email: str, kind: int) -> str:
    name, _, host = email.partition("@")
    return (f"{name.replace('.', '')}@{host}", f"{name}+shop@{host}", f"{name.upper()}@{host}")[
        kind % 3
    ]


def _line_keys(lines: pd.DataFrame) -> pd.Series[str]:
    return lines["order_id"] + "/" + lines["line_no"].astype("str")
