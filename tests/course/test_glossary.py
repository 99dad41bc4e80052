"""The glossary: one word, one meaning, one French word; each lesson's table is written from it."""

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

import mktlab
from mktlab import MktlabError
from mktlab.course.catalogue import LESSONS
from mktlab.course.glossary import GLOSSARY, table

FILE = Path(mktlab.__file__).with_name("course") / "glossary.csv"


def test_a_word_stands_once_in_either_language_and_in_the_order_of_a_dictionary():
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for language in ("english", "french"):
        twice = [word for word, n in Counter(row[language] for row in rows).items() if n > 1]
        assert not twice, f"in two lines of {FILE.name}: {twice}; make one of them"
    words = [row["english"].casefold() for row in rows]
    late = [word for before, word in pairwise(words) if word < before]
    assert not late, f"{FILE.name}: {late[0]!r} stands too late; its lines go by the alphabet"


def test_every_word_has_its_french_and_its_meaning_fits_one_line_of_a_table():
    for word in GLOSSARY.values():
        assert word.french, f"{FILE.name} has no French for {word.english!r}"
        assert "|" not in "".join(word)
        assert len(word.meaning) <= 100, f"{word.english}: say it in one line"


def test_every_meaning_belongs_to_a_lesson():
    taught = {word for lesson in LESSONS for word in lesson.words}
    explained = {word.english for word in GLOSSARY.values() if word.meaning}
    assert explained == taught, f"{FILE.name} explains, and no lesson lists: {explained - taught}"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("recencies", r"does not explain 'recencies' \(did you mean recency\?\): give its line"),
        ("referral", "does not explain 'referral': give its line a meaning, or take the word out"),
    ],
)
def test_a_word_that_nobody_explained_is_told_in_a_sentence(word, told):
    with pytest.raises(MktlabError, match=told):
        table([word])
