"""Every text for people can be told in another language: it goes through `mktlab.show.words`.

`words.toml` holds, for each room, how many texts do not yet. The number may only fall.
"""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "mktlab"
CEILINGS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
SAID = {"say", "say_many", "label", "Claim"}
"""Claims are gathered as they stand: a build writes them into notebooks, translated whole."""
TECHNICAL = {"compile", "match", "fullmatch", "search", "sub", "findall", "split", "query", "eval"}
"""Functions whose texts are patterns or code, and `"a b".split()`, a list of names."""
DOOR = "filled"
"""`Case.filled` of course/checking/question.py: it says the words of questions, which stand in
course/questions/*.toml so that an author writes them without code. They are gathered from there."""


def texts(source: str) -> Iterator[str]:
    """The texts of a module that people may read and that no translation reaches.

    A text is a string with a letter and a space outside of tags; an f-string counts once, by what
    stands around its holes. Docstrings, asserts, annotations, patterns and what `say`, `say_many`
    and `label` are given do not count.
    """
    yield from _texts(ast.parse(source))


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assert | ast.arg) or _is_docstring(node):
        return
    if isinstance(node, ast.Call) and _name(node.func) in SAID | TECHNICAL:
        spared = {id(node.func), *(id(arg) for arg in node.args)}
    elif isinstance(node, ast.AnnAssign):
        spared = {id(node.annotation)}
    elif isinstance(node, ast.FunctionDef):
        spared = {id(node.returns)}
    else:
        spared = set()
    text = None
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        spared |= {id(part) for part in node.values if isinstance(part, ast.Constant)}
    elif isinstance(node, ast.FormattedValue):
        spared |= {id(node.format_spec)}
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    if text and _is_told(text):
        yield text
    for child in ast.iter_child_nodes(node):
        if id(child) not in spared:
            yield from _texts(child)


def _is_told(text: str) -> bool:
    bare = re.sub(r"<[^>]*>", "", text).strip()
    return " " in bare and bool(re.search(r"[^\W\d_]", bare)) and not re.search("%[YmdHM]", bare)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


@cache
def counted() -> Counter[str]:
    """How many such texts each room holds."""
    rooms: Counter[str] = Counter()
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        rooms[room] += sum(1 for _ in texts(path.read_text(encoding="utf-8")))
    return rooms


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise ValueError(f"{rows} rows are missing.")', [" rows are missing."]),
        ('title = "Who comes back"', ["Who comes back"]),
        ("text = f\"{many} week{'s' if many > 1 else ''} of rest\"", [" week of rest"]),
        ('note = say("{n} rows", n=f"{rows} or more")', [" or more"]),
        ('say("{rows:count} rows", rows=3)', []),
        ('say_many("{n} row", "{n:count} rows", 3)', []),
        ('def f(x: "list of int"):\n    """What it does."""\n    assert x, "no list here"', []),
        ('names = "radio social".split()', []),
        ('re.sub("a b", "c d", text)', []),
        ("html = f\"<p class='x y'>{text}</p>\"", []),
        ('column = "order_id"', []),
    ],
)
def test_a_text_is_what_people_may_read(source: str, found: list[str]) -> None:
    assert list(texts(source)) == found


@pytest.mark.parametrize("room", sorted(counted() | Counter(CEILINGS)))
def test_texts_that_no_translation_reaches_only_become_fewer(room: str) -> None:
    now, before = counted()[room], CEILINGS.get(room, 0)
    assert now <= before, f"{room} has {now} texts of {before}: write the new one with say(...)"
    assert now == before, f"{room} has {now} texts: lower it in tests/laws/words.toml"


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each call of `say` and `say_many` in the package but that of DOOR, after its place."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        ours = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "mktlab.show.words"
            for alias in node.names
        } & {"say", "say_many"}
        for call in _outside_of_the_door(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ours:
                yield f"{path.relative_to(PACKAGE)}, line {call.lineno}", call


def _outside_of_the_door(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.FunctionDef) and child.name == DOOR):
            yield child
            yield from _outside_of_the_door(child)


def sentences(call: ast.Call) -> list[ast.expr]:
    return call.args[: 2 if _name(call.func) == "say_many" else 1]


def test_a_sentence_is_written_where_it_is_said() -> None:
    """Only so can a program gather the sentences that are to be translated."""
    assert [
        place
        for place, call in calls()
        if not all(isinstance(sentence, ast.Constant) for sentence in sentences(call))
    ] == []


def test_one_door_alone_says_what_is_written_elsewhere() -> None:
    doors = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if f"def {DOOR}(" in path.read_text(encoding="utf-8")
    ]
    assert doors == ["course/checking/question.py"]


def test_a_sentence_is_given_what_it_asks_for_and_nothing_else() -> None:
    odd = []
    for place, call in calls():
        given = {word.arg for word in call.keywords} - {"currency"}
        told = [str(s.value) for s in sentences(call) if isinstance(s, ast.Constant)]
        asked = {hole for text in told for hole in holes(text)}
        if None not in given and asked - {"n"} != given - {"n"}:
            odd.append(f"{place}: {asked ^ given}")
    assert odd == []


def holes(sentence: str) -> set[str]:
    """The names of the holes of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
