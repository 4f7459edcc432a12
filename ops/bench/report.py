"""The result of a run as tables, for a person."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def show(result: Mapping[str, Any], console: Console) -> None:
    """Ratios first, for they are what can be compared with another machine; then the raw numbers."""
    machine = result["machine"]
    title = f"Mailroom beside its peers: {machine['cores']} cores, Python {machine['python']}"
    summary = Table(title=f"{title}, {result['seconds']:.0f} s", title_justify="left")
    for heading in ("benchmark", "figure", "measured", "wanted", ""):
        summary.add_column(heading, justify="right" if heading in ("measured", "wanted") else "left")
    for ratio in result["ratios"]:
        measured = f"{ratio['value']:g} {ratio['unit']}"
        mark = "[green]reached[/]" if ratio["met"] else "[red]missed[/]"
        summary.add_row(ratio["bench"], ratio["name"], measured, ratio["target"], mark)
    console.print(summary)
    for bench, found in result["figures"].items():
        if "failed" in found:
            console.print(f"{bench} could not be run: {found['failed']}", style="red", markup=False)
        else:
            console.print(raw(bench, found))


def raw(bench: str, found: Mapping[str, Any]) -> Table:
    """The raw numbers of one benchmark: a row for each figure, a column for each contestant."""
    contestants = {name: figures for name, figures in found.items() if isinstance(figures, Mapping)}
    rest = {name: value for name, value in found.items() if name not in contestants}
    table = Table(title=bench, title_justify="left")
    table.add_column("")
    for name in contestants:
        table.add_column(name.replace("_", " "), justify="right")
    rows = list(dict.fromkeys(row for figures in contestants.values() for row in figures))
    for row in rows:
        cells = [plain(figures.get(row)) for figures in contestants.values()]
        table.add_row(str(row).replace("_", " "), *cells)
    if rest:
        table.caption = "  ".join(f"{name.replace('_', ' ')}: {plain(value)}" for name, value in rest.items())
    return table


def plain(value: object) -> str:
    """A figure as text."""
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {plain(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return " ".join(plain(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
