"""A choice that the simulated market prices, and what is said of what it earns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.compare import difference
from mktlab.course.checking.feedback import Feedback, Reached, not_yet
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.question import Case, Compute, Mistake, Words
from mktlab.course.checking.slips import Slip
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company


FEW = 10
"""Of so many one can go through what is chosen and what is not."""


def _alike(choice: Any, other: Any) -> bool:
    """The same number, or sets that share 95% of their ids."""
    if isinstance(choice, set | frozenset):
        return len(choice & other) >= 0.95 * len(choice | other)
    return difference(choice, other) is None


def beside(_: Company | None, choice: Any, best: Any) -> Slip | None:
    """What is wrong with a choice of a few: nothing is in it, a part is missing, or too much.

    >>> beside(None, {"a"}, {"a", "b"}).name
    'something is missing'
    """
    if not isinstance(best, set | frozenset) or not 1 < len(best) <= FEW:
        return None
    if not choice:
        told = say(
            "Some of them earn more than they cost: is a factor missing in what each brings?"
        )
        return Slip(say("nothing is chosen"), told)
    if choice < best:
        told = say("All of yours belong to it, and others do, too: look at each of those left out.")
        return Slip(say("something is missing"), told)
    if choice > best:
        told = say("All that belongs to it is among yours: ask of each what it brings and costs.")
        return Slip(say("something is too much"), told)
    if not choice & best:
        told = say("None of yours belongs to it. Is your condition turned around?")
        return Slip(say("these are the others"), told)
    return None


@dataclass(frozen=True)
class Decision:
    """A choice that the simulated market prices.

    Parameters
    ----------
    name, words, mistakes
        As in a `Question`; a mistake computes a choice.
    worth
        What a choice earns, in the company's currency.
    expected
        The best choice there is, for someone who knows the truth.
    choices
        What there is to choose from: all ids, or the lowest and the highest number.
    reads
        Reads the choice from an answer, given `choices`: `ids_among` or `number_between`, of
        `mktlab.course.checking.answers`.
    good_enough
        The share of the best that counts as right.
    alike
        Whether a choice makes the mistake that a mistaken choice stands for; by default, whether
        the two are the same number, or sets that share 95% of their ids.
    amiss
        What is wrong with a choice, beside the best, that is no known mistake.
    guesses
        Choices that somebody makes who has understood nothing, by name: none may be right.
    best_known
        How the sentence on the best choice begins, if `expected` is not the best there is.
    priced
        Where it is priced, if not in the market of the tables.
    percent
        Whether the choice is a number in percent.
    """

    name: str
    words: Words
    worth: Callable[[Company, Any], float]
    expected: Compute
    choices: Compute
    mistakes: tuple[Mistake, ...]
    good_enough: float = 0.9
    reads: Callable[[Any, Any], Any] = ids_among
    alike: Callable[[Any, Any], bool] = _alike
    amiss: Callable[[Company, Any, Any], Slip | None] = beside
    guesses: Callable[[Company], Mapping[str, Any]] | None = None
    best_known: str = ""
    priced: str = ""
    percent: bool = False

    def reply(self, asked: Case, answer: Any) -> Feedback:
        """What the choice earns, and how far that is from the best."""
        try:
            chosen = self.reads(answer, asked.choices)
        except Unreadable as problem:
            asked_for = say("Asked for:")
            return not_yet(f"{problem}\n{asked_for} {asked.filled(self.words.answer)}")
        earned, best = float(self.worth(asked.company, chosen)), asked.best
        price = self._price(asked, earned, best)
        sums: dict[str, Any] = {"earned": earned, "best": best, "currency": asked.company.currency}
        sums |= {"enough": best * self.good_enough, "part": self.good_enough}
        told = say(
            "Yours: {earned:money}. The best: {best:money}. To pass: {enough:money} "
            "({part:share}).",
            **sums,
        )
        reached = Reached(earned / best, self.good_enough, told) if best > 0 else None
        if best - earned <= (1 - self.good_enough) * abs(best):
            told = " ".join(filter(None, [price, asked.matters(earned=earned, best=best)]))
            return Feedback("right", say("Right: a good decision."), told, reached)
        if self.percent and 0 < abs(chosen) < 1.5:
            told = say("Here 0.1 is a tenth of a percent: for ten percent more, give 10.")
            return asked.named(say("a fraction for percent"), told, reached)
        for mistake, value in asked.known:
            if self.alike(chosen, value):
                return asked.named(mistake.name, f"{asked.filled(mistake.why)} {price}", reached)
        found = self.amiss(asked.company, chosen, asked.expected)
        if found:
            title = say("Not yet: {what}.", what=found.name)
            general = not_yet(f"{found.why} {price}", reached)
            return replace(general, title=title)  # and not a named mistake: it may belong elsewhere
        enough = say("{part:share} of that counts as right.", part=self.good_enough)
        return not_yet(f"{price} {enough}", reached)

    def _price(self, asked: Case, earned: float, best: float) -> str:
        currency = asked.company.currency
        if earned < 0:
            told = say("Your choice loses {sum:money}.", sum=-earned, currency=currency)
        else:
            told = say("Your choice earns {sum:money}.", sum=earned, currency=currency)
        known = asked.filled(self.best_known) or say("Knowing the whole truth one could earn")
        more = round(best) - round(earned)
        holes: dict[str, Any] = {"known": known, "best": best, "currency": currency}
        if more > 0:
            most = say("{known} {best:money}, which is {more:money} more.", more=more, **holes)
        elif more < 0:  # the best that the question asks for, not the best there is
            most = say("{known} {best:money}, which is {less:money} less.", less=-more, **holes)
        else:
            most = say("{known} no more.", **holes)
        where = asked.filled(self.priced) or say(
            "This is priced in the simulated market, which knows the truth."
        )
        return f"{told} {most} {where}"
