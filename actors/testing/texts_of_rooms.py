"""What a room says is in its files, in every language of the room, and all of it is said somewhere."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from mailroom.actors.testing.room_files import Fault, RoomFiles, Source
from mailroom.actors.texts.data import camel
from mailroom.actors.texts.declared import DeclarationError, Texts, Within, declared_in
from mailroom.actors.texts.ftl import TextFault
from mailroom.actors.texts.reading import Spoken, TextsError

READ = "read_texts"
_WORD = re.compile(r"\w+")


def text_faults(room: RoomFiles) -> Iterator[Fault]:
    """What the files lack or cannot say, files that nothing reads, and texts that nothing says. The modules
    that read texts are imported for it.
    """
    read: list[Spoken[Any]] = []
    for source, name in _readers(room):
        try:
            read.append(getattr(import_module(source.name), name))
        except TextsError as refused:
            yield from (_told(room, fault) for fault in refused.faults)
            return
        except DeclarationError as error:
            yield Fault(source.file, 1, str(error))
            return
    for one in read:
        yield from (_told(room, fault) for fault in one.faults())
    yield from _unread(room, read)
    yield from _unsaid(room, read)


def _readers(room: RoomFiles) -> Iterator[tuple[Source, str]]:
    """Each module of the room that reads texts, and the name it gives them."""
    for source in room.sources:
        for node in source.tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                called = node.value.func
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and READ in (
                    getattr(called, "id", ""),
                    getattr(called, "attr", ""),
                ):
                    yield source, target.id


def _told(room: RoomFiles, fault: TextFault) -> Fault:
    return Fault(_within(room, fault.file), fault.line, fault.words)


def _within(room: RoomFiles, path: Path) -> str:
    near = room.folder.resolve().parent
    return str(path.resolve().relative_to(near)) if path.resolve().is_relative_to(near) else str(path)


def _unread(room: RoomFiles, read: list[Spoken[Any]]) -> Iterator[Fault]:
    known = {path.resolve() for one in read for path in one.folders.read}
    for path in sorted(room.folder.rglob("*.ftl")):
        if path.resolve() not in known:
            yield Fault(_within(room, path), 1, "nothing reads this file: its theme is declared nowhere")


def _unsaid(room: RoomFiles, read: list[Spoken[Any]]) -> Iterator[Fault]:
    said = _names_in(room)
    for theme in {theme for one in read for theme in _themes(one.declared)}:
        if theme.__module__ == room.package or theme.__module__.startswith(f"{room.package}."):
            for name in declared_in(theme):
                if name not in said and camel(name) not in said:
                    file, line = _where(room, theme, name)
                    yield Fault(
                        file,
                        line,
                        f"nobody says {theme.__name__}.{name}: take it out of here and of the files",
                    )


def _themes(declared: type[Texts]) -> Iterator[type[Texts]]:
    yield declared
    for kind in declared_in(declared).values():
        if isinstance(kind, Within):
            yield from _themes(kind.declared)


def _names_in(room: RoomFiles) -> frozenset[str]:
    """Every name by which the room could ask for a text, in Python or in a page."""
    found: set[str] = set()
    for source in room.sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                found.add(node.value)
    for suffix in ("*.js", "*.html"):
        for path in room.folder.rglob(suffix):
            found |= set(_WORD.findall(path.read_text(encoding="utf-8")))
    return frozenset(found)


def _where(room: RoomFiles, theme: type[Texts], name: str) -> tuple[str, int]:
    for source in room.sources:
        if source.name == theme.__module__:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == name:
                    return source.file, node.lineno
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    return source.file, node.lineno
            return source.file, 1
    return theme.__module__, 1
