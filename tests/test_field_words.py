"""Things are called what the field calls them: no metaphor is a name, and few words are our own."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BANNED = frozenset(
    {
        "bell",
        "desk",
        "door",
        "ears",
        "gate",
        "hands",
        "house",
        "lever",
        "office",
        "postman",
        "skim",
        "station",
    }
    | {"till", "turnstile", "workplace", "world"}
)
"""Each stood for several things once. In a sentence they are plain English; as a name they tell nobody what a
thing is: say router, endpoint, client, notifier, harness, simulation, control, sender.
"""
BANNED_ALONE = frozenset({"stand", "stage"})
"""In a longer name they are plain English: `stands_first`, `takes_in_two_stages`."""
STORED_OR_FOREIGN = {
    "door": {
        "actors/people/code.py",
        "actors/bots/shop/page/browsing.py",
        "actors/bots/shop/page/ordering.py",
        "actors/bots/shop/routes/basket.py",
        "actors/bots/shop/routes/browse.py",
        "actors/bots/shop/routes/menu.py",
    },
    "house": {"tests/actors/bots/shop/page/test_mini_app.py"},
    "stage": {"tests/acceptance/shop/buyers.py"},
    "world": {"actors/testing/layers_of_rooms.py"},
}
"""Where such a word is a name still: `door` is a field of a stored job and of stored events; a product of the
demo is called the lighthouse; what a buyer is at; and what is outside of a process.
"""
MOST_ENTRIES = 25
PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ENTRY = re.compile(r"^\*\*(.+?)\*\* ", re.MULTILINE)


def words_of(name: str) -> set[str]:
    """The words that an identifier or a file name is made of, in the singular too."""
    words = {word.lower() for word in PIECES.findall(name)}
    return words | {word.removesuffix("s") for word in words}


def names_in(source: str) -> set[str]:
    """What a module calls its classes, functions, parameters and variables."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                # The name of a test is a sentence.
                names |= {name} if not name.startswith("test_") else set()
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.keyword(arg=str(name)):
                names.add(name)
    return names


def metaphors_in(file: str, source: str) -> set[str]:
    """The banned words by which a file, or something in it, is called."""
    names = names_in(source) | {Path(file).stem}
    found = {piece for name in names for piece in words_of(name)} & BANNED
    found |= {name.lower() for name in names} & BANNED_ALONE
    return {word for word in found if file not in STORED_OR_FOREIGN.get(word, ())}


def files_of(*patterns: str) -> list[str]:
    """Those of the repository; of a copy of it without its history, all that are there."""
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, check=False, capture_output=True, text=True
    )
    found = listed.stdout.splitlines() or [str(one.relative_to(ROOT)) for one in ROOT.rglob("*.py")]
    return [one for one in found if (ROOT / one).is_file() and ".package" not in one and ".venv" not in one]


def test_nothing_is_called_by_a_metaphor() -> None:
    found = {
        file: words
        for file in files_of("*.py")
        if not file.startswith("tests/compat/bots/")
        and (words := metaphors_in(file, (ROOT / file).read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("file", "source", "word"),
    [
        ("ingress/door.py", "", "door"),
        ("ingress/app.py", "class PaymentDoor: ...", "door"),
        ("ingress/app.py", "def open_desk(): ...", "desk"),
        ("ingress/app.py", "def app(*, doors): ...", "door"),
        ("tests/test_app.py", "self.house = 1", "house"),
        ("tests/test_app.py", "Visit(door='page')", "door"),
        ("tests/actors/jobs/stand.py", "", "stand"),
        ("tests/test_app.py", "class Stage: ...", "stage"),
    ],
)
def test_a_metaphor_is_found_wherever_a_name_is_given(file: str, source: str, word: str) -> None:
    assert metaphors_in(file, source) == {word}


def test_a_word_in_a_sentence_is_no_name() -> None:
    assert metaphors_in("tests/test_app.py", '"""At the door."""\ndef test_the_door_is_shut(): ...') == set()


def test_an_exception_is_one_still() -> None:
    for word, files in STORED_OR_FOREIGN.items():
        for file in files:
            source = (ROOT / file).read_text(encoding="utf-8")
            assert word in {piece for name in names_in(source) for piece in words_of(name)}, (word, file)


def entries_of(page: str) -> list[str]:
    return ENTRY.findall((ROOT / "ops/docs" / page).read_text(encoding="utf-8"))


def test_the_glossary_is_short_sorted_and_of_words_that_are_used() -> None:
    entries = entries_of("glossary.md")
    assert 0 < len(entries) <= MOST_ENTRIES
    assert entries == sorted(entries)
    pages = [one for one in (ROOT / "ops/docs").glob("*.md") if one.name != "glossary.md"]
    code = [
        ROOT / one
        for one in files_of("actors/*.py", "storage/*.py", "supervisors/*.py", "ops/*.py", "ingress/*.py")
    ]
    text = "\n".join(one.read_text(encoding="utf-8") for one in [*pages, *code]).lower()
    assert [word for word in entries if not re.search(rf"\b{word}", text)] == []
