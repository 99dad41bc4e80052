"""An own-data lesson becomes a report on any company, or says in one sentence what is missing.

Thirty companies are made (`companies.py`): two of them, drawn by the day of the last commit, are
tried at every run, five by `make test-slow`, all by `mktlab lesson check NN --all`. The sentences
of a lesson are recomputed from its printed tables by its checker in `tests/helpers/sentences/`.
"""

import os
import re
from copy import deepcopy
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
from companies import COMPANIES, Company
from company_lines import lines
from stored import ROOT, notebook_at, tags
from turns import day

from mktlab.course import worlds
from mktlab.course.catalogue import LESSONS, find
from mktlab.notebooks import execute
from mktlab.schema import MktlabError

OWN = [lesson for lesson in LESSONS if worlds.on_orders_alone(lesson)]


def cases() -> list[object]:
    """Each lesson on each company: all are asked for, or those whose turn it is."""
    today, found = day() or 0, []
    for number, lesson in enumerate(OWN):
        for place, company in enumerate(COMPANIES):
            turn = (place - 7 * today - 11 * number) % len(COMPANIES)
            marks = [pytest.mark.slow] if turn >= 2 else []
            name = f"{lesson.name}, {company}"
            if os.environ.get("MKTLAB_COMPANIES") == "all":
                found.append(pytest.param(lesson, company, id=name))
            elif turn < 5:
                found.append(pytest.param(lesson, company, id=name, marks=marks))
    return found


def report(lesson, company: Company, folder: Path):
    """The lesson as it ran on the company's own table, without what speaks of Maison Solane."""
    tables = folder / "tables"
    tables.mkdir()
    orders = company.orders()
    orders.to_csv(tables / "orders.csv", index=False)
    if "order_lines" in lesson.tables:
        lines(company, orders).to_csv(tables / "order_lines.csv", index=False)
    notebook = nbformat.read(ROOT / lesson.path(), as_version=4)
    notebook.cells = [c for c in notebook.cells if not {"solane", "catalogue"} & {*tags(c)}]
    for cell in notebook.cells:
        if "parameters" in tags(cell):
            cell.source = f'SOURCE = {str(tables)!r}\nLEARNER = ""'
    path = folder / f"{lesson.name}.ipynb"
    nbformat.write(notebook, path)
    execute(path)
    return nbformat.read(path, as_version=4)


def test_the_companies_are_as_many_as_are_counted():
    assert len(set(COMPANIES)) == worlds.COMPANIES


@pytest.mark.parametrize(("lesson", "company"), cases())
def test_a_company_gets_a_right_report_or_one_sentence(lesson, company, tmp_path):
    try:
        ran = report(lesson, company, tmp_path)
    except MktlabError as problem:
        where, kind, sentence = str(problem).partition(": MktlabError: ")
        assert kind, f"{lesson.name} on {company}: {where}. Say in one sentence what is missing."
        assert len(sentence.splitlines()) == 1, sentence
        return
    checker = f"sentences.lesson_{lesson.number}"
    if find_spec(checker):
        wrong = import_module(checker).wrong(ran)
        assert not wrong, f"{lesson.name} on {company}: {wrong}"


