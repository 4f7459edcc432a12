"""Where the files of texts are: in folders by language, of which the first that has a text says it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fluent.syntax import ast

from mailroom.actors.texts.ftl import TextFile
from mailroom.actors.texts.language import Language

SUFFIX = ".ftl"


@dataclass(frozen=True)
class Folders:
    """Folders that have a folder for each language each; those before come first."""

    roots: tuple[Path, ...]
    _files: dict[Path, TextFile] = field(default_factory=dict, repr=False, compare=False)

    def languages(self, default: Language) -> tuple[Language, ...]:
        """All that the first of them has, the default one last: it is for whoever speaks none of the others.
        Whoever is given texts of somebody else's to say adds no language by that.
        """
        return (*(one for one in self._in(self.roots[0]) if one != default), default)

    def last_resort(self, default: Language) -> tuple[Language, ...]:
        """Where a text is looked for that a language lacks: the default one, and, of texts of somebody
        else's, those that they are written in.
        """
        return tuple(dict.fromkeys((default, *(self._in(self.roots[-1]) if len(self.roots) > 1 else ()))))

    @property
    def read(self) -> frozenset[Path]:
        """The files that were looked into."""
        return frozenset(self._files)

    def _in(self, root: Path) -> list[Language]:
        found = root.iterdir() if root.is_dir() else ()
        return sorted(Language(one.name) for one in found if any(one.rglob(f"*{SUFFIX}")))

    def files(self, language: Language, theme: str) -> list[TextFile]:
        """The files of a theme in a language that there are."""
        paths = [root / language / f"{theme}{SUFFIX}" for root in self.roots]
        return [self._files.setdefault(path, TextFile(path)) for path in paths if path.is_file()]


@dataclass(frozen=True)
class Place:
    """A theme in a language."""

    folders: Folders
    language: Language
    theme: str
    """Its path within the folder of a language, without the suffix; empty: all of it."""

    def within(self, name: str) -> "Place":
        """A theme within this one."""
        return Place(self.folders, self.language, f"{self.theme}/{name}" if self.theme else name)

    @property
    def files(self) -> list[TextFile]:
        """Its files, those that come first before the others."""
        return self.folders.files(self.language, self.theme)

    @cached_property
    def path(self) -> Path:
        """Where its file is to be written: in the first of the folders, whose languages they are."""
        return self.folders.roots[0] / self.language / f"{self.theme}{SUFFIX}"

    def messages(self, name: str) -> Iterator[ast.Message]:
        """Its texts of this name."""
        return (file.messages[name] for file in self.files if name in file.messages)
