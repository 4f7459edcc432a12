"""An author's module, by its name in the configuration.

What is wrong with it is the author's to mend: said in one line, with the line of theirs that it is about.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from mailroom.actors.names import fault_of_name, import_by_name
from mailroom.storage.frames import authors_line
from mailroom.storage.words import words


class ModuleFaultError(Exception):
    """The module cannot be had, or is not what it should be; the message says why, and where."""


def imported(name: str, folder: Path | None) -> ModuleType:
    """The module; looked for in `folder` first. Raises `ModuleFaultError`."""
    if folder is not None and str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    if folder is not None and (fault := fault_of_name(folder)):
        raise ModuleFaultError(fault)
    with faults_told(name, folder):
        return import_by_name(name)


@contextmanager
def faults_told(module_name: str, folder: Path | None) -> Iterator[None]:
    """Turn whatever an import of the module raises into a `ModuleFaultError`."""
    try:
        yield
    except ModuleFaultError as error:
        raise ModuleFaultError(f"{error}{at(error, folder)}") from None
    except ModuleNotFoundError as error:
        missing = f"there is no module {error.name!r}"
        if error.name is not None and f"{module_name}.".startswith(f"{error.name}."):
            raise ModuleFaultError(missing + (f" in {folder}" if folder else "")) from error
        raise ModuleFaultError(f"{missing}, which it imports{at(error, folder)}") from error
    except SyntaxError as error:
        raise ModuleFaultError(f"is not Python: {error.msg}{at(error, folder)}") from error
    except (Exception, SystemExit) as error:
        raise ModuleFaultError(f"importing it raised {_on_one_line(error)}{at(error, folder)}") from error


def at(error: BaseException, folder: Path | None) -> str:
    """Where in the author's code, in brackets for the end of a sentence."""
    found = authors_line(error)
    return f" ({_shown(found[0], folder)}:{found[1]})" if found else ""


def defined_in(module: ModuleType, folder: Path | None, line: int | None = None) -> str:
    """In which file a module stands, likewise."""
    file = getattr(module, "__file__", None)
    return f" ({_shown(file, folder)}{f':{line}' if line else ''})" if file else ""


def _on_one_line(error: BaseException) -> str:
    return " ".join(words(error).split())


def _shown(file: str, folder: Path | None) -> str:
    path = Path(file)
    return str(path.relative_to(folder) if folder is not None and path.is_relative_to(folder) else path)
