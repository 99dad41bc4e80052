"""What hands have beyond luck: `luck` mark by mark, `gaps` by the number of groups, `suggest`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.personas.hands import KINDS, LEAST, deal, hands
from mktlab.personas.kmeans import kmeans, some
from mktlab.schema import MktlabError
from mktlab.show.words import say

CUSTOMERS = 20_000  # whose cards are dealt
BEYOND = 3.0  # standard deviations that luck does not reach
STABLE = 0.8  # adjusted Rand index of groups found in two halves


def luck(
    cards: pd.DataFrame, *, least: int = LEAST, deals: int = 20, seed: int = 13
) -> pd.DataFrame:
    """How much customers differ in each mark, beside how much dealt hands do.

    Parameters
    ----------
    cards, least
        As for `counts`.
    deals
        How often the deck is dealt.
    seed
        Of the shuffling. Of more than 20,000 customers so many are drawn.

    Returns
    -------
    By mark: `kind`, `share` (its mean share in a hand), `differ` and `by_luck` (standard deviation
    of the share among customers, and its mean over dealt hands), `times` (the first over the
    second) and `beyond` (whether that is more than luck: by 3 standard deviations of the deals, and
    by a fifth).
    """
    rng = np.random.default_rng(seed)
    cards = _of_some(cards, rng)
    real = hands(cards, least=least)
    spread = np.array([hands(deal(cards, rng=rng), least=least).std() for _ in range(deals)])
    mean, varies = spread.mean(axis=0), spread.std(axis=0)
    differ = real.std().to_numpy()
    times = differ / np.where(mean > 0, mean, np.nan)
    return pd.DataFrame(
        {
            "kind": [str(name).partition(": ")[0] for name in real],
            "share": real.mean().to_numpy(),
            "differ": differ,
            "by_luck": mean,
            "times": times,
            "beyond": (differ > mean + BEYOND * varies) & (times >= 1.2),
        },
        index=pd.Index(real.columns, name="mark"),
    )


def _of_some(cards: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The cards of all customers, or of so many drawn by lot: luck needs no more."""
    who, customers = pd.factorize(cards["customer_id"], sort=True)
    if len(customers) <= CUSTOMERS:
        return cards
    drawn = np.zeros(len(customers), dtype=bool)
    drawn[rng.choice(len(customers), CUSTOMERS, replace=False)] = True
    return cards[drawn[who]]


def scaled(real: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    """Hands less their mean, in units of luck, as `luck` tells it: rounded, for groups to be found.

    A difference that luck makes counts 1 in every mark, so no mark decides by its unit.
    """
    unit = marks["by_luck"].reindex(real.columns)
    return ((real - real.mean()) / unit.where(unit > 0, 1.0)).round(6)


def gaps(
    cards: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    most: int = 8,
    least: int = LEAST,
    deals: int = 10,
    seed: int = 13,
) -> pd.DataFrame:
    """What 2, 3, ... groups explain, beside what they explain of dealt hands; and how stable.

    The gap is that of Tibshirani, Walther and Hastie (2001), in logs of what is left within the
    groups over what one group leaves; but where they draw a cloud of the same extent, the deck is
    dealt: hands of few cards are lumpy by luck alone. Stability is the adjusted Rand index of the
    groups that two halves of the customers lead to, on average over 10 halvings.

    Parameters
    ----------
    cards
        A deck.
    marks
        From `luck`; the kinds of which a mark is beyond luck count.
    most
        The largest number of groups.
    least, deals, seed
        As for `luck`. Groups are looked for among 1,000 hands at most.

    Returns
    -------
    By the number of `groups`: `explained` and `by_luck` (shares of all squared differences between
    real and dealt hands that lie between the groups), `gap`, `error` (of luck: its standard
    deviation over the deals) and `stable`.

    Raises
    ------
    MktlabError
        When no kind is beyond luck, or there are fewer than 16 hands, or all are alike.

    References
    ----------
    Tibshirani, R., Walther, G., & Hastie, T. (2001). Estimating the number of clusters in a data
    set via the gap statistic. *Journal of the Royal Statistical Society B*, 63(2).
    """
    from sklearn.metrics import adjusted_rand_score

    rng, kinds = np.random.default_rng(seed), telling(marks)
    cards = _of_some(cards, rng)
    real = hands(cards, kinds or None, least=least)
    most = min(most, len(real) // 8, len(scaled(real, marks).drop_duplicates()))
    if not kinds or most < 2:
        raise MktlabError(
            say(
                "There is nothing to group: {hands:count} customers with {least:count} purchases "
                "or more, who differ beyond luck in {kinds}.",
                hands=len(real),
                least=least,
                kinds=", ".join(kinds) or say("nothing"),
            )
        )

    def within(table: pd.DataFrame) -> np.ndarray:
        chosen = scaled(some(table, rng), marks).to_numpy()
        left = [kmeans(k, chosen, tries=3).inertia_ for k in range(1, most + 1)]
        return np.asarray(np.maximum(np.array(left[1:]) / left[0], 1e-9))  # of equal hands nothing

    seen = within(real)
    dealt = np.array(
        [within(hands(deal(cards, rng=rng), kinds, least=least)) for _ in range(deals)]
    )
    chosen = scaled(some(real, rng), marks).to_numpy()
    stable = []
    for k in range(2, most + 1):
        agree = []
        for _ in range(10):
            order = rng.permutation(len(chosen))
            half = [kmeans(k, chosen[part], tries=3) for part in np.array_split(order, 2)]
            agree.append(adjusted_rand_score(*(model.predict(chosen) for model in half)))
        stable.append(np.mean(agree))
    return pd.DataFrame(
        {
            "explained": 1 - seen,
            "by_luck": 1 - dealt.mean(axis=0),
            "gap": np.log(dealt).mean(axis=0) - np.log(seen),
            "error": np.log(dealt).std(axis=0) * np.sqrt(1 + 1 / deals),
            "stable": stable,
        },
        index=pd.RangeIndex(2, most + 1, name="groups"),
    )


def telling(marks: pd.DataFrame) -> list[str]:
    """The kinds of which a mark is beyond luck."""
    found = set(marks.loc[marks["beyond"], "kind"])
    return [kind for kind in KINDS if kind in found]


def suggest(table: pd.DataFrame) -> int:
    """How many groups hold: the most whose gap is beyond luck and that two halves agree on; or 1.

    Beyond luck is a gap of more than 3 errors; to agree is an adjusted Rand index of .8 or more.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"gap": [0.4, 0.6, 0.7], "error": 0.02, "stable": [0.95, 0.9, 0.6]}, index=[2, 3, 4])
    >>> suggest(table), suggest(table.assign(error=0.3))
    (3, 1)
    """
    holds = table[(table["gap"] > BEYOND * table["error"]) & (table["stable"] >= STABLE)]
    return int(holds.index.max()) if len(holds) else 1
