"""The platform knows no bot by name: in its code stands none of theirs, whatever its comments say."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("ingress", "supervisors", "actors", "storage", "ops")
NAMES = re.compile(r"\b(shop|astral|booking|sales)\b", re.IGNORECASE)
ROOMS = ROOT / "actors" / "bots"
MAY = {
    "ops/bundled.py",  # the one place that loads a room by its name
    "ops/simulators/telegram/found.py",  # top-level domains
}
FROZEN = "storage/postgres/before_schemas/"
"""The old chain of migrations, which is as it was."""
MARKS = {
    ".sql": r"--[^\n]*",
    ".lua": r"--[^\n]*",
    ".js": r"/\*.*?\*/|(?<!:)//[^\n]*",
    ".css": r"/\*.*?\*/",
    ".html": r"<!--.*?-->",
    ".toml": r"#[^\n]*",
    ".yml": r"#[^\n]*",
}
"""How comments are written."""


def code_of(file: Path) -> str:
    """What is in a file besides comments and docstrings, line by line."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        return "\n".join(_without_docstrings(text))
    if file.suffix in MARKS:
        return re.sub(MARKS[file.suffix], lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    return text


def _without_docstrings(text: str) -> Iterator[str]:
    lines = text.splitlines()
    for one in ast.walk(ast.parse(text)):
        # A docstring, and what stands below an attribute to say what it is for.
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and type(one.value.value) is str:
            for number in range(one.lineno - 1, one.end_lineno or one.lineno):
                lines[number] = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and lines[token.start[0] - 1]:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    yield from lines


def named(root: Path) -> list[str]:
    """Where a bot is called by its name."""
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for folder in FOLDERS
        for file in sorted((root / folder).rglob("*"))
        if file.suffix in {".py", *MARKS} and not file.is_relative_to(root / "actors" / "bots")
        for path in [file.relative_to(root).as_posix()]
        if path not in MAY and not path.startswith((FROZEN, "ops/docs/"))
        for number, line in enumerate(code_of(file).splitlines(), 1)
        if NAMES.search(line)
    ]


def test_no_bot_is_called_by_its_name_outside_of_its_room():
    assert named(ROOT) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("ingress/routes.py", 'if bot == "shop": ...'),
        ("supervisors/tree.py", "from mailroom.actors.bots import booking"),
        ("storage/rows.sql", "select 1 from shop.orders -- of ours"),
        ("ingress/static/page.js", 'fetch("/app/sales/api")'),
        ("ops/page.html", "<p>Astral</p>"),
    ],
)
def test_wherever_one_is_it_is_found(tmp_path, file, text):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)

    assert len(named(tmp_path)) == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("actors/queue.py", '"""Of a shop."""\nx = 1  # the shop\n"""What the shop has."""\n'),
        ("storage/rows.sql", "select 1 -- of the shop\n"),
        ("ingress/page.js", "/* the shop */ open(); // a shop\n"),
        ("actors/bots/shop/room.py", 'NAME = "shop"'),
    ],
)
def test_comments_and_docstrings_may_say_it_and_so_may_its_room(tmp_path, file, text):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)

    assert named(tmp_path) == []
