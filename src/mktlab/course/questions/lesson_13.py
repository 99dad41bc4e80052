"""The questions of lesson 13: hands, luck, newcomers, who answers to price, who gets a voucher.

`gains` reads from the truth what a voucher would bring; it prices the decision, and the claims.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from mktlab import personas, price
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.personas import LEAST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mktlab.company import Company

GROUPS, LETTERS, MARGIN, DISCOUNT = 5, 300, 0.60, 0.10
OFF = 0.05  # of the large price test of question 5, on the log scale
YEAR = pd.Timedelta(weeks=52)
OFTEN = {"what": ("beans", "capsules"), "where": ("cafe", "web")}
MARKS = [f"{kind}: {name}" for kind, names in OFTEN.items() for name in names]


class Found(NamedTuple):
    """The deck, its marks and the personas of the lesson."""

    cards: pd.DataFrame
    marks: pd.DataFrame
    found: personas.Personas


@lru_cache(maxsize=2)
def found(company: Company) -> Found:
    cards = personas.deck(company.orders, lines=company.order_lines, products=company.products)
    marks = personas.luck(cards)
    return Found(cards, marks, personas.find(cards, GROUPS, marks))


def _drawn(company: Company) -> tuple[str, str]:
    """The mark of questions 1 and 4, of which small hands tell something else, and another one."""
    cards = found(company).cards
    rates = [(personas.hands(cards, least=n)[list(MARKS)] > 0.5).mean() for n in (1, LEAST)]
    apart = (rates[0] - rates[1]).abs() > 0.004
    order = np.random.default_rng(len(company.orders)).permutation(len(MARKS))
    first, other = sorted((MARKS[n] for n in order), key=lambda mark: not apart[mark])[:2]
    return first, other


@lru_cache(maxsize=2)
def given(company: Company) -> dict[str, Any]:
    """What the questions hand out."""
    mark, other = _drawn(company)
    bought, guess = _likeliest(company)
    new = bought.reindex(guess.index) < LEAST
    of_new, of_all = (part.value_counts(normalize=True) for part in (guess[new], guess))
    asked = (of_new - of_all).fillna(0).sort_index().abs().idxmax()
    return {
        **found(company)._asdict(),
        "mark": mark,
        "other": other,
        "persona": str(asked),
        "answers": large_test(company),
        "letters": LETTERS,
        "margin": MARGIN,
        "discount": DISCOUNT,
    }


def _apart(right: float, others: Iterable[float], by: float) -> list[float]:
    """Those that are not as good as the right answer."""
    return [float(other) for other in others if abs(other - right) > by]


def _over_half(company: Company, mark: str) -> float:
    return float((personas.hands(found(company).cards)[mark] > 0.5).mean())


sheet = Sheet("13_personas", given=given, letters=LETTERS, margin=MARGIN, discount=DISCOUNT)


@sheet.share(digits=3)
def mostly(company: Company, least: int = LEAST, of: str = "mostly") -> float:
    cards, mark = found(company).cards, given(company)["mark"]
    if of == "cards":
        kind, _, trait = mark.partition(": ")
        return float((cards[kind] == trait).mean())
    share = personas.hands(cards, least=least)[mark]
    ways = {"mostly": share > 0.5, "half": share >= 0.5, "mean": share, "ever": share > 0}
    return float(ways[of].mean())


mostly.mistake("everybody", least=1)
mostly.mistake("mean_share", of="mean")
mostly.mistake("of_cards", of="cards")
mostly.mistake("ever", of="ever")
mostly.mistake("half", of="half")
mostly.also("everybody")(
    lambda c: _apart(mostly(c), [mostly(c, least=n) for n in (2, 3, 4)], 0.002)
)
mostly.mistake("the_others", lambda c: 1 - float(mostly(c)))
mostly.mistake("the_other_mark", lambda c: _over_half(c, given(c)["other"]))


@sheet.number(tolerance=0.08)
def times_luck(company: Company, least: int = LEAST, power: float = 1.0) -> float:
    cards, mark = found(company).cards, given(company)["other"]
    marks = found(company).marks if least == LEAST else personas.luck(cards, least=least)
    return float(marks.loc[mark, "times"] ** power)


times_luck.mistake("variances", power=2.0)
times_luck.mistake("upside_down", power=-1.0)
times_luck.mistake("all_hands", least=1)
times_luck.mistake(
    "other_mark", lambda c: float(found(c).marks["times"].sort_values().iloc[0]), tolerance=0.03
)
times_luck.mistake(
    "difference",
    lambda c: float((found(c).marks["differ"] - found(c).marks["by_luck"])[given(c)["other"]]),
    tolerance=0.01,
)
times_luck.also("difference")(lambda c: [float(times_luck(c)) - 1])
times_luck.also("other_mark")(
    lambda c: _apart(times_luck(c), found(c).marks["times"].drop(given(c)["other"]), 0.2)
)


@lru_cache(maxsize=8)
def _likeliest(company: Company, way: str = "bayes") -> tuple[pd.Series[int], pd.Series[Any]]:
    """Purchases of each customer, and the likeliest persona."""
    from sklearn.naive_bayes import MultinomialNB

    known = found(company)
    kinds, of = personas.telling(known.marks), known.found.of
    table = personas.counts(known.cards, kinds, least=1)
    if way == "nearest":
        real = personas.hands(known.cards, kinds, least=1)
        unit = known.marks["by_luck"].reindex(real.columns)
        center = known.found.profile[real.columns]
        far = pd.DataFrame(
            {p: (((real - center.loc[p]) / unit) ** 2).sum(axis=1) for p in center.index}
        )
        return known.cards["customer_id"].value_counts(), far.idxmin(axis=1)
    if way == "shares":
        table = personas.hands(known.cards, kinds, least=1)
    model = MultinomialNB(fit_prior=way != "alike").fit(table.loc[of.index], of)
    return known.cards["customer_id"].value_counts(), pd.Series(model.predict(table), table.index)


@sheet.share(digits=2)
def newcomers(company: Company, who: str = "new", way: str = "bayes") -> float:
    bought, guess = _likeliest(company, way)
    if who == "known":
        guess = found(company).found.of
    elif who == "new":
        guess = guess[bought.reindex(guess.index) < LEAST]
    return float((guess == given(company)["persona"]).mean())


newcomers.mistake("everybody", who="all")
newcomers.mistake("known_ones", who="known")
newcomers.also("everybody")(
    lambda c: [float(newcomers(c)) * (1 - len(found(c).found.of) / len(_likeliest(c)[1]))]
)


@newcomers.mistake("other_way")
def _other_way(company: Company) -> float:
    return _other_ways(company)[0]


@newcomers.also("other_way")
def _other_ways(company: Company) -> list[float]:
    """By the nearest mean hand, with personas of one size, by shares, of one purchase alone."""
    bought, guess = _likeliest(company)
    once = guess[bought.reindex(guess.index) == 1] == given(company)["persona"]
    ways = [newcomers(company, way=way) for way in ("nearest", "alike", "shares")]
    return _apart(newcomers(company), [*ways, float(once.mean())], 0.01)


def mostly_group(company: Company, least: int = LEAST) -> Any:
    share = personas.hands(found(company).cards, least=least)[given(company)["mark"]]
    return (share > 0.5).map({True: "mostly", False: "others"}).rename("group")


@lru_cache(maxsize=8)
def _elasticity(company: Company, way: str) -> pd.Series[float]:
    made: dict[str, Callable[[Company], pd.Series[Any]]] = {
        "mostly": mostly_group,
        "everybody_in": partial(mostly_group, least=1),
        "all": lambda c: pd.Series("all", found(c).found.of.index),
        "raw": raw_groups,
        "persona": lambda c: found(c).found.of,
    }
    answers: pd.Series[float] = price.elasticity_by_group(company, made[way](company))["elasticity"]
    return answers


@sheet.number(tolerance=0.02)
def answer_to_price(company: Company) -> float:
    return float(_elasticity(company, "mostly")["mostly"])


answer_to_price.mistake("the_others", lambda c: _elasticity(c, "mostly")["others"])
answer_to_price.mistake("everybody", lambda c: _elasticity(c, "all")["all"])
answer_to_price.mistake("small_hands", lambda c: _elasticity(c, "everybody_in")["mostly"])
answer_to_price.mistake("no_sign", lambda c: -_elasticity(c, "mostly")["mostly"])
answer_to_price.mistake(
    "difference",
    lambda c: _elasticity(c, "mostly")["mostly"] - _elasticity(c, "mostly")["others"],
)


@lru_cache(maxsize=2)
def _families(company: Company) -> list[float]:
    """Each family's elasticity of all customers, and each persona's of all families."""
    names = sorted(company.products["category"].unique())
    panels = [price.sales_panel(company, category=name) for name in names]
    tests = [price.zone_test(panel).value for panel in panels]
    return [*tests, *_elasticity(company, "persona")]


@answer_to_price.mistake("not_this_group")
def _not_this_group(company: Company) -> float:
    return _not_these(company)[0]


@answer_to_price.also("not_this_group")
def _not_these(company: Company) -> list[float]:
    return _apart(answer_to_price(company), _families(company), 0.04)


answer_to_price.mistake("of_ten_percent", lambda c: 10 * _elasticity(c, "mostly")["mostly"])
answer_to_price.also("of_ten_percent")(
    lambda c: [x * _elasticity(c, "mostly")["mostly"] for x in (0.1, -0.1, -10)]
)


def spent(company: Company, since: pd.Timedelta | None = YEAR) -> pd.Series[float]:
    """Money kept of each customer of a persona, of the last year or of all time."""
    bought = purchases(company.orders)
    if since is not None:
        bought = bought[bought["order_date"] >= company.today - since]
    net = (bought["revenue"] - bought["refunded"]).groupby(bought["customer_id"]).sum()
    return net.reindex(found(company).found.of.index).fillna(0.0)


def lift(elasticity: Any) -> Any:
    """By how much a voucher changes the margin of somebody with this elasticity."""
    return (MARGIN - DISCOUNT) / MARGIN * np.exp(-DISCOUNT * elasticity) - 1


@lru_cache(maxsize=2)
def _true(company: Company) -> tuple[pd.Series[float], pd.Series[float]]:
    """Expected margin of 13 weeks without a voucher, and true elasticity."""
    known = company.truth.parameters
    family = {name: row["elasticity"] for name, row in known["categories"].items()}
    basket = {
        name: float(np.dot(row["categories"], list(family.values())))
        for name, row in known["segments"].items()
    }
    of = found(company).found.of
    truth = company.truth.customers.set_index("customer_id").reindex(of.index)
    elasticity = -truth["price_sensitivity"] * truth["segment"].map(basket)
    return truth["expected_margin_13w"].fillna(0.0), elasticity.fillna(0.0)


def gains(company: Company) -> Any:
    """What a voucher brings of each customer of a persona in 13 weeks, in truth, in euros."""
    margin, elasticity = _true(company)
    return margin * lift(elasticity)


def _top(worth: pd.Series[float], letters: int = LETTERS) -> set[str]:
    ordered = worth.sort_index().sort_values(ascending=False, kind="stable")
    return set(ordered.index[:letters])


def raw_groups(company: Company) -> pd.Series[str]:
    """Five groups by k-means of days, purchases and money as they are."""
    from sklearn.cluster import KMeans

    bought = purchases(company.orders)
    net = bought["revenue"] - bought["refunded"]
    rows = bought.assign(net=net).groupby("customer_id")
    raw = rows.agg(last=("order_date", "max"), often=("net", "size"), money=("net", "sum"))
    raw["last"] = (company.today - raw["last"]).dt.days
    raw = raw.reindex(found(company).found.of.index)
    label = KMeans(GROUPS, n_init=10, random_state=0).fit_predict(raw)
    return pd.Series(label, raw.index, name="group").map("group_{}".format)


def by_answer(company: Company, way: str = "persona") -> set[str]:
    """The letters to those whose spending and whose group's measured answer promise most."""
    group = found(company).found.of if way == "persona" else raw_groups(company)
    return _top(spent(company) * group.map(lift(_elasticity(company, way))))


