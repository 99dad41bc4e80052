"""The questions of lesson 17: a ceiling, negatives, what is left of a lead, claims, a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import search_terms
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_17 import (
    CEASE,
    READERS,
    after_days,
    amiss_lines,
    amiss_terms,
    choices,
    claims,
    for_all,
    for_orders,
    given,
    group,
    judged,
    leads,
    margin,
    measured,
    one_each,
    other_ceilings,
    other_lines,
    promise,
    side_of,
    simple_choices,
    sums_of,
    tests,
    yearly,
)
from mktlab.messages import lifts
from mktlab.satisfaction import shrink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mktlab.company import Company

ENOUGH, MESSAGE_ENOUGH = 0.85, 0.75
sheet = Sheet("17_message", given=given, cease=CEASE, enough=ENOUGH, message_enough=MESSAGE_ENOUGH)


@sheet.number(tolerance=0.005)
def ceiling(
    company: Company, column: str = "ceiling", tested: bool = True, kept: float | None = None
) -> float:
    sides = company.search_lift if tested else None
    share = margin(company) if kept is None else kept
    found = search_terms.ceilings(company.search_terms, sides, margin=share)
    return float(found[column][group(company)])


ceiling.mistake("counted", tested=False)
ceiling.also("counted", {"tested": False, "kept": 1.0})
ceiling.mistake("revenue", kept=1.0)
ceiling.mistake("other_margin", kept=0.4)
ceiling.also("other_margin", {"kept": 0.5})
ceiling.also("other_margin")(lambda c: [ceiling(c, kept=1 - margin(c))])
ceiling.mistake("paid", column="price")
ceiling.mistake("one_side", lambda c: for_orders(c, side_of(c, False)))
ceiling.also("one_side")(lambda c: [for_orders(c, side_of(c, True))])
ceiling.mistake("ends", column="low")
ceiling.also("ends", {"column": "high"})


@ceiling.mistake("of_an_order")
def _of_an_order(company: Company) -> float:
    sums = sums_of(company)
    return float(sums["cost"] / sums["orders"])


@ceiling.also("of_an_order")
def _other_orders(company: Company) -> list[float]:
    sums, extra = sums_of(company), ceiling(company, "extra")
    order = margin(company) * sums["revenue"] / sums["orders"]
    return [order, sums["cost"] / extra, order * extra / sums["orders"]]


@ceiling.mistake("step")
def _step(company: Company) -> float:
    return float(ceiling(company, "extra"))


@ceiling.also("step")
def _steps(company: Company) -> list[float]:
    sums = sums_of(company)
    shown, held = side_of(company, False), side_of(company, True)
    return [
        ceiling(company, "share"),
        shown,
        held,
        1 - held / shown,
        sums["revenue"] / sums["cost"],
        margin(company) * sums["revenue"] / sums["cost"],
        margin(company) * sums["revenue"],
        ceiling(company) * sums["clicks"],
        sums["orders"] / sums["clicks"],
        (shown - held) / sums["clicks"],
    ]


@ceiling.mistake("other_base")
def _other_base(company: Company) -> float:
    rows = company.search_terms[company.search_terms["ad_group"] == group(company)]
    return float(ceiling(company)) * sums_of(company)["clicks"] / float(rows["impressions"].sum())


@ceiling.also("other_base")
def _by_people(company: Company) -> list[float]:
    sides = company.search_lift
    people = sides[(sides["ad_group"] == group(company)) & ~sides["held_out"]]["people"].sum()
    return [ceiling(company) * sums_of(company)["clicks"] / n for n in (people, 2 * people)]


@ceiling.mistake("profit")
def _profit(company: Company) -> float:
    return float(ceiling(company)) - float(ceiling(company, "price"))


@ceiling.mistake("other_group")
def _another(company: Company) -> float:
    return other_ceilings(company)[0]


@ceiling.also("other_group")
def _others(company: Company) -> list[float]:
    return other_ceilings(company)[1:]


@sheet.decision(
    best=lambda company: _terms(company, judged(company)["pays"] > 0),
    choices=lambda company: judged(company).index.to_series(),
    good_enough=ENOUGH,
    amiss=amiss_terms,
    guesses=lambda company: {
        "all": set(judged(company).index),
        "none": set(),
        "broad": _terms(company, judged(company)["match_type"] == "broad"),
        "dear": set(judged(company)["cost"].nlargest(15).index),
    },
)
def to_leave_out(company: Company, chosen: Iterable[str]) -> float:
    return float(2 * judged(company)["pays"][sorted(chosen)].sum())


def _terms(company: Company, rows: pd.Series[Any]) -> set[str]:
    return set(judged(company).index[rows])


def _wrong(company: Company, *lists: set[str]) -> list[set[str]]:
    """Those of the lists that are no good decision here."""
    best = to_leave_out(company, _terms(company, judged(company)["pays"] > 0))
    return [some for some in lists if to_leave_out(company, some) < ENOUGH * best]


to_leave_out.mistake("no_order", lambda c: _terms(c, judged(c)["orders"] == 0))


@to_leave_out.also("no_order")
def _without_orders(company: Company) -> list[set[str]]:
    rows = judged(company)
    none, made = rows["orders"] == 0, []
    for least in (5, 10, 12, 15, 20, 30, 40, 50):
        made += [_terms(company, none & (rows["clicks"] >= least))]
        made += [_terms(company, none & (rows["clicks"] > least))]
    return _wrong(company, *made)


to_leave_out.mistake("broad", lambda c: _terms(c, judged(c)["match_type"] == "broad"))
to_leave_out.also("broad")(lambda c: _wrong(c, _terms(c, judged(c)["match_type"] != "exact")))
to_leave_out.mistake("wait", lambda c: _waiting(c)[0])
to_leave_out.also("wait")(lambda c: _waiting(c)[1:])


def _waiting(company: Company) -> list[set[str]]:
    """All that is not surely good, and what is neither."""
    verdict = judged(company)["verdict"]
    return [
        _terms(company, verdict == "wait"),
        *_wrong(company, _terms(company, verdict != "keep")),
    ]


to_leave_out.mistake("turned", lambda c: _terms(c, judged(c)["verdict"] != "cut"))
to_leave_out.also("turned")(lambda c: [_terms(c, judged(c)["verdict"] == "keep")])
to_leave_out.mistake("dear", lambda c: set(judged(c)["cost"].nlargest(10).index))


@to_leave_out.also("dear")
def _dear(company: Company) -> list[set[str]]:
    rows = judged(company)
    per_order = (rows["cost"] / rows["orders"].where(rows["orders"] > 0)).sort_values()
    sizes = (5, 8, 10, 12, 15, 20)
    made = [set(rows["cost"].nlargest(n).index) for n in sizes]
    made += [set(per_order.dropna().index[-n:]) for n in sizes]
    made += [set((rows["cost"] / rows["clicks"]).nlargest(n).index) for n in sizes]
    return _wrong(company, *made)


@sheet.share(digits=3)
def lead_left(
    company: Company, column: str = "shrunk", all_lines: bool = False, outcome: str = "ordered"
) -> float:
    found = leads(company, "" if all_lines else promise(company), outcome)
    return float(found[column].iloc[0])


lead_left.mistake("measured", column="lift")
lead_left.also("measured", {"column": "lift", "all_lines": True})
lead_left.mistake("all_lines", all_lines=True)
lead_left.mistake("ends", column="low")
lead_left.also("ends", {"column": "high"})
lead_left.mistake("kept", column="kept")


@lead_left.also("kept")
def _parts(company: Company) -> list[float]:
    kept, lift, left = (lead_left(company, name) for name in ("kept", "lift", "shrunk"))
    return [kept * lift, 1 - kept, lift - left, left / lift]


lead_left.mistake("another_line", lambda c: other_lines(c)[-1])
lead_left.also("another_line")(lambda c: other_lines(c)[:-1])
lead_left.mistake("rate", column="mean")
lead_left.also("rate", {"column": "error"})
lead_left.mistake("opened", outcome="opened")
lead_left.also("opened", {"outcome": "clicked"}, {"outcome": "opened", "column": "lift"})


@lead_left.mistake("other_days")
def _month(company: Company) -> float:
    found, lead = after_days(company, 28)
    return found if abs(found - lead_left(company)) > 0.001 else lead


lead_left.also("other_days")(lambda c: [after_days(c, days)[0] for days in (8, 14, 30)])


@lead_left.mistake("buyers")
def _buyers(company: Company) -> float:
    rows = tests(company)
    rows = rows.assign(ordered=rows["ordered"] > 0)[rows["promise"] == promise(company)]
    found = shrink(lifts(rows, "ordered", by="line_id"), value="lift", error="error")
    clear = abs(float(found["shrunk"].iloc[0]) - lead_left(company)) > 0.001
    return float(found["shrunk" if clear else "lift"].iloc[0])


@sheet.ids(told=lambda found: {"wrong": len(found)})
def not_to_be_sent(company: Company) -> set[str]:
    holds = company.truth.subject_lines.set_index("line_id")["claim_holds"]
    return set(holds.index[~holds.astype(bool)])


not_to_be_sent.mistake("all_claims", lambda c: claims(c)["all_claims"][0])
not_to_be_sent.mistake("machine", lambda c: claims(c)["machine"][0])
not_to_be_sent.mistake("net_prices", lambda c: claims(c)["net_prices"][0])
not_to_be_sent.mistake("no_list", lambda c: claims(c)["no_list"][0])
not_to_be_sent.mistake("tone", lambda c: claims(c)["tone"][0])
not_to_be_sent.leads(claims, "machine", "net_prices", "no_list", "tone")


@sheet.decision(
    best=lambda company: one_each(company, choices(company)["worth"], True),
    choices=lambda company: choices(company).index.to_series(),
    reads=lambda answer, known: ids_among(answer, known, exactly=len(READERS)),
    good_enough=MESSAGE_ENOUGH,
    amiss=amiss_lines,
    guesses=simple_choices,
)
def message(company: Company, chosen: Iterable[str]) -> float:
    rows = choices(company).loc[sorted(chosen)]
    sold = rows.groupby("reader")["worth"].mean().sum()
    return float(sold - CEASE * (~rows["holds"]).sum())


def _not_good(company: Company, made: list[set[str]]) -> list[set[str]]:
    best = message(company, one_each(company, choices(company)["worth"], True))
    return [some for some in made if message(company, some) < MESSAGE_ENOUGH * best]


@message.mistake("opened_most")
def _opened_most(company: Company) -> set[str]:
    return for_all(_first_opened(company))


def _first_opened(company: Company) -> str:
    return str(tests(company).groupby("line_id")["opened"].mean().idxmax())


@message.also("opened_most")
def _clicked_most(company: Company) -> list[set[str]]:
    made = [
        one_each(company, measured(company, outcome, by_reader), holds)
        for outcome in ("opened", "clicked")
        for by_reader in (True, False)
        for holds in (True, None)
    ]
    return _not_good(company, made)


@message.mistake("best_line")
def _best_line(company: Company) -> set[str]:
    return _lucky(company)[0]


message.also("best_line")(lambda c: _lucky(c)[1:])


def _lucky(company: Company) -> list[set[str]]:
    """The lines with the most orders; where these are good by luck, the next that are not."""
    rows, sold = choices(company), measured(company, "ordered")
    best = rows.groupby("reader")["worth"].transform("max") == rows["worth"]
    made = [
        one_each(company, score, holds)
        for score in (sold, measured(company, "ordered", by_reader=False))
        for holds in (True, None)
    ]
    made = [some for some in made if some != _opened_most(company)]
    return [*_not_good(company, made), one_each(company, sold.where(~best), True)]


@message.mistake("false_claims")
def _false_claims(company: Company) -> set[str]:
    return one_each(company, choices(company)["worth"], False)


@message.mistake("worst")
def _worst(company: Company) -> set[str]:
    return one_each(company, -choices(company)["worth"], True)


@message.mistake("one_for_all")
def _one_for_all(company: Company) -> set[str]:
    """The promise that is best on the whole, with another line for each group."""
    most = str(yearly(company).sum().idxmax())
    rows = choices(company)
    rows = rows[rows["holds"] & (rows["promise"] == most)]
    return {str(rows.index[rows["reader"] == r][k]) for k, r in enumerate(READERS)}
