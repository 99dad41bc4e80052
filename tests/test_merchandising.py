"""Claims about shelves: elasticities recovered, and no layout better than the one found."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from mktlab import merchandising
from mktlab.schema import MktlabError

TRUE = {"A": 0.05, "B": 0.3, "C": 0.6, "D": 0.1}


def rotation(seed: int, *, weeks: int = 48, mean: float = 12.0) -> pd.DataFrame:
    """Four products in four cafés, another layout every four weeks, a season, and levels."""
    rng = np.random.default_rng(seed)
    rows = []
    for zone in range(4):
        usual = mean * rng.lognormal(0, 0.4, 4)
        for week in range(weeks):
            if week % 4 == 0:
                facings = rng.permutation([1, 1, 5, 5])
                level = rng.permutation(["eye", "hand", "hand", "floor"])
            season = 1 + 0.8 * (week > weeks - 8)
            lift = np.select([level == "eye", level == "floor"], [0.12, -0.15], 0.0)
            hoped = usual * season * facings ** np.array([*TRUE.values()]) * np.exp(lift)
            rows.append(
                pd.DataFrame(
                    {
                        "week": pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=week),
                        "zone": f"café {zone}",
                        "product_id": [*TRUE],
                        "facings": facings,
                        "level": level,
                        "pieces": rng.poisson(hoped),
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def test_elasticities_and_levels_are_recovered_over_many_shelves():
    miss, eye = [], []
    for seed in range(40):
        table = rotation(seed)
        found = merchandising.space(table)
        miss.append((found["elasticity"] - pd.Series(TRUE)) / found["error"])
        levels = merchandising.heights(table)
        eye.append(levels.loc["eye", "low"] <= np.expm1(0.12) <= levels.loc["eye", "high"])
    miss = np.array(miss)
    assert (np.abs(miss.mean(axis=0)) < 0.55).all()
    assert 0.8 < miss.std() < 1.2
    assert np.mean(eye) > 0.85


def test_more_facings_where_more_sells_is_no_elasticity():
    """What sells is given space: over products, sales and facings go together; over time not."""
    table = rotation(3).assign(category="all")
    found = merchandising.space(table, by="category")
    assert found.index.tolist() == ["all"]
    assert 0.1 < found.loc["all", "elasticity"] < 0.45


def test_a_shelf_that_never_changes_tells_nothing():
    table = rotation(1).assign(facings=3)
    with pytest.raises(MktlabError, match="too seldom"):
        merchandising.space(table)
    with pytest.raises(MktlabError, match="level"):
        merchandising.space(table.drop(columns="level"))


def test_no_layout_earns_more_than_the_one_that_is_filled():
    margin = pd.Series({"A": 100.0, "B": 40.0, "C": 20.0, "D": 70.0})
    power = pd.Series(TRUE)
    found = merchandising.fill(margin, power, facings=12, most=8)

    def worth(layout):
        return float((margin.to_numpy() * np.array(layout) ** power.to_numpy()).sum())

    every = [x for x in product(range(1, 9), repeat=4) if sum(x) == 12]
    assert worth(found.to_numpy()) == pytest.approx(max(map(worth, every)))
    assert found.sum() == 12


def test_the_textbook_gives_space_by_what_sells():
    value = pd.Series({"A": 500.0, "B": 300.0, "C": 200.0})
    found = merchandising.in_proportion(value, facings=10)
    assert found.to_dict() == {"A": 5, "B": 3, "C": 2}
    assert merchandising.in_proportion(value * [1, 1, 0], facings=10)["C"] == 1


def test_a_shelf_too_small_is_told():
    value = pd.Series({"A": 1.0, "B": 1.0})
    with pytest.raises(MktlabError, match="2 products with 1 to 12 each need 2 to 24"):
        merchandising.in_proportion(value, facings=1)
    with pytest.raises(MktlabError, match="facings is 30"):
        merchandising.fill(value, value, facings=30)
