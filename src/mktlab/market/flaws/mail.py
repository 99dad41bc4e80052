"""A defect of the mail flows' log: the machines that open newsletters open these mails, too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import uniforms
from mktlab.market.flaws.log import Flaw, Tables, logged

FILTERED = 0.18  # of the addresses


def machine_flow_opens(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """A privacy filter opens every mail of a flow to some addresses."""
    told = tables["flow_emails"]
    addresses = np.sort(told["customer_id"].unique())
    filtered = addresses[uniforms(seed, "machine flow mail", len(addresses)) < FILTERED]
    by_machine = told["customer_id"].isin(filtered) & ~told["held_out"] & ~told["opened"]
    hit = told[by_machine]
    keys = hit["customer_id"] + "/" + hit["date"].dt.strftime("%Y-%m-%d") + "/" + hit["flow"]
    log = logged("flow_emails", keys, "machine_flow_opens", "opened by a machine", "false")
    return {"flow_emails": told.assign(opened=told["opened"] | by_machine)}, log


MAIL_FLAWS: dict[str, Flaw] = {"machine_flow_opens": machine_flow_opens}
"""Name -> flaw."""
