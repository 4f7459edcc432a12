"""A file of texts in Project Fluent's format, read: messages as syntax trees, faults with their lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fluent.syntax import FluentParser, ast

_WHAT_TO_DO = {
    "E0002": "a text begins in the first column with its key and ` = `; its further lines are indented",
    "E0003": 'a brace of the text itself is written {"{"} or {"}"}; one that opens a placeable is closed',
    "E0005": "write its text after the `=`, or words as `.name = word` below it",
    "E0010": "one of the forms is for all the rest: mark it with `*`, as in `*[other]`",
    "E0028": "a value is written { $name }",
}


@dataclass(frozen=True, order=True)
class TextFault:
    """What is wrong with a file of texts, and what to do."""

    file: Path
    line: int
    words: str
    fatal: bool = field(default=False, compare=False)
    """Whether the text cannot be said at all: one that is merely missing is said in the default language."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words}"


@dataclass(frozen=True)
class TextFile:
    """One file of texts."""

    path: Path

    @cached_property
    def source(self) -> str:
        """As it is written."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def messages(self) -> dict[str, ast.Message]:
        """Its texts by their keys; the first, where a key is there twice."""
        found: dict[str, ast.Message] = {}
        for one in self._entries:
            if isinstance(one, ast.Message):
                found.setdefault(one.id.name, one)
        return found

    def line(self, node: ast.SyntaxNode) -> int:
        """Where something begins."""
        return self.source.count("\n", 0, node.span.start if node.span else 0) + 1

    def fault(self, node: ast.SyntaxNode | None, words: str, *, fatal: bool = False) -> TextFault:
        """Something wrong at a place in it; None: with the whole of it."""
        return TextFault(self.path, self.line(node) if node else 1, words, fatal)

    def faults(self) -> Iterator[TextFault]:
        """What cannot be read in it, and keys that are there twice."""
        seen: set[str] = set()
        for one in self._entries:
            if isinstance(one, ast.Junk):
                yield self._unread(one)
            elif isinstance(one, ast.Term):
                yield self.fault(
                    one, f"-{one.id.name}: terms are not used here; write the word itself", fatal=True
                )
            elif isinstance(one, ast.Message):
                if one.id.name in seen:
                    yield self.fault(one, f"{one.id.name} is here twice; take one of them away", fatal=True)
                seen.add(one.id.name)

    @cached_property
    def _entries(self) -> list[ast.EntryType]:
        return FluentParser().parse(self.source).body

    def _unread(self, junk: ast.Junk) -> TextFault:
        why = junk.annotations[0]
        assert why.span is not None
        assert junk.span is not None
        # What is not closed is missed at the next text only: the fault is in this one.
        end = junk.span.start + len((junk.content or "").rstrip())
        at = self.source.count("\n", 0, min(why.span.start, end)) + 1
        what_to_do = _WHAT_TO_DO.get(why.code, "see ops/docs/texts.md for how a text is written")
        return TextFault(self.path, at, f"{(why.message or why.code).lower()}: {what_to_do}", fatal=True)
