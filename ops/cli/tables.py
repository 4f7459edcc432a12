"""Tables for people: aligned and coloured on a terminal, aligned and nothing else in a pipe."""

import io
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailroom.storage.texts import harmless

PIPE_COLUMNS = 10_000
"""In a pipe nothing is folded: whoever reads it there searches it by lines."""

CELL_CHARS_MAX = 500
"""What a cell shows of a long text: enough to know it again."""

STYLES = {
    "running": "green",
    "starting": "yellow",
    "restarting": "yellow",
    "stopping": "yellow",
    "suspended": "magenta",
    "stopped": "red",
    "parked": "red",
    "stuck": "red",
    "cannot": "red",
}
"""How the states of a node look; what begins with one of these words looks like it."""


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = (), err: bool = False
) -> None:
    """Print rows under their headings. Where the terminal is too narrow the last column is folded; the names
    and numbers before it stay whole. `right` names the columns of numbers.
    """
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(
            name,
            justify="right" if name in right else "left",
            no_wrap=name != columns[-1],
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    _print(table, err=err)


def print_line(text: object, style: str | None = None, *, err: bool = False) -> None:
    """Print text of whatever origin as it is, in a style where there are styles."""
    _print(Text(harmless(text), style=style or ""), err=err)


def first_line(text: str) -> str:
    """The beginning of a text that has more lines than a cell."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _cell(value: object) -> Text:
    text = harmless(value).replace("\n", " ").replace("\t", " ")
    if len(text) > CELL_CHARS_MAX:
        text = f"{text[:CELL_CHARS_MAX]}…"
    return Text(text, style=STYLES.get(text.partition(" ")[0], ""))


def _is_terminal(err: bool) -> bool:
    return (sys.stderr if err else sys.stdout).isatty()


def _print(what: Table | Text, *, err: bool) -> None:
    if _is_terminal(err):
        Console(stderr=err, highlight=False, soft_wrap=isinstance(what, Text)).print(what)
        return
    page = io.StringIO()
    Console(file=page, width=PIPE_COLUMNS, highlight=False).print(what, soft_wrap=isinstance(what, Text))
    print(
        "\n".join(line.rstrip() for line in page.getvalue().splitlines()),
        file=sys.stderr if err else sys.stdout,
    )
