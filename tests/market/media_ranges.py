"""What is held to be likely of the media panel, written down before the tables of lesson 25.

A range is never changed afterwards: what lies outside has a reason.
"""

RANGES = {
    # quantity -> (low, high, source, how well it is founded)
    "adults whom one morning spot reaches": (0.08, 0.30, "assumption", "assumption"),
    "adults whom a month of morning spots reaches": (0.20, 0.70, "assumption", "assumption"),
    "adults in the target group": (0.12, 0.40, "assumption", "assumption"),
    "euros for 1,000 contacts of all adults, dearest over cheapest support": (
        2.0,
        20.0,
        "assumption",
        "assumption",
    ),
    "reaches of three supports added, over the net reach": (1.05, 1.8, "assumption", "assumption"),
    "panelists under 35, over their share of the adults": (0.4, 0.9, "assumption", "assumption"),
}
