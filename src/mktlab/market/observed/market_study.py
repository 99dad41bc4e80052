"""One questionnaire, two samples: a quota sample of the town, and our newsletter's readers.

The institute fills quotas of age and sex that are not the town's, finds people of the cafés' cities
sooner than others, and is answered more by who spends much on coffee. The newsletter's sample is
four times as large, of people who all bought from us. `population` is the census to weight by;
`census` and `images` are the truth of every question and of the brands.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import Flags, Floats, Ints, choices, normals, uniforms
from mktlab.market.observed import panel
from mktlab.market.observed.sales import days, labels, numbered
from mktlab.market.observed.surveys import OVERCLAIM
from mktlab.market.observed.town import AGES, AGREES, FORMS, SEXES, Town, ratings, town
from mktlab.market.rivals import ATTRIBUTES, OTHERS, brands, residents
from mktlab.market.state import History
from mktlab.market.world import ONLINE, ZONES

INTERVIEWS, MOST_OF_TOWN = 600, 0.2
ANSWERS, MOST_OF_READERS = 2_500, 0.7
REACHED = ("web_panel", "phone", "street", "newsletter")
WORDINGS = ("A", "B")  # neutral, leading
NAMED = tuple(name for name in brands() if name != OTHERS)
RESPONSE: Floats = np.array([0.16, 0.22, 0.25, 0.12])  # by age
_QUOTAS: Floats = np.array([1.25, 1.10, 0.95, 0.70])  # over the town's share, by age
_ONLINE, _KEEN, _OF_OURS = 0.7, 1.25, 1.8  # pull of who lives far off, spends much, bought lately
# fmt: off
_MODES: Floats = np.array(
    [(.75, .08, .17), (.60, .18, .22), (.45, .35, .20), (.20, .62, .18)])  # by age
# fmt: on
_REMEMBERS = 0.25  # of those whose last purchase is older, who say that it was within the year
_FIELD = 28, 14  # days that each was in the field, the last ones


def population(history: History) -> pd.DataFrame:
    """Residents by age, sex and zone, and how many the institute had to ask for its interviews."""
    there = town(history)
    kind = (there.age * len(SEXES) + there.sex) * len(ZONES) + there.zone
    cells = len(AGES) * len(SEXES) * len(ZONES)
    persons = np.bincount(kind, minlength=cells)
    done = np.bincount(kind[_quota_sample(history, there)], minlength=cells)
    age, sex, zone = np.indices((len(AGES), len(SEXES), len(ZONES))).reshape(3, -1)
    luck = np.exp(0.1 * normals(uniforms(history.seed, "contacts", cells)))
    asked = np.rint(done / RESPONSE[age] * luck).astype(np.int64)
    return pd.DataFrame(
        {
            "age": labels(AGES, age),
            "sex": labels(SEXES, sex),
            "zone": labels(ZONES, zone),
            "persons": persons,
            "contacted": np.clip(asked, done, persons),
        }
    )


def _quota_sample(history: History, there: Town) -> Ints:
    """Residents whom the institute interviews, in the order of their quotas."""
    pull = np.where(there.zone == ONLINE, _ONLINE, 1.0)
    pull *= np.where(there.spend > there.spend.mean(), _KEEN, 1.0)
    luck = uniforms(history.seed, "interviewed", len(history.people))[there.person]
    turn = -np.log1p(-luck) / pull  # the first to come, of each quota
    quota = there.age * len(SEXES) + there.sex
    wanted = np.bincount(quota, minlength=8) * np.repeat(_QUOTAS, len(SEXES))
    total = min(INTERVIEWS, int(MOST_OF_TOWN * len(turn)))
    wanted = np.rint(total * wanted / wanted.sum()).astype(np.int64)
    cells = [np.flatnonzero(quota == q) for q in range(len(wanted))]
    return np.concatenate(
        [cell[np.argsort(turn[cell])[:n]] for cell, n in zip(cells, wanted, strict=True)]
    )


def _readers_sample(history: History, there: Town) -> Ints:
    """Readers who answer: sooner who opens what we send, and who bought lately."""
    reads = np.flatnonzero(there.reads)
    pull = 0.1 + history.people.email_taste[there.person[reads]]
    pull *= np.where(there.ours[reads] > 0, _OF_OURS, 1.0)
    luck = uniforms(history.seed, "readers", len(history.people))[there.person[reads]]
    total = min(ANSWERS, int(MOST_OF_READERS * len(reads)))
    return reads[np.argsort(-np.log1p(-luck) / pull)[:total]]


def market_survey(history: History) -> pd.DataFrame:
    """The quota sample: a row per respondent."""
    there = town(history)
    who = _quota_sample(history, there)
    return _answers(history, there, who, letter="M", field=_FIELD[0])


def newsletter_survey(history: History) -> pd.DataFrame:
    """The same questions, put to the readers of our newsletter."""
    there = town(history)
    return _answers(history, there, _readers_sample(history, there), letter="N", field=_FIELD[1])


def _answers(history: History, there: Town, who: Ints, *, letter: str, field: int) -> pd.DataFrame:
    stream = f"answers_{letter}"
    lot = uniforms(history.seed, stream, 8 * len(history.people)).reshape(-1, 8)[there.person[who]]
    today = 7 * len(history.weeks)
    day = today - field + (field * lot[:, 0]).astype(np.int64)
    order = np.argsort(day, kind="stable")
    who, lot, day = who[order], lot[order], day[order]
    mode = choices(lot[:, 1], _MODES[there.age[who]])
    wording = (lot[:, 2] < 0.5).astype(np.int64)
    month = there.spend[who] / there.years / 12 * np.exp(0.25 * normals(lot[:, 3]) - 0.031)
    knows = there.knows[who, 0] | (lot[:, 4] < OVERCLAIM)
    lately = there.bought[who, 0] | there.ever[who] & (lot[:, 5] < _REMEMBERS)
    price = pd.Series(np.rint(there.worth[who] * np.exp(0.08 * normals(lot[:, 6]))))
    return pd.DataFrame(
        {
            "respondent_id": numbered(letter, np.arange(1, len(who) + 1), 4),
            "asked_date": days(day),
            "reached": labels(REACHED, mode if letter == "M" else np.full(len(who), 3)),
            "age": labels(AGES, there.age[who]),
            "sex": labels(SEXES, there.sex[who]),
            "zone": labels(ZONES, there.zone[who]),
            "drinks_coffee": there.drinks[who],
            "form": labels(FORMS, there.form[who]),
            "spend_month": 5 * np.rint(month / 5),
            "last_brand": labels(brands(), there.last[who]),
            "knows_us": knows | lately,
            "bought_us": lately,
            "wording": labels(WORDINGS, wording),
            "pays_more": there.pays_more[who, wording],
            "bag_worth": price.mask(~there.drinks[who]),
        }
    )


def brand_ratings(history: History) -> pd.DataFrame:
    """What the respondents of the quota sample say of each brand that they know."""
    there = town(history)
    survey = _quota_sample(history, there)
    lot = uniforms(history.seed, "answers_M", 8 * len(history.people)).reshape(-1, 8)
    day = (_FIELD[0] * lot[there.person[survey], 0]).astype(np.int64)
    who = survey[np.argsort(day, kind="stable")]  # as in `market_survey`
    respondent, brand = np.nonzero(there.knows[who])
    said = ratings(history, there)[who][respondent, brand]
    return pd.DataFrame(
        {
            "respondent_id": numbered("M", respondent + 1, 4),
            "brand": labels(NAMED, brand),
            "bought": there.bought[who][respondent, brand],
            **dict(zip(ATTRIBUTES, said.T, strict=True)),
        }
    )


def census(history: History) -> pd.DataFrame:
    """Each question as all residents would answer, and all readers: shares, and means in euros."""
    there = town(history)
    month = there.spend / there.years / 12
    rows = [
        ("drinks_coffee", "yes", there.drinks),
        *[("form", name, there.form == place) for place, name in enumerate(FORMS)],
        ("spend_month", "euros", month),
        ("of_it_with_us", "euros", there.ours / there.years / 12),
        *[("last_brand", name, there.last == place) for place, name in enumerate(brands())],
        ("knows_us", "yes", there.knows[:, 0]),
        ("bought_us", "yes", there.bought[:, 0]),
        *[("pays_more", name, there.pays_more[:, place]) for place, name in enumerate(WORDINGS)],
        ("bag_worth", "euros", np.where(there.drinks, there.worth, np.nan)),
        *[("age", name, there.age == place) for place, name in enumerate(AGES)],
    ]
    table = pd.DataFrame(
        [(q, a, _mean(v), _mean(v[there.reads])) for q, a, v in rows],
        columns=["question", "answer", "all", "readers"],
    )
    return table.assign(persons=residents(history.people), reading=int(there.reads.sum()))


def _mean(values: Floats | Flags) -> float:
    told = values[~np.isnan(values.astype(float))]
    return float(told.mean()) if len(told) else np.nan


def images(history: History) -> pd.DataFrame:
    """Who agrees that a brand has an attribute (5 to 7), of all who know it, buyers and readers."""
    there, shown = town(history), panel.positions_today(history)
    agrees, rows = ratings(history, there) >= AGREES, []
    for b, brand in enumerate(NAMED):
        knows, bought = there.knows[:, b], there.bought[:, b]
        for a, attribute in enumerate(ATTRIBUTES):
            yes = agrees[:, b, a]
            groups = (knows, knows & bought, knows & ~bought, knows & there.reads)
            shares = [_mean(yes[group]) for group in groups]
            rows.append((brand, attribute, shown[b, a], *shares))
    names = ["position", "agree", "buyers", "others", "readers"]
    return pd.DataFrame(rows, columns=["brand", "attribute", *names])
