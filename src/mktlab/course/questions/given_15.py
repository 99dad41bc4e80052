"""What exercise 15 hands out, and the numbers from which its answers are made."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import market_study
from mktlab.market.rivals import OURS, brands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

BY = ["age", "sex", "zone"]
ATTRIBUTES = ["taste", "value", "sustainability", "convenience", "gifts", "service"]
AGREES, BRANDS = 5, brands()[1:4]
ASKED = [("form", name) for name in ("beans", "ground", "capsules")]
ASKED += [("last_brand", name) for name in BRANDS]
MARGINS = (0.018, 0.022, 0.024, 0.028)
PER_CONTACT, PER_INTERVIEW = 1.7, 9.0
AWAY = 0.03  # how far what a claim must lead by lies from all that may be measured
YEAR = 4  # quarters


def drawn(company: Company) -> np.random.Generator:
    return np.random.default_rng(len(company.orders))


def weights(company: Company, table: str = "market_survey", by: tuple[str, ...] = ()) -> Any:
    """The weights of a survey, by age, sex and zone if nothing else is said."""
    return market_study.rake(company.tables[table], company.population, by or BY)


def of_year(company: Company, ago: int = 0, quarters: int = YEAR) -> pd.DataFrame:
    """The panel by taste in the last four quarters, those of years before, or only so many."""
    table = company.panel_tastes
    known = sorted(table["quarter"].unique())
    last = len(known) - YEAR * ago
    return table[table["quarter"].isin(known[last - quarters : last])]


def series(company: Company) -> pd.DataFrame:
    """A name for each brand and taste."""
    table = company.panel_tastes[["brand", "taste"]].drop_duplicates()
    table = table.sort_values(["brand", "taste"], ignore_index=True)
    table.insert(0, "series_id", [f"S{n:02d}" for n in range(1, len(table) + 1)])
    return table


def part_of(table: pd.DataFrame, brand: str, column: str = "kilos") -> float:
    """The part of a brand in all of a panel."""
    return float(table.loc[table["brand"] == brand, column].sum() / table[column].sum())


def other_parts(company: Company, brand: str) -> list[float]:
    """Its parts in other quarters than the last four."""
    whole = company.panel_tastes
    times = [of_year(company, quarters=1), of_year(company, 1), whole]
    each = [part_of(rows, brand) for _, rows in of_year(company).groupby("quarter")]
    return [*(part_of(rows, brand) for rows in times), float(np.mean(each))]


def penetration(company: Company, name: str) -> Any:
    """Of the last four quarters, which part of the households bought a brand in each."""
    rows = company.market_panel[company.market_panel["brand"] == name]
    rows = rows.sort_values("quarter").tail(YEAR)
    return rows["buyers"] / rows["households"]


def smallest_gap(values: list[float]) -> float:
    """Between any two of them."""
    return float(np.diff(sorted(values)).min())


def brand(company: Company) -> str:
    """The brand of which what is right and what is not differ most."""

    def apart(name: str) -> float:
        year = of_year(company)
        parts = [part_of(year, name, column) for column in ("kilos", "sales", "buyers")]
        classic = year.assign(brand=year["brand"].where(year["taste"] == "classic"))
        parts += [part_of(classic, name), float(penetration(company, name).mean())]
        return smallest_gap([*parts, other_parts(company, name)[0]])

    return max(BRANDS, key=apart)


@lru_cache(maxsize=32)
def shares_asked(company: Company, column: str, value: str) -> dict[str, float]:
    """The share of an answer, as it is right and as it is not."""
    survey, readers = company.market_survey, company.newsletter_survey
    told, theirs = survey[column] == value, readers[column] == value
    weight = weights(company)
    found = {
        "raked": (weight * told).mean(),
        "unweighted": told.mean(),
        "turned": (told / weight).sum() / (1 / weight).sum(),
        "readers": theirs.mean(),
        "readers_raked": (weights(company, "newsletter_survey") * theirs).mean(),
    }
    low, high = market_study.weighted_share(told, weight)[1:3]
    buys = survey["form"] != "none"
    found |= {
        "pooled": pd.concat([told, theirs]).mean(),
        "readers_once": theirs[~readers.drop(columns="respondent_id").duplicated()].mean(),
        "divided": (told / weight).mean(),
        "coffee_buyers": (weight * told)[buys].sum() / weight[buys].sum(),
        "low": low,
        "high": high,
    }
    for one in BY:
        found[one] = (weights(company, by=(one,)) * told).mean()
    return {name: float(share) for name, share in found.items()}


def asked(company: Company) -> tuple[str, str]:
    """The question and answer of which what is right and what is not differ most."""
    ways = ("raked", "unweighted", "readers", "turned", "coffee_buyers", "low", "age")

    def apart(pair: tuple[str, str]) -> float:
        found = shares_asked(company, *pair)
        return smallest_gap([found[way] for way in ways])

    return max(ASKED, key=apart)


def ratings(company: Company, speeders: bool = False) -> pd.DataFrame:
    """Who says what of a brand, without those who gave every brand and attribute one number."""
    table = company.brand_ratings.set_index("respondent_id")
    said = table[ATTRIBUTES]
    apart = said.max(axis=1).groupby(level=0).max() > said.min(axis=1).groupby(level=0).min()
    return table if speeders else table[apart.reindex(table.index).to_numpy()]


@lru_cache(maxsize=64)
def lead(
    company: Company,
    whose: str = "all",
    speeders: bool = False,
    weighted: bool = False,
    least: int = AGREES,
    errors: float = 0.0,
) -> Any:
    """How much larger the share who agree is for us than for each rival: (rival, attribute)."""
    table = ratings(company, speeders)
    agree = (table[ATTRIBUTES] >= least).assign(brand=table["brand"])
    weight = pd.Series(1.0, agree.index)
    if weighted:
        known = weights(company).set_axis(company.market_survey["respondent_id"])
        weight = known.reindex(agree.index)
    mine = table["brand"] == OURS
    kept = {"all": mine | True, "our_buyers": ~mine | table["bought"], "buyers": table["bought"]}
    agree, weight = agree[kept[whose].to_numpy()], weight[kept[whose].to_numpy()]
    sums = agree[ATTRIBUTES].mul(weight, axis=0).groupby(agree["brand"]).sum()
    share = sums.div(weight.groupby(agree["brand"]).sum(), axis=0)
    found = _over_rivals(share)
    if errors:
        people = agree["brand"].value_counts()
        spread = (share * (1 - share)).div(people, axis=0)
        both = spread.drop(OURS) + spread.loc[OURS]
        found -= errors * np.sqrt(both.rename_axis(columns="attribute").stack())
    return found


def lead_of_both(company: Company) -> Any:
    """The same, of those alone who know both brands."""
    table = ratings(company)
    agree = (table[ATTRIBUTES] >= AGREES).set_index(table["brand"], append=True)
    found = {}
    for rival in sorted(set(table["brand"]) - {OURS}):
        ours, theirs = (agree.xs(name, level="brand").astype(float) for name in (OURS, rival))
        found[rival] = (ours - theirs).dropna().mean()
    return pd.DataFrame(found).T.rename_axis("brand").rename_axis(columns="attribute").stack()


def _over_rivals(share: pd.DataFrame) -> Any:
    return (share.loc[OURS] - share.drop(OURS)).rename_axis(columns="attribute").stack()


def true_lead(company: Company) -> Any:
    """The same as a census would find it."""
    truth = company.truth.brand_ratings
    return _over_rivals(truth.pivot(index="brand", columns="attribute", values="agree"))


@lru_cache(maxsize=4)
def claims(company: Company) -> pd.DataFrame:
    """Claims to be better than a rival: what a point of lead brings in a year, and the cost.

    Which ones pay is drawn, and neither a rival nor an attribute nor a price tells it. What a claim
    must lead by lies beyond all that careful people may measure, so that they choose alike.
    """
    ways = [true_lead(company), lead_of_both(company)]
    ways += [lead(company, speeders=s, weighted=w) for s in (False, True) for w in (False, True)]
    table = pd.concat([way.rename(n) for n, way in enumerate(ways)], axis=1).sort_index()
    lowest, highest = table.min(axis=1), table.max(axis=1)
    rng = drawn(company)
    found: list[tuple[float, int, pd.DataFrame]] = []
    while len(found) < 30 and (not found or found[-1][0] > 0.85):
        offered = _offer(rng, lowest, highest)
        earned = _earned(offered, ways[0])
        made, buyers = simple_lists(offered, company), by_buyers(offered, company)
        bars = [lead(company, speeders=True, least=n) for n in (4, 6)]
        wrong = [*made.values(), buyers, surely(offered, company)]
        wrong += [_pays(offered, bar) for bar in bars]
        most = max(earned[sorted(some)].sum() for some in wrong)
        alike = len(buyers ^ made["ahead"]) <= 0.1 * len(made["ahead"])  # one mistake or two?
        found.append((most / earned[offered["pays"]].sum() + alike, len(found), offered))
    return min(found)[-1].drop(columns="pays")


def _offer(
    rng: np.random.Generator, lowest: pd.Series[float], highest: pd.Series[float]
) -> pd.DataFrame:
    """One draw: about half of the claims with a clear lead pay."""
    able = lowest > 2 * AWAY
    pays = able & (rng.random(len(able)) < 0.5)
    apart = AWAY * (1 + rng.random(len(able)))
    apart += np.where(~pays & (rng.random(len(able)) < 0.4), 0.2, 0.0)  # dear whoever is asked
    must = (lowest - apart).where(pays, (highest + apart).clip(lower=AWAY)).clip(lower=0.01)
    per_point = rng.integers(8, 60, len(able)) * 10.0
    per_point = np.where(must > 0.25, np.minimum(per_point, 200.0), per_point)
    table = pd.DataFrame(
        {"per_point": per_point, "cost": (100 * must * per_point).round(-1), "pays": pays}
    ).reset_index(names=["rival", "attribute"])
    return table.set_index(pd.Index([f"C{n:02d}" for n in range(1, len(table) + 1)], name="claim"))


def _earned(offered: pd.DataFrame, lead: Any) -> pd.Series[float]:
    """What each claim brings in a year at these leads, less its cost."""
    keys = pd.MultiIndex.from_frame(offered[["rival", "attribute"]])
    points = 100 * lead.reindex(keys).to_numpy(float)
    earned: pd.Series[float] = points * offered["per_point"] - offered["cost"]
    return earned


def earned(company: Company, lead: Any) -> pd.Series[float]:
    return _earned(claims(company), lead)


def by_buyers(offered: pd.DataFrame, company: Company) -> set[str]:
    """What would pay if all who know us thought of us as our buyers do."""
    return _pays(offered, lead(company, whose="our_buyers"))


def surely(offered: pd.DataFrame, company: Company) -> set[str]:
    """By the lower end of each lead, or of a narrower interval if nothing is left."""
    ends = (_pays(offered, lead(company, errors=e)) for e in (1.96, 1.645, 1.0, 0.7, 0.5, 0.3))
    return next(filter(None, ends), set())


def _pays(offered: pd.DataFrame, lead: Any) -> set[str]:
    found = _earned(offered, lead)
    return set(found.index[found > 0])


def simple_lists(offered: pd.DataFrame, company: Company) -> dict[str, set[str]]:
    """Lists that need no price, or no lead."""
    keys = pd.MultiIndex.from_frame(offered[["rival", "attribute"]])
    points = pd.Series(lead(company).reindex(keys).to_numpy(float), offered.index)
    brings = (points * offered["per_point"]).clip(lower=0)
    made = {"every_claim": set(offered.index), "ahead": set(points.index[points > 0])}
    for column in ("rival", "attribute"):
        for name, rows in offered.groupby(column):
            made[str(name)] = set(rows.index)
            made[f"{name}_ahead"] = set(points[rows.index][points > 0].index)
    for n in (3, 5, 8, 10, 12, 15):
        made[f"largest_leads_{n}"] = set(points.nlargest(n).index)
        made[f"cheapest_{n}"] = set(offered["cost"].nsmallest(n).index)
        made[f"largest_per_point_{n}"] = set(offered["per_point"].nlargest(n).index)
        made[f"brings_most_{n}"] = set(brings.nlargest(n).index)
    return made


def given(company: Company) -> Mapping[str, Any]:
    """The brand of question 1, the answer of 2, names for 3, the margin of 4, the claims of 5."""
    column, value = asked(company)
    return {
        "brand": brand(company),
        "column": column,
        "value": value,
        "series": series(company),
        "margin": MARGINS[int(drawn(company).integers(len(MARGINS)))],
        "per_contact": PER_CONTACT,
        "per_interview": PER_INTERVIEW,
        "claims": claims(company),
    }
