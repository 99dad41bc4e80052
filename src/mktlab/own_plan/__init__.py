"""A plan of one's own company: actions, people, a budget and objectives, held against its books.

No market is played here: nobody can play a real one. `OwnPlan.from_toml` reads a plan, `validate`
checks budget, dates, people and lead times, `brief` and `to_excel` put it on paper, and `books`
shows month by month what was planned and what came. `template` writes one to begin with.
"""

from mktlab.own_plan.books import books
from mktlab.own_plan.decisions import Action, Goal, OwnPlan
from mktlab.own_plan.template import template

__all__ = ["Action", "Goal", "OwnPlan", "books", "template"]
