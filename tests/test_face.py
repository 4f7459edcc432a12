"""What authors of bots import from `mailroom`: documented, loaded when asked for, and known to types."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FACE = ROOT / ".package" / "mailroom"
DOCS = ROOT / "ops" / "docs"
PAGE = (DOCS / "from-mailroom.md").read_text(encoding="utf-8")
KIT = (DOCS / "kit.md").read_text(encoding="utf-8")
MODULES = (
    "mailroom",
    "mailroom.kit",
    "mailroom.pages",
    "mailroom.payments",
    "mailroom.testing",
    "mailroom.texts",
    "mailroom.uses",
)
LAZY = {"mailroom": FACE / "__init__.py", "mailroom.kit": FACE / "kit.py"}


def headings(section: str) -> str:
    """The submodule that a section is about; empty where it says none."""
    found = re.search(r"from (mailroom\.\w+) import", section.partition("\n")[0])
    return found[1] if found else ""


def documented(module: str) -> list[str]:
    """The names in the tables of the page, of those sections that are about a module."""
    if module == "mailroom.kit":
        return re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", KIT, re.MULTILINE)))
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    of = [one for one in sections if (headings(one) or "mailroom") == module]
    rows = [line.split("|")[1] for one in of for line in one.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


@pytest.mark.parametrize("module", MODULES)
def test_each_name_stands_once_on_the_page_of_names_and_no_other_does(module):
    assert sorted(documented(module)) == sorted(import_module(module).__all__)


@pytest.mark.parametrize("module", MODULES)
def test_each_name_is_there_and_says_what_it_is_for(module):
    for name in import_module(module).__all__:
        found = getattr(import_module(module), name)
        assert getattr(found, "__doc__", None) or name in ("Source", "Connection"), name


@pytest.mark.parametrize("module", LAZY)
def test_what_runs_and_what_types_are_read_from_say_the_same(module):
    (typing,) = [one for one in ast.parse(LAZY[module].read_text()).body if isinstance(one, ast.If)][:1]
    typed = {}
    for one in typing.body:
        if isinstance(one, ast.ImportFrom):
            typed |= {alias.asname or alias.name: f"{one.module}:{alias.name}" for alias in one.names}
        elif isinstance(one, ast.Assign):
            typed[one.targets[0].id] = typed.pop(one.value.id)
    run = {name: f"mailroom.{place}" for name, place in import_module(module)._FROM.items()}
    assert typed == {name: place if ":" in place else f"{place}:{name}" for name, place in run.items()}


def test_importing_mailroom_loads_nothing_of_it_and_a_name_what_it_needs():
    seen = "import sys, mailroom; print([name for name in sys.modules if name.startswith('mailroom.')])"
    cold = (
        "import sys; from mailroom import BundledBot, Demo, DemoPerson, Kind, Limits, Parts, Patience, Queue;"
        " print([name for name in ('aiogram', 'asyncpg', 'openai', 'quart', 'redis') if name in sys.modules])"
    )
    for code in (seen, cold):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"


def test_a_name_that_is_not_there_is_no_import():
    with pytest.raises(ImportError, match="cannot import name 'Trun' from 'mailroom'"):
        exec("from mailroom import Trun")
