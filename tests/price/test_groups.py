"""How groups of customers answer to the price test."""

import numpy as np
import pandas as pd
import pytest

from mktlab import load
from mktlab.price import elasticity_by_group, sales_panel, zone_test
from mktlab.schema import MktlabError

SOLANE = load("solane")


def test_one_family_by_itself_is_the_plain_test():
    panel = sales_panel(SOLANE, category="capsules")
    plain, by = zone_test(panel), zone_test(panel.assign(category="capsules"), by="category")
    assert np.allclose([plain.value, plain.low, plain.high], [by.value, by.low, by.high])


def test_everybody_in_one_group_is_the_test_of_all_families_together():
    ids = SOLANE.customers["customer_id"]
    group = pd.Series("all", index=ids, name="group")
    found = elasticity_by_group(SOLANE, group).loc["all"]
    families = sorted(SOLANE.products["category"].unique())
    panels = [sales_panel(SOLANE, category=name).assign(category=name) for name in families]
    together = zone_test(pd.concat(panels), by="category")
    assert np.allclose(
        found[["elasticity", "low", "high"]], [together.value, together.low, together.high]
    )


def test_a_zone_that_bought_nothing_of_a_family_is_left_out_of_it():
    panel = sales_panel(SOLANE, category="capsules").assign(category="capsules")
    none = panel.assign(pieces=panel["pieces"].where(panel["zone"] != "Lyon", 0))
    without = zone_test(panel[panel["zone"] != "Lyon"])
    assert np.isclose(zone_test(none, by="category").value, without.value)


def test_a_group_of_nobody_and_a_panel_without_sales_are_told():
    with pytest.raises(MktlabError, match="none of the 1 customers"):
        elasticity_by_group(SOLANE, pd.Series(["all"], index=["nobody"]))
    panel = sales_panel(SOLANE, category="tea").assign(category="tea", pieces=0)
    with pytest.raises(MktlabError, match="nothing was sold in three zones"):
        zone_test(panel, by="category")
