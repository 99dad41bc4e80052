"""What is published of e-mail, written down before the tables of lesson 16 were measured.

A range is never changed afterwards: what lies outside has a reason.
"""

KLAVIYO = (
    "Klaviyo benchmark report 2024: placed order rate of all flows, median 1.71%, best tenth 5.71%"
)
RANGES = {
    # quantity -> (low, high, source, how well it is founded)
    "orders after a flow's mail": (0.017, 0.057, KLAVIYO, "read"),
    "share of baskets left": (0.60, 0.80, "Baymard Institute, by Klaviyo: nearly 70%", "weak"),
    "newsletter: unsubscribed": (0.001, 0.003, "GDMA 2024: 0.14%; SendGrid: about 0.3%", "weak"),
    "newsletter: hard bounces": (0.0, 0.02, "Mailrelate: 0-1%; SendGrid: about 2%", "weak"),
    "newsletter: complaints in usual weeks": (0.0, 0.001, "providers advise under 0.1%", "weak"),
    "addresses dead or gone in a year": (
        0.10,
        0.30,
        "trade pages: a list loses a fifth",
        "assumption",
    ),
    "customers who consented": (0.5, 0.9, "assumption", "assumption"),
}
