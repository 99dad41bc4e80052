"""Operational marketing in Python: lessons that run, on a company whose truth is known.

A notebook starts from `company = mktlab.load("solane")`, or from the tables of a company of its
reader's own: `mktlab.load("path/to/my/tables")`. `mktlab.exercise(11, company)` gives the
exercise of lesson 11. Every problem that a person can mend is a `MktlabError`, told in plain words.
"""

from mktlab.company import Company
from mktlab.course import exercise
from mktlab.data.load import load
from mktlab.schema import MktlabError
from mktlab.show.words import language

__all__ = ["Company", "MktlabError", "exercise", "language", "load"]
