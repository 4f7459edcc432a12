"""Names of modules: `mailroom` is ours, every other one a bot's own.

Until 0.5 what is `mailroom.actors` now was called `actors`, `mailroom.storage` `storage`, and so on. Names
like these stand in stored FSM data and in settings, and still lead to where they led.
"""

import importlib
from pathlib import Path
from types import ModuleType

OURS = "mailroom"
FORMER = frozenset({"actors", "supervisors", "ingress", "storage", "ops"})


def import_by_name(name: str) -> ModuleType:
    """The module of a name that was written down at some time: a bot's own of that name comes first."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        absent = error.name is not None and f"{name}.".startswith(f"{error.name}.")
        if not absent or name.partition(".")[0] not in FORMER:
            raise
        try:
            return importlib.import_module(f"{OURS}.{name}")
        except ModuleNotFoundError:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name) from None


def fault_of_name(folder: Path) -> str:
    """Why a bot in this folder cannot import what is its own, or nothing."""
    for file in (folder / f"{OURS}.py", folder / OURS / "__init__.py"):
        if file.is_file() and not file.samefile(str(importlib.import_module(OURS).__file__)):
            taken = file if file.parent == folder else file.parent
            return f"the name {OURS} is taken: `import {OURS}` finds Mailroom itself, so rename {taken}"
    return ""
