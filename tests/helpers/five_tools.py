"""A made-up shop of 30 weeks as five tools give it out: each knows other days than the rest."""

from pathlib import Path

import numpy as np
import pandas as pd

DAYS = pd.date_range("2024-01-01", "2024-07-28")
KNOWN = {
    "shop": (0, 210),
    "ga4": (28, 210),
    "google": (0, 203),
    "meta": (14, 210),
    "mail": (10, 200),
}
"""Tool -> the days of `DAYS` that its export covers, counted from 0, up to but not including."""
CHANNELS = {"Organic Search": 60, "Paid Search": 25, "Paid Social": 15, "Direct": 30}


def write(folder: Path, seed: int = 1) -> dict[str, float]:
    """The five exports into a folder; what their makers counted, in cents and pieces."""
    rng = np.random.default_rng(seed)
    made = [_shop(folder, rng), _ga4(folder, rng), _google(folder, rng), _meta(folder, rng)]
    made.append(_mail(folder, rng))
    return {name: value for part in made for name, value in part.items()}


def _days(tool: str) -> pd.DatetimeIndex:
    return DAYS[slice(*KNOWN[tool])]


def _shop(folder: Path, rng: np.random.Generator) -> dict[str, float]:
    rows, cents, number = [], 0, 1000
    for day in _days("shop"):
        for _ in range(rng.poisson(5)):
            number += 1
            price = int(rng.integers(900, 4_000))
            cents += price
            who = f"buyer{rng.integers(400)}@example.org"
            moment = f"{day:%Y-%m-%d} {rng.integers(8, 20):02d}:15:00 +0100"
            total = f"{price / 100:.2f}"
            rows.append(
                {
                    "Name": f"#{number}",
                    "Email": who,
                    "Financial Status": "paid",
                    "Paid at": moment,
                    "Currency": "EUR",
                    "Subtotal": total,
                    "Shipping": "0.00",
                    "Taxes": "0.00",
                    "Total": total,
                    "Discount Amount": "0.00",
                    "Created at": moment,
                    "Lineitem quantity": 1,
                    "Lineitem name": "Coffee",
                    "Lineitem price": total,
                    "Lineitem sku": "COF",
                    "Refunded Amount": "0.00",
                    "Id": number * 7,
                }
            )
    pd.DataFrame(rows).to_csv(folder / "orders_export.csv", index=False)
    return {"cents": cents, "orders": len(rows)}


def _ga4(folder: Path, rng: np.random.Generator) -> dict[str, float]:
    rows = []
    for day in _days("ga4"):
        for channel, usual in CHANNELS.items():
            sessions = int(rng.poisson(usual))
            bought = int(rng.binomial(sessions, 0.03))
            rows.append([f"{day:%Y%m%d}", channel, sessions, int(sessions * 0.6), bought, bought])
    names = ["Date", "Session primary channel group (Default channel group)", "Sessions"]
    names += ["Engaged sessions", "Key events", "Ecommerce purchases"]
    head = "# ----\n# Traffic acquisition\n# Property: Invented shop\n# ----\n"
    table = pd.DataFrame(rows, columns=names)
    (folder / "traffic.csv").write_text(head + table.to_csv(index=False), encoding="utf-8")
    return {"sessions": int(table["Sessions"].sum()), "seen": int(table[names[-1]].sum())}


def _google(folder: Path, rng: np.random.Generator) -> dict[str, float]:
    rows, cents = [], 0
    for day in _days("google"):
        cost, clicks = int(rng.integers(1_000, 3_000)), int(rng.integers(20, 60))
        cents += cost
        rows.append(
            [f"{day:%Y-%m-%d}", "Brand", "EUR", clicks * 12, clicks, f"{cost / 100:.2f}", "1.00"]
        )
    names = ["Day", "Campaign", "Currency code", "Impr.", "Clicks", "Cost", "Conversions"]
    table = pd.DataFrame(rows, columns=names).to_csv(index=False)
    (folder / "campaigns.csv").write_text("Campaign report\nAll time\n" + table, encoding="utf-8")
    return {"google_cents": cents}


def _meta(folder: Path, rng: np.random.Generator) -> dict[str, float]:
    rows, cents = [], 0
    for day in _days("meta"):
        cost, clicks = int(rng.integers(500, 2_500)), int(rng.integers(10, 40))
        cents += cost
        at = f"{day:%Y-%m-%d}"
        rows.append([at, at, at, "Film", 9000, f"{cost / 100:.2f}", clicks * 80, clicks])
    names = ["Reporting starts", "Reporting ends", "Day", "Campaign name", "Reach"]
    names += ["Amount spent (EUR)", "Impressions", "Link clicks"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "meta.csv", index=False)
    return {"meta_cents": cents}


def _mail(folder: Path, rng: np.random.Generator) -> dict[str, float]:
    rows, delivered, clicked = [], 0, 0
    for number, day in enumerate(_days("mail")[::14]):
        sent = int(rng.integers(900, 1_100))
        got, opened, pressed = sent - 10, int(sent * 0.3), int(rng.integers(20, 60))
        delivered, clicked = delivered + got, clicked + pressed
        rows.append(
            {
                "Title": f"Letter {number}",
                "Subject": "News",
                "List": "Newsletter",
                "Send Date": f"{day:%b %d, %Y} 08:00 am",
                "Total Recipients": sent,
                "Successful Deliveries": got,
                "Soft Bounces": 6,
                "Hard Bounces": 4,
                "Unique Opens": opened,
                "Unique Clicks": pressed,
                "Unsubscribes": 3,
                "Abuse Complaints": 0,
                "Unique Id": f"{number:010d}",
            }
        )
    pd.DataFrame(rows).to_csv(folder / "mailings.csv", index=False)
    return {"delivered": delivered, "clicked": clicked}
