"""The files of a room, read and not run: its Python as syntax trees, its SQL as statements."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from mailroom.actors.testing.sql_text import bare
from mailroom.storage.postgres.queries import QueryFileError, parse

NOT_OF_IT = frozenset({"tests", "__pycache__"})
"""Folders in a room's own that are no part of what runs."""
MIGRATIONS = "migrations"
_SQL = re.compile(r"\s*(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH|CREATE|ALTER|MERGE)\b", re.IGNORECASE)
"""How a text in Python begins that is a statement."""
_SPACE = re.compile(r"\s+")
_SQL_WORDS_MIN = 3


class NoRoomError(Exception):
    """There is no package of this name; look at what is on the import path."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a room, and what to do."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words}"


@dataclass(frozen=True)
class Source:
    """A module of the room."""

    name: str
    """As it is imported."""
    file: str
    tree: ast.Module
    is_package: bool

    def source_of(self, node: ast.ImportFrom) -> str:
        """The module that names are imported from, a relative one in full."""
        if not node.level:
            return node.module or ""
        near = self.name.split(".")[: len(self.name.split(".")) + self.is_package - node.level]
        return ".".join([*near, *([node.module] if node.module else [])])


@dataclass(frozen=True)
class Statement:
    """A statement of the room, or a migration, whole."""

    file: str
    line: int
    name: str
    text: str
    """Without comments."""

    def line_at(self, place: int) -> int:
        """The line of a place in it."""
        return self.line + self.text.count("\n", 0, place)


@dataclass(frozen=True)
class RoomFiles:
    """All of them."""

    package: str
    folder: Path

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Its modules."""
        return tuple(self._source(path) for path in self._paths("*.py"))

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What it runs: those of its `.sql` files, by name, and texts in Python that begin like one."""
        files = (path for path in self._paths("*.sql") if not self._moves(path))
        in_python = (one for source in self.sources for one in _texts(source))
        return (*(one for path in files for one in self._named(path)), *in_python)

    @cached_property
    def migrations(self) -> tuple[Statement, ...]:
        """What makes its tables, a file each."""
        return tuple(
            Statement(self._told(path), 1, path.stem, bare(path.read_text(encoding="utf-8")))
            for path in self._paths("*.sql")
            if self._moves(path)
        )

    def within(self, part: str) -> Iterator[Source]:
        """The modules of a folder of it."""
        whole = f"{self.package}.{part}"
        return (one for one in self.sources if one.name == whole or one.name.startswith(f"{whole}."))

    def _paths(self, pattern: str) -> list[Path]:
        paths = sorted(self.folder.rglob(pattern))
        return [path for path in paths if not NOT_OF_IT & set(path.relative_to(self.folder).parts)]

    def _moves(self, path: Path) -> bool:
        return MIGRATIONS in path.relative_to(self.folder).parts

    def _told(self, path: Path) -> str:
        return str(path.relative_to(self.folder.parent))

    def _source(self, path: Path) -> Source:
        parts = path.relative_to(self.folder).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join((self.package, *(parts[:-1] if is_package else parts)))
        return Source(name, self._told(path), ast.parse(path.read_text(encoding="utf-8")), is_package)

    def _named(self, path: Path) -> Iterator[Statement]:
        text = path.read_text(encoding="utf-8")
        try:
            named = parse(text, source=path.name)
        except QueryFileError:  # not one of named statements: still all of it is SQL
            named = {path.stem: text}
        for name, statement in named.items():
            line = text.count("\n", 0, max(text.find(statement), 0)) + 1
            yield Statement(self._told(path), line, name, bare(statement))


def files_of(package: str) -> RoomFiles:
    """The files of a package, which is found and not imported. Raises `NoRoomError`."""
    try:
        found = find_spec(package)
    except ModuleNotFoundError:
        found = None
    if found is None or not found.submodule_search_locations:
        raise NoRoomError(f"there is no package {package!r} on the import path")
    return RoomFiles(package, Path(next(iter(found.submodule_search_locations))))


def _texts(source: Source) -> Iterator[Statement]:
    words = {id(one) for one in _docstrings(source.tree)}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        text = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words:
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)  # type: ignore[misc]
        if text and _SQL.match(text) and len(_SPACE.split(text.strip())) >= _SQL_WORDS_MIN:
            yield Statement(source.file, node.lineno, "", bare(text))


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
