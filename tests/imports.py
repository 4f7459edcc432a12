"""Who imports what, and where in the file: at its top, inside of a function, or for types alone."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
FOLDERS = ("actors", "supervisors", "ingress", "storage", "ops")
PACKAGE = "mailroom"


@dataclass(frozen=True)
class Import:
    file: str
    line: int
    importer: str
    imported: str
    inside: bool
    """Of a function: it is not done before that is called."""
    typing: bool
    """Under TYPE_CHECKING: it is never done."""


@cache
def modules() -> dict[str, str]:
    """All of ours, by name, with their files."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((HERE / folder).rglob("*.py")):
            file = path.relative_to(HERE)
            found[".".join((PACKAGE, *file.with_suffix("").parts)).removesuffix(".__init__")] = str(file)
    return found


@cache
def imports() -> tuple[Import, ...]:
    """Every import of every module."""
    return tuple(one for name, file in modules().items() for one in _of(name, file))


def _of(importer: str, file: str) -> Iterator[Import]:
    def walk(node: ast.AST, *, inside: bool, typing: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            for imported in _names(importer, child):
                if imported != importer:
                    yield Import(file, child.lineno, importer, imported, inside, typing)
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield from walk(child, inside=inside or function, typing=typing or for_types)

    yield from walk(ast.parse((HERE / file).read_text()), inside=False, typing=False)


def _names(importer: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        is_package = modules()[importer].endswith("__init__.py")
        near = importer.rsplit(".", node.level - is_package)[0] if node.level else ""
        source = ".".join(filter(None, (near, node.module)))
        for alias in node.names:
            whole = f"{source}.{alias.name}"
            yield whole if whole in modules() else source
