"""What imports may do: none closes a circle, and one inside of a function is there to be put off."""

import sys
from collections.abc import Iterable
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter

from tests.imports import HERE, Import, imports, modules

MODULES_MIN = 700
"""There are more: a check that sees fewer has lost its way."""
PUT_OFF = {
    "ops/cli/*": "a command loads what it needs, and `--help` next to nothing",
    "ops/bench/__init__.py": "the command line names the benchmarks",
    "ops/flood/__init__.py": "the command line names the load tester",
    "ops/oncall_session.py": "commands that ask Redis alone do without asyncpg",
    "ops/preflight.py": "a wrong setting is told before Redis's client is loaded",
    "ops/routers.py": "settings are checked without aiogram",
    "ops/serving.py": "a wrong setting is told before the service is loaded",
    "ops/bundled.py": "what a room is, is read without what runs of it",
    "ops/testing/fixtures.py": "a suite that uses no fixture loads nothing for them",
    "ops/testing/stores.py": "a test that asks Postgres for nothing does without it",
    "ops/quick_aiogram.py": "it is what makes aiogram's import quick",
    "ops/testing/*": "pytest loads fixtures before any test has a chat, and Postgres where it has one",
    "supervisors/oncall/*": "commands that ask Redis alone do without asyncpg",
    "actors/uses/cpu_child.py": "not every system has the module",
    "actors/bots/*/__init__.py": "settings are checked without any framework, for every bot there is",
    "actors/bots/shop/consultant/judge/*": "numpy and the encoder are for the judge's own process",
}
"""Where an import may stand inside of a function, and why."""


def circle_in(some: Iterable[Import]) -> str:
    """A circle of imports as the line of its names; empty where there is none."""
    graph: dict[str, set[str]] = {}
    for one in some:
        if one.imported in modules():
            graph.setdefault(one.importer, set()).add(one.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " <- ".join(error.args[1])
    return ""


def test_no_module_imports_itself_by_way_of_others_not_even_inside_of_a_function():
    assert len(modules()) >= MODULES_MIN
    assert circle_in(one for one in imports() if not one.typing) == ""


def test_no_module_names_itself_by_way_of_others_not_even_for_types():
    assert circle_in(imports()) == ""


def test_a_circle_that_an_import_inside_of_a_function_closes_is_found():
    orders, follow = (f"mailroom.actors.bots.shop.{name}" for name in ("orders", "jobs.follow"))
    hidden = Import("follow.py", 1, follow, orders, inside=True, typing=False)
    done = [one for one in imports() if not one.typing]
    assert orders in circle_in([*done, hidden])


def put_off() -> list[Import]:
    return [one for one in imports() if one.inside]


def test_an_import_inside_of_a_function_has_a_reason():
    assert [one for one in put_off() if not any(fnmatch(one.file, place) for place in PUT_OFF)] == []


def test_no_reason_is_given_for_what_is_not_there():
    assert {place for place in PUT_OFF if not any(fnmatch(one.file, place) for one in put_off())} == set()


@cache
def loaded_with(module: str) -> frozenset[str]:
    """All that an import of a module loads: ours, and the packages of others."""
    found: set[str] = set()
    left = [module]
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        left += by_importer().get(name, ())
        if name.rpartition(".")[0] in modules():
            left.append(name.rpartition(".")[0])
    return frozenset(name if name in modules() else name.partition(".")[0] for name in found)


@cache
def by_importer() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in imports():
        if not one.inside and not one.typing:
            found.setdefault(one.importer, []).append(one.imported)
    return found


def test_an_import_inside_of_a_function_puts_something_off():
    def puts_off(one: Import) -> bool:
        return bool(loaded_with(one.imported) - loaded_with(one.importer) - sys.stdlib_module_names)

    may_be_missing = {"pydantic._internal", "resource"}
    assert [one for one in put_off() if not puts_off(one) and one.imported not in may_be_missing] == []


ROOMS = "mailroom.actors.bots."


def test_no_room_is_named_by_the_platform():
    names = [one for one in imports() if one.imported.startswith(ROOMS)]
    assert len(names) > 500
    assert [one for one in names if not one.file.startswith("actors/bots/")] == []


def test_no_room_is_named_by_the_platform_in_a_text_that_is_imported_by():
    """But for the one place that loads a room by its name."""
    files = [file for file in modules().values() if not file.startswith("actors/bots/")]
    named = {file for file in files if f'"{ROOMS}' in (HERE / file).read_text(encoding="utf-8")}
    assert named <= {"ops/bundled.py"}
