"""Where a module says what its names are, for telling its author."""

import ast
import inspect
from difflib import get_close_matches
from types import ModuleType


def line_of(module: ModuleType, attribute: str) -> int | None:
    """The line on which a module last gave a name its value; None where it cannot be told."""
    name = attribute.partition(".")[0]
    try:
        body = ast.parse(inspect.getsource(module)).body
    except (OSError, TypeError, SyntaxError):
        return None
    lines = [statement.lineno for statement in body if name in _given_by(statement)]
    return lines[-1] if lines else None


def name_of(module: ModuleType, value: object) -> str | None:
    """What a module calls this very object."""
    return next((name for name, one in vars(module).items() if one is value), None)


def nearest_name(module: ModuleType, name: str, kind: type) -> str:
    """The end of a sentence about a name that is not there: the one that was probably meant."""
    known = [each for each, value in vars(module).items() if isinstance(value, kind)]
    close = get_close_matches(name, known, n=1, cutoff=0.6) or (known if len(known) == 1 else [])
    return f"; did you mean {close[0]}?" if close else ""


def _given_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in statement.names}
    # Names are looked for in the whole statement: `router, bot = …` and what stands below an `if`.
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
