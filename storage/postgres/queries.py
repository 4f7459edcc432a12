"""Named SQL statements, so that SQL lives in `.sql` files and Python only calls it by name.

A file is a list of statements. Each begins with a header line, its name and what it is for, and ends with
a semicolon at the end of a line:

    -- open_orders: the orders of one customer that nobody has closed yet.
    select id from orders where customer = $1;

A header is recognised only at the top of the file or after such a semicolon; comments inside a statement are
free text.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

HEADER = re.compile(r"-- (?P<name>[a-z][a-z0-9_]*): (?P<purpose>\S.*)")


class QueryFileError(Exception):
    """A `.sql` file cannot be read as named statements; the message says which line to repair."""


def load(path: Path) -> Mapping[str, str]:
    """Read the statements of a file by name; a broken file is refused at import, not at the first query."""
    return MappingProxyType(parse(path.read_text(encoding="utf-8"), source=path.name))


def parse(text: str, *, source: str) -> dict[str, str]:
    """Split the text of a file into its statements; `source` is the name used in complaints."""
    statements: dict[str, str] = {}
    name = ""
    body: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not name:
            if line.strip():
                name = _name_of(line, statements, where=f"{source}:{number}")
            continue
        body.append(line)
        if line.rstrip().endswith(";"):
            statements[name] = "\n".join(body).strip().removesuffix(";")
            name, body = "", []
    if name:
        raise QueryFileError(f"{source}: statement {name!r} does not end with a semicolon")
    return statements


def _name_of(line: str, taken: Mapping[str, str], *, where: str) -> str:
    header = HEADER.fullmatch(line.rstrip())
    if header is None:
        raise QueryFileError(f"{where}: expected a header like '-- name: what it is for'")
    if header["name"] in taken:
        raise QueryFileError(f"{where}: a second statement is called {header['name']!r}")
    return header["name"]