def true_answers(company: Company) -> pd.Series[float]:
    """Each persona's true elasticity, weighted by margin."""
    of, (margin, elasticity) = found(company).found.of, _true(company)
    true: pd.Series[float] = (margin * elasticity).groupby(of).sum() / margin.groupby(of).sum()
    return true


def large_test(company: Company) -> Any:
    """What a price test in many more towns says of each persona: off by about a twentieth."""
    rng, true = np.random.default_rng(len(company.orders)), true_answers(company)
    return pd.Series(true * np.exp(OFF * rng.normal(size=len(true)))).round(2).rename("elasticity")


def best_list(company: Company) -> set[str]:
    """The letters by spending, for one who knows how each persona truly answers."""
    return _top(spent(company) * found(company).found.of.map(lift(true_answers(company))))


def richest_persona(company: Company) -> set[str]:
    """The biggest spenders of the persona that spends most a head."""
    money, of = spent(company), found(company).found.of
    first = money.groupby(of).mean().idxmax()
    return _top(money.where(of == first, -1.0))


@sheet.decision(
    best=best_list,
    choices=lambda company: found(company).found.of.index,
    reads=partial(ids_among, exactly=LETTERS),
    good_enough=0.95,
    guesses=lambda company: {
        "first_in_the_file": set(found(company).found.of.index[:LETTERS]),
        "fewest_purchases": _top(-spent(company)),
    },
)
def vouchers(company: Company, chosen: set[str]) -> float:
    return float(gains(company)[list(chosen)].sum())


vouchers.mistake("big_spenders", lambda c: _top(spent(c)))
vouchers.also("big_spenders")(lambda c: [_top(spent(c, None))])
vouchers.mistake("richest_persona", richest_persona)
vouchers.mistake("unscaled", partial(by_answer, way="raw"))
