"""Claims about lesson 53's decision: whoever believes the wrong number loses money by it."""

import pytest

from mktlab.course.questions import given_53 as given
from mktlab.course.questions import lesson_53 as lesson
from mktlab.market.observed import cafes


class Books:
    """What the question needs of a company, without the rest of its market."""

    def __init__(self, seed):
        history = type("History", (), {"seed": seed, "weeks": [None] * 156})()
        self.cafe_weeks = cafes.cafe_weeks(history)
        self.truth = type("Truth", (), {"cafes": cafes.gains(history)})()

    def part(self, names):
        """What posts in these cafés earn, as a part of the best."""
        return given.gain(self, set(names)) / given.gain(self, lesson.best_list(self))


@pytest.fixture(scope="module", params=range(4))
def books(request):
    return Books(request.param)


def test_the_lift_of_all_earns_nearly_all(books):
    assert books.part(given.list_by(books, given.pooled(given.books(books)))) > 0.97


def test_whoever_believes_before_and_after_loses_most_of_it(books):
    mine = given.panel(books)[given.FIRST]
    late = mine.index >= given.start(books)
    naive = mine[late].mean() / mine[~late].mean() - 1
    assert books.part(given.list_by(books, naive)) < 0.7


def test_each_café_by_its_own_test_loses_a_tenth_or_more(books):
    assert books.part(given.list_by(books, given.alone(given.books(books)))) < 0.9


def test_posts_everywhere_lose_money(books):
    assert given.gain(books, set(books.truth.cafes["cafe"])) < 0


def test_whoever_stops_loses_what_posts_bring_to_nadia(books):
    nadia = books.truth.cafes.set_index("cafe").loc[given.FIRST]
    assert nadia["gain_52w"] > 1_000
