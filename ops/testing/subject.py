"""What is tested: somebody's router, as an object, by its name, or as a function that makes one."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from aiogram import Dispatcher, Router

from mailroom.actors.hosting.load import from_disk

Answering = Router | str | Callable[[], Router]
"""A Router or Dispatcher, `module:attribute`, or a function without arguments that makes one."""


class Subject(Protocol):
    """Gives each process its router."""

    def router(self, *, anew: bool) -> Router:
        """The router; with `anew` as a new process has it."""


class RouterSubject:
    """A router by itself."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def router(self, *, anew: bool) -> Router:
        """The router; with `anew` as a new process has it, which finds nothing in the variables of a module
        that it was named by.
        """
        match self._answering:
            case str() as reference:
                if anew:
                    forget_modules(reference.partition(":")[0])
                found: object = from_disk(reference, None)
            case Router() as found:
                pass
            case make:
                found = make()
        if not isinstance(found, Router):
            raise TypeError(
                f"the fixture `router` is to give an aiogram 3 Router, and made a {type(found).__name__}"
            )
        if not isinstance(found, Dispatcher):
            found._parent_router = None  # noqa: SLF001 - of the process before, or of another test
        return found


def forget_modules(name: str) -> None:
    """Have an author's module, and what lies beside it or below it, imported again when it is next asked
    for.
    """
    top = name.partition(".")[0]
    file = getattr(sys.modules.get(top), "__file__", None)
    beside = Path(file).parent if file and Path(file).name != "__init__.py" else None
    for other, module in list(sys.modules.items()):
        theirs = getattr(module, "__file__", None)
        near = beside is not None and theirs and Path(theirs).parent == beside and not is_test(other)
        if other == top or other.startswith(f"{top}.") or near:
            del sys.modules[other]


def is_test(module: str) -> bool:
    """Whether a module holds tests, by its name."""
    last = module.rpartition(".")[2]
    return last == "conftest" or last.startswith("test_") or last.endswith("_test")