FALSE = {
    "11": {
        "^500 of": "700 of",
        "^56% of": "36% of",
        "^385 of our best": "384 of our best",
        "Both segments have spent much": "Here recency tells little",
        "earn €637": "earn €737",
        "€637 less": "€637 more",
        "^With 500": "With 5000",
    },
    "12": {
        "the file has 1,667 first": "the file has 1,766 first",
        "a later one: 463": "a later one: 436",
        "43% of the first cohort": "34% of the first cohort",
        "25% of a new one": "52% of a new one",
        "17.9 points lower": "17.9 points higher",
        "That is no more than chance": "That is more than chance",
        "^28% were expected": "38% were expected",
        "^More came than": "Fewer came than",
    },
    "13": {
        "^2,560 of": "2,650 of",
        "most in 'where': 2.5": "most in 'where': 1.5",
        "Customers differ most in 'where'": "Customers differ most in 'day'",
        "^Up to 6 groups hold": "Up to 7 groups hold",
        "^Up to 6 groups hold. We": "No groups hold. We",
        "^5 groups explain 67%": "5 groups explain 76%",
        "'cafe, ground': 30%": "'cafe, ground': 13%",
    },
    "14": {
        "have bought Peru Cajamarca, 10 capsules": "have bought Sencha, 100 g",
        "names Sencha, 100 g for 16 of": "names Sencha, 100 g for 61 of",
        "for 16 of 24 products": "for 16 of 20 products",
        "The lift is 1.84": "The lift is 1.48",
        "best sellers for 88%": "best sellers for 67%",
        "^'buy it again' hits most: 67%": "'best sellers' hits most: 67%",
        "gains 23 points": "gains 32 points",
        "for everybody 62%": "for everybody 26%",
        "^2,984 customers bought in": "3 customers bought in",
    },
    "31": {
        "over 26 weeks, 12%": "over 26 weeks, 21%",
        "42% of them bought nothing in the 13": "24% of them bought nothing in the 13",
        "highest risks. It has 596": "highest risks. It has 569",
        "^In 70% of 10,000": "In 60% of 10,000",
        "boosting in 79%": "boosting in 97%",
        "expected 51% of customers": "expected 15% of customers",
        "risks lose €10; the": "risks earn €10; the",
        "the best list earns €145": "the best list earns €154",
        "two models overlap, and yet the lead of boosting is": "Boosting leads, and that is",
        "flatters the forest by 0.04": "flatters the forest by 0.40",
        "Counting one order, no list pays. Counting": "The best list pays. Counting",
        "there are 596 cards": "there are 956 cards",
        "Promised, if the assumptions hold: €875": "Promised, if the assumptions hold: €1,875",
    },
    "34": {
        "was off by 196 orders": "was off by 169 orders",
        "four weeks by 184": "four weeks by 148",
        "method is off by 30 orders": "method is off by 20 orders",
        "better naive one by 51": "better naive one by 72",
        "The regression beats both": "The naive forecast is as good as the regression: it beats no",
        "ahead: 1,447 orders": "ahead: 1,744 orders",
    },
    "41": {
        "^16,528 orders": "16,582 orders",
        "year €606k was kept": "year €629k was kept",
        "over all orders: €38.02": "over all orders: €39.02",
        "Here the two are nearly alike": "Customers who order rarely have the larger orders",
        "^60 of 66 KPIs": "60 of 65 KPIs",
        "customer fell by 4.5%": "customer rose by 4.5%",
        "The company grew": "The company shrank",
        r"Active customers \(3,932": "Active customers (4,932",
    },
    "46": {
        "^156 whole weeks": "160 whole weeks",
        "at least 4 of 7 numbers": "at least 3 of 7 numbers",
        "^On 84 of 155 Mondays": "On 48 of 155 Mondays",
        "^550 red numbers": "750 red numbers",
        "67% by luck alone": "50% by luck alone",
        "4 of 7 numbers changed": "5 of 7 numbers changed",
        "^Late parcels rose": "Revenue rose",
        "alarm in 9 of 130 weeks": "alarm in 9 of 156 weeks",
        "limit of 3.0, 5.6 alarms": "limit of 3.0, 0.6 alarms",
    },
    "47": {
        "Order value €38.09": "Order value €39.09",
        "interval €37.24 to €38.94": "interval €37.54 to €38.64",
        "prove it in 14%": "prove it in 41%",
        "6 of 7 numbers changed": "7 of 7 numbers changed",
        "Late parcels rose by 167%": "Late parcels rose by 67%",
        "in 1 of 20 draws": "in 2 of 20 draws",
        "^off target: 4 of 8": "off target: 3 of 8",
        "80% of the cases: 3,729": "80% of the cases: 1,864",
    },
    "55": {
        "^279 good customers": "379 good customers",
        "off by 30.4 orders a week, smoothing": "off by 20.4 orders a week, smoothing",
        "2,982 customers, 44% buy": "2,982 customers, 54% buy",
        "^63% of the customers": "36% of the customers",
    },
}
"""Lesson -> what it says on the published tables, and what it would be wrong to say there."""


@pytest.mark.parametrize(
    ("lesson", "told", "false"),
    [(lesson, told, false) for lesson in FALSE for told, false in FALSE[lesson].items()],
)
def test_a_checker_knows_a_false_sentence(lesson, told, false):
    ran = deepcopy(notebook_at(ROOT / find(lesson).path()))
    wrong = import_module(f"sentences.lesson_{lesson}").wrong
    assert not wrong(ran)
    for output in [output for cell in ran.cells for output in cell.get("outputs", [])]:
        where, key = (
            (output, "text") if "text" in output else (output.get("data", {}), "text/plain")
        )
        if key in where:
            where[key] = re.sub(told, false, where[key])
    assert wrong(ran)
