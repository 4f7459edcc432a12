"""The pages render as they are meant: tables are whole, and what they point to is there."""

import re
from pathlib import Path

import pytest

from mailroom.actors.account_kinds import kinds_of
from mailroom.ops.relations import NOT_SET
from mailroom.ops.settings import ENVIRONMENT, BotSettings, Settings
from tests.ops.monitoring.runbook import anchor_of

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "ops/docs").rglob("*.md")),
    *sorted((ROOT / "actors/bots").glob("*/monitoring/*.md")),
]
CELL_END = re.compile(r"(?<!\\)\|")
CONSTRAINTS = (ROOT / "ops/constraints.txt").read_text(encoding="utf-8")
PRODUCTION = (ROOT / "ops/docs/production.md").read_text(encoding="utf-8")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT).with_suffix("")))


def lines_of(page: Path) -> list[str]:
    """Without the blocks of code, which nothing is read in."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE).splitlines()


def tables_of(page: Path) -> list[list[str]]:
    """Each as its lines, with the line before it and the one after it."""
    found: list[list[str]] = []
    before = ""
    for line in [*lines_of(page), ""]:
        if line.startswith("|") and not before.startswith("|"):
            found.append([before])
        if found and (line.startswith("|") or before.startswith("|")):
            found[-1].append(line)
        before = line
    return found


def cells(row: str) -> int:
    return len(CELL_END.findall(row.strip())) - 1


@pages
def test_each_row_of_a_table_has_as_many_cells_as_its_head(page: Path) -> None:
    for before, head, ruler, *rows in tables_of(page):
        after = rows.pop()
        assert re.fullmatch(r"\|( ?:?-+:? ?\|)+", ruler), head
        assert [(row, cells(row)) for row in (ruler, *rows) if cells(row) != cells(head)] == []
        assert all(row.rstrip().endswith("|") for row in rows), head
        assert (before, after) == ("", ""), f"a table stands by itself: {head}"


@pages
def test_what_a_page_links_to_is_there(page: Path) -> None:
    for name, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)]*)\)", "\n".join(lines_of(page))):
        target = page.parent / name if name else page
        assert target.exists(), name
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(anchor_of, headings), (name, anchor)


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_every_variable_is_in_the_table_of_settings(variable: str) -> None:
    rows = [row for row in PRODUCTION.splitlines() if row.startswith("|") and f"`{variable}`" in row]
    assert [row for row in rows if f"`{ENVIRONMENT[variable]}`" in row.split("|")[1]], "beside its setting"


@pytest.mark.parametrize(
    "setting",
    [
        *(name for name in Settings.model_fields if name not in {*NOT_SET, "bots", "payments"}),
        *kinds_of("payment"),
    ],
)
def test_every_setting_is_on_the_page_of_production(setting: str) -> None:
    assert re.search(rf"`\[?(payments\.)?{setting}\]?`", PRODUCTION)


def test_every_setting_of_a_bot_is_on_a_page() -> None:
    text = PRODUCTION + (ROOT / "ops/docs/bring-your-aiogram-bot.md").read_text(encoding="utf-8")
    assert [name for name in BotSettings.model_fields if not re.search(rf"\b{name}\b", text)] == []


def test_the_readme_counts_the_packages_that_there_are() -> None:
    said = re.search(r"Installing up to (\d+) packages", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert said is not None
    assert int(said[1]) == CONSTRAINTS.count("==")


@pytest.mark.parametrize("name", ["add-a-bot", "add-a-provider", "bring-your-aiogram-bot"])
def test_a_page_called_for_a_tool_that_ops_up_does_not_install(name: str) -> None:
    text = (ROOT / f"ops/docs/{name}.md").read_text(encoding="utf-8")
    called = set(re.findall(r"\.venv/bin/([\w-]+)", text))
    assert called <= {"mailroom", "python"}, (
        "ops/test and ops/check make what they need, .venv/bin has it not yet"
    )
