"""The questions of lesson 15: a part, weights, news or noise, what interviews cost, a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import market_study
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_15 import (
    AGREES,
    PER_CONTACT,
    PER_INTERVIEW,
    asked,
    brand,
    claims,
    earned,
    given,
    lead,
    of_year,
    other_parts,
    part_of,
    penetration,
    series,
    shares_asked,
    simple_lists,
    surely,
    true_lead,
    weights,
)

if TYPE_CHECKING:
    from mktlab.company import Company

BEYOND, TASTES = 1.96, ("classic", "dark", "fruity")

sheet = Sheet("15_market_study", given=given, agrees=AGREES, beyond=BEYOND)


def _apart(right: float, others: list[float], by: float) -> list[float]:
    """Those that are not as good as the right answer."""
    return [other for other in others if abs(other - right) > by]


@sheet.share(digits=3)
def in_volume(company: Company, column: str = "kilos") -> float:
    return part_of(of_year(company), brand(company), column)


in_volume.mistake("in_value", column="sales")
in_volume.mistake("of_buyers", column="buyers")


@in_volume.mistake("one_taste")
def _one_taste(company: Company) -> float:
    return _tastes(company)[0]


@in_volume.also("one_taste")
def _tastes(company: Company) -> list[float]:
    year, name = of_year(company), brand(company)
    return [
        part_of(year.assign(brand=year["brand"].where(year["taste"] == t)), name) for t in TASTES
    ]


@in_volume.mistake("other_quarters")
def _last_quarter(company: Company) -> float:
    return other_parts(company, brand(company))[0]


@in_volume.also("other_quarters")
def _other_quarters(company: Company) -> list[float]:
    of_all = in_volume(company) * of_year(company)["kilos"].sum()
    others = [
        *other_parts(company, brand(company))[1:],
        of_all / company.panel_tastes["kilos"].sum(),
    ]
    return _apart(in_volume(company), others, 0.001)


@in_volume.mistake("penetration")
def _penetration(company: Company) -> float:
    return _penetrations(company)[0]


@in_volume.also("penetration")
def _penetrations(company: Company) -> list[float]:
    each, rows = penetration(company, brand(company)), of_year(company)
    rows = rows[rows["brand"] == brand(company)]
    return [float(each.mean()), float((rows["buyers"] / rows["households"]).mean()), *each]


@sheet.share(digits=3)
def weighted(company: Company, way: str = "raked") -> float:
    return shares_asked(company, *asked(company))[way]


weighted.mistake("unweighted", way="unweighted")
weighted.mistake("readers", way="readers")
weighted.also("readers", *({"way": f"readers_{which}"} for which in ("raked", "once")))
weighted.also("readers", {"way": "pooled"})
weighted.mistake("turned", way="turned")
weighted.also("turned", {"way": "divided"})
weighted.mistake("coffee_buyers", way="coffee_buyers")
weighted.mistake("an_end", way="low")
weighted.also("an_end", {"way": "high"})
weighted.mistake("one_column", way="age")
weighted.also("one_column", {"way": "zone"})


@weighted.also("one_column")
def _two_columns(company: Company) -> list[float]:
    column, value = asked(company)
    told = company.market_survey[column] == value
    pairs = (("age", "sex"), ("age", "zone"), ("sex", "zone"))
    found = [float((weights(company, by=by) * told).mean()) for by in pairs]
    return _apart(weighted(company), found, 0.001)


@weighted.mistake("counted")
def _counted(company: Company) -> float:
    column, value = asked(company)
    return float((weights(company) * (company.market_survey[column] == value)).sum())


@weighted.also("counted")
def _persons(company: Company) -> list[float]:
    return [weighted(company) * float(company.population["persons"].sum())]


def changes(company: Company, quarters: int = 4) -> pd.DataFrame:
    """Each brand and taste in the year and in the one before, if it was sold in both."""
    return _sums(company, [of_year(company, ago, quarters) for ago in (0, 1)])


def _sums(company: Company, times: list[pd.DataFrame]) -> pd.DataFrame:
    sums = [
        rows.assign(squared=rows["sales_error"] ** 2, errors=rows["sales_error"])
        .merge(series(company), on=["brand", "taste"])
        .groupby("series_id")[["sales", "squared", "errors"]]
        .sum()
        for rows in times
    ]
    return sums[0].join(sums[1].add_suffix("_before"), how="inner")


def _beyond(table: pd.DataFrame, bar: float, both: bool | str, sign: int = 0) -> set[str]:
    """Whose change lies beyond the bar; by the errors of both times, the last, or the first."""
    squared = table["squared"] * (both != "before") + table["squared_before"] * bool(both)
    gap: pd.Series[float] = table["sales"] - table["sales_before"]
    z = gap / squared.where(squared > 0) ** 0.5
    return set(table.index[(sign * z if sign else z.abs()) > bar])


@sheet.ids(told=lambda found: {"moved": len(found)})
def news(
    company: Company,
    beyond: float = BEYOND,
    both: bool | str = True,
    quarters: int = 4,
    sign: int = 0,
) -> set[str]:
    return _beyond(changes(company, quarters), beyond, both, sign)


@news.mistake("big_changes")
def _big_changes(company: Company) -> set[str]:
    return _changed(company)[0]


@news.also("big_changes")
def _changed(company: Company) -> list[set[str]]:
    table = changes(company)
    change = (table["sales"] / table["sales_before"] - 1).abs()
    return [set(table.index[change > least]) for least in (0.1, 0.05, 0.2, 0.25, 0.3, 0.5)]


news.mistake("one_quarter", quarters=1)
news.mistake("one_taste", lambda c: _of_taste(c)[0])
news.also("one_taste")(lambda c: _of_taste(c)[1:])


def _of_taste(company: Company) -> list[set[str]]:
    """All rows of a taste, and all there are."""
    taste = series(company).set_index("series_id")["taste"].reindex(changes(company).index)
    return [*(set(taste.index[taste == t]) for t in TASTES[::-1]), set(taste.index)]


@news.also("one_quarter")
def _quarter_before(company: Company) -> list[set[str]]:
    table = company.panel_tastes
    last = table["quarter"].max()
    rows = [of_year(company, quarters=1), table[table["quarter"] == last - pd.DateOffset(months=3)]]
    found = _beyond(_sums(company, rows), BEYOND, True)
    return [found] if found and found != news(company) else []


@news.mistake("one_error")
def _one_error(company: Company) -> set[str]:
    found = news(company, both=False)
    return set(found if found != news(company) else news(company, beyond=1.0))


@news.also("one_error")
def _other_bars(company: Company) -> list[set[str]]:
    bars = [
        news(company, beyond=z, both=b)
        for z in (1.0, 1.645, 2.576)
        for b in (True, False, "before")
    ]
    table = changes(company)
    errors = table["errors"] + table["errors_before"]
    gap = (table["sales"] - table["sales_before"]).abs()
    bars += [set(table.index[gap > BEYOND * part * errors]) for part in (1.0, 0.5)]
    return [found for found in bars if found and found != news(company)]


@news.mistake("others")
def _not_news(company: Company) -> set[str]:
    return set(changes(company).index).difference(news(company))


@news.also("others")
def _one_direction(company: Company) -> list[set[str]]:
    found = [news(company, sign=1), news(company, sign=-1)]
    return [one for one in found if one and one != news(company)]


def per_answer(company: Company) -> float:
    """Euros for an interview, with all who are asked in vain."""
    population, survey = company.population, company.market_survey
    return PER_INTERVIEW + PER_CONTACT * float(population["contacted"].sum()) / len(survey)


@sheet.number(tolerance=60)
def costs(
    company: Company,
    margin: float = 1.0,
    half: bool = False,
    finite: bool = True,
    town: float | None = None,
    equal: bool = False,
    effect: float | None = None,
    level: float = 0.95,
    price: float | None = None,
    share: float | None = None,
) -> float:
    people = market_study.sample_size(
        margin * given(company)["margin"],
        share=0.5 if half else share or float(weighted(company)),
        population=town or float(company.population["persons"].sum()) if finite else None,
        effect=1.0 if equal else effect or market_study.design_effect(weights(company)),
        level=level,
    )
    return people * (per_answer(company) if price is None else price)


costs.mistake("no_design_effect", equal=True)
costs.also("no_design_effect", {"equal": True, "finite": False}, {"equal": True, "half": True})
costs.also("no_design_effect")(
    lambda c: [costs(c, effect=market_study.design_effect(weights(c, "newsletter_survey")))]
)
costs.mistake("no_population", finite=False)
costs.also("no_population", {"finite": False, "half": True})
costs.also("no_population")(lambda c: [costs(c, town=len(c.market_survey))])
costs.mistake("half", half=True)
costs.also("half", {"half": True, "equal": True, "finite": False})
costs.mistake("whole_width", margin=0.5)
costs.mistake("one_sided", level=0.9)
costs.also("one_sided", {"level": 0.99})
costs.mistake("no_contacts", price=PER_INTERVIEW)
costs.also("no_contacts", {"price": PER_INTERVIEW + PER_CONTACT}, {"price": PER_CONTACT})
costs.also("no_contacts")(
    lambda c: [costs(c, price=PER_INTERVIEW) + PER_CONTACT * float(c.population["contacted"].sum())]
)
costs.mistake("interviews", price=1.0, tolerance=2)
costs.mistake("this_study", lambda c: len(c.market_survey) * per_answer(c))
costs.also("this_study")(lambda c: [len(c.market_survey) * PER_INTERVIEW])
costs.mistake("readers", lambda c: costs(c, share=float(weighted(c, way="readers"))))


@sheet.decision(
    best=lambda company: _pays(company, true_lead(company)),
    choices=lambda company: claims(company).index.to_series(),
    good_enough=0.95,
    guesses=lambda company: simple_lists(claims(company), company),
)
def to_claim(company: Company, chosen: set[str]) -> float:
    return float(earned(company, true_lead(company))[sorted(chosen)].sum())


def _pays(company: Company, found: pd.Series[float]) -> set[str]:
    money = earned(company, found)
    return set(money.index[money > 0])


@to_claim.mistake("our_buyers")
def _our_buyers(company: Company) -> set[str]:
    return _pays(company, lead(company, whose="our_buyers"))


@to_claim.also("our_buyers")
def _buyers(company: Company) -> list[set[str]]:
    whose = ("our_buyers", "buyers")
    ways = [lead(company, w, s, k) for w in whose for s in (True, False) for k in (True, False)]
    return _not_right(company, [_pays(company, way) for way in ways])


def _not_right(company: Company, lists: list[set[str]]) -> list[set[str]]:
    return [chosen for chosen in lists if chosen != _pays(company, true_lead(company))]


@to_claim.mistake("ahead")
def _ahead(company: Company) -> set[str]:
    return simple_lists(claims(company), company)["ahead"]


@to_claim.also("ahead")
def _without_price(company: Company) -> list[set[str]]:
    made = simple_lists(claims(company), company)
    return [chosen for name, chosen in made.items() if name != "ahead"]


to_claim.mistake("surely", lambda c: surely(claims(c), c))
to_claim.also("surely")(lambda c: [_pays(c, lead(c, speeders=True, errors=BEYOND))])
to_claim.mistake("neutral_too", lambda c: _pays(c, lead(c, speeders=True, least=AGREES - 1)))
to_claim.also("neutral_too")(
    lambda c: _not_right(
        c, [_pays(c, lead(c, speeders=s, least=n)) for s in (True, False) for n in (4, 6, 7)]
    )
)
to_claim.mistake("fractions", lambda c: _pays(c, true_lead(c) / 100))
to_claim.mistake("turned", lambda c: set(claims(c).index) - _pays(c, true_lead(c)))
to_claim.also("turned")(lambda c: [_pays(c, -lead(c, speeders=s)) for s in (True, False)])
