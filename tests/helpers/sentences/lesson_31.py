"""What lesson 31 says, recomputed from the tables that it prints."""

from collections.abc import Iterator
from typing import Any

from sentences import drawn, near, number, said, sentence, table

LEADS = "boosting over longest silence"
LEAD = ("lead in AUC", "95% from", "to")
CHURN = "churn at the latest cut (%)"
TO_SAVE = "stayed away, but came back later (%)"
RISKIEST, DRAWN = "the highest risks", "a random draw"


def wrong(notebook: Any) -> list[str]:
    """The sentences that its tables contradict."""
    more = (told for told, right in _measures(notebook) if not right)
    return [*_found(notebook), *more]


def _found(notebook: Any) -> Iterator[str]:
    lead = next(row for row in table(notebook, *LEAD) if row["lead of"] == LEADS)
    low, high = number(lead["95% from"]), number(lead["to"])
    told = sentence(
        notebook,
        "no better than a coin toss|model ranks better|silence ranks better|cannot be told apart",
    )[0]
    right = {"model ranks better": low >= 0, "silence ranks better": high <= 0}
    if not right.get(told, low <= 0 <= high or "coin" in told):
        yield f"{told!r}, where the lead lies between {low} and {high}"

    level = {r["churn"]: number(list(r.values())[1]) for r in table(notebook, CHURN)}
    off, left = (
        abs(level[name] - level["happened"]) for name in ("predicted", "with last year's quarter")
    )
    told = sentence(
        notebook,
        "Most of the gap was the season|A part of the gap|does not explain the gap|"
        "hardly anything to correct|season and drift look alike",
    )[0]
    right = {
        "Most of the gap was the season": left <= off / 2 + 0.1,
        "A part of the gap": off / 2 - 0.1 <= left <= off,
        "does not explain the gap": left >= off - 0.7,
        "hardly anything to correct": off <= 1.1,
    }
    if not right.get(told, off == left):
        yield f"{told!r}, where the risks were {off} off, and then {left}"

    lists = {r["list"]: number(r[TO_SAVE]) for r in table(notebook, TO_SAVE)}
    told = sentence(
        notebook, r"highest risks hold most|No list holds more|on this list: (.*)\.|no list holds"
    )
    most = max(lists.values())
    best = told[1] or (RISKIEST if "hold most" in told[0] else DRAWN)
    if lists[best] < most - 0.05:
        yield f"{told[0]!r}, where {best} has {lists[best]} of {most}"

    profit = sentence(notebook, r"Promised, if the assumptions hold: (.*)\.|No profit can be")
    if profit[1] and (number(profit[1]) <= 0 or most == 0):
        yield f"a profit of {profit[1]} is promised, where {most}% can be saved"


def _measures(notebook: Any) -> Iterator[tuple[str, bool]]:
    told = sentence(notebook, r"^Of customers silent for (.*), (\S+) came back\.")
    yield told[0], near(number(told[2]), drawn(notebook, "^Of customers silent")[told[1]])
    level = {r["churn"]: number(list(r.values())[1]) / 100 for r in table(notebook, CHURN)}
    churned, (share,) = said(notebook, r"(\S+) of them bought nothing in the 13 weeks from then")
    yield churned, near(share, level["happened"], 0.01)
    text, both = said(
        notebook, r"^The model expected (\S+) of customers to churn, and (\S+) did\. "
    )
    yield text, near(both[0], level["predicted"], 0.01) and near(both[1], share, 1e-6)

    pairs, (longer,) = said(notebook, r"^In (\S+) of 10,000 drawn pairs")
    rule, (auc, low, high) = said(notebook, r"silence: (\S+) \(95% interval (\S+) to (\S+)\)\.")
    yield f"{pairs}, {rule}", abs(longer - auc) < 0.02 and low <= auc <= high
    title = r"^The longest silence finds the churner in (\S+) of pairs, "
    title += r"boosting in (\S+)\. .*"
    marks = r"silence (\S+) \((\S+) to (\S+)\), logistic regression \S+ \(\S+ to (\S+)\)"
    text, aucs = said(notebook, rf"{title}{marks}, gradient boosting (\S+) \((\S+) to ")
    silence, boosted, *aucs = aucs
    yield text, silence == aucs[0] and boosted == aucs[4]
    yield text, all(map(near, aucs[:3], [auc, low, high]))
    lead = table(notebook, *LEAD)[1]
    text = sentence(notebook, "models overlap|that is no luck|has no sure lead")[0]
    right = {
        "has no sure lead": number(lead["95% from"]) <= 0,
        "models overlap": aucs[5] <= aucs[3],
    }
    yield (
        text,
        right.get(text, aucs[5] >= aucs[3]) and ("sure" in text or number(lead["95% from"]) >= 0),
    )
    shuffled, past = (number(r["AUC"]) for r in table(notebook, "AUC", "95% from", "to"))
    text = sentence(notebook, r"flatters the forest by (\S+?)[;:]|does not flatter")
    size = number(text[1]) if text[1] else 0.0
    yield text[0], abs(max(shuffled - past, 0) - size) < 0.0151

    most = max(number(r[TO_SAVE]) for r in table(notebook, TO_SAVE)) / 100
    text, worth = said(notebook, r"A saved customer: (\S+)\. One order: (\S+)\.")
    _, (cost,) = said(notebook, r"^A card costs (\S+); one order")
    year, once = (0.25 * most * value - cost for value in worth)
    pays = sentence(
        notebook, "no list pays. Counting a year|The best list pays|no list pays: keep"
    )[0]
    right = {"The best list pays": once > -0.1, "no list pays: keep": year < 0.1}
    yield f"{pays}, {once} and {year}", right.get(pays, once < 0.1 and year > -0.1)
    text, (today, cards) = said(
        notebook, r"^([\d,]+) recent customers today; there are (\S+) cards"
    )
    yield text, cards == today // 5
    do = sentence(
        notebook, r"write to this list: (.*)\. It has (\S+) c|Choose by a|choose nobody by"
    )
    lists = {r["list"]: number(r[TO_SAVE]) for r in table(notebook, TO_SAVE)}
    yield do[0], not do[1] or (number(do[2]) == cards and lists[do[1]] >= 100 * most - 0.05)
    promised = sentence(notebook, r"Promised, if the assumptions hold: (.*)\.|No profit can be")
    if promised[1]:
        yield promised[0], abs(number(promised[1]) / cards - year) < 0.001 * worth[0] + 0.05
    title = (
        r"^100 cards to the highest risks (earn|lose) (\S+); the best list (?:earns|loses) (\S+)\. "
    )
    bars, told = drawn(notebook, title), sentence(notebook, title)
    text, best = told[0], number(told[3])
    risky = number(told[2]) * (1 if told[1] == "earn" else -1)
    yield f"{text} of {bars}", near(best, abs(most := max(v for v in bars.values() if v == v)))
    yield text, ("list loses" in text) == (most < 0)
    yield f"{text} of {bars}", near(risky, bars[RISKIEST])
