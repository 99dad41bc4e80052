"""What is held to be likely of deals and offers, written down before the tables of lesson 29.

A range is never changed afterwards: what lies outside has a reason.
"""

RANGES = {
    # quantity -> (low, high, source, how well it is founded)
    "share of weeks in which a family is on deal": (0.08, 0.30, "assumption", "assumption"),
    "mean depth of a deal": (0.10, 0.34, "loi 2025-337 caps food deals at 34%", "weak"),
    "orders in two weeks without an offer, heavy over light buyers": (
        2.0,
        10.0,
        "assumption",
        "assumption",
    ),
    "of orders with an offer, those without it, too": (0.40, 0.95, "assumption", "assumption"),
    "newcomers won on a deal": (0.10, 0.45, "assumption", "assumption"),
}
