"""What imports may do: none closes a circle, wherever in a file it stands."""

import tomllib
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

HERE = Path(__file__).resolve().parents[1]
MODULES_MIN = 700
"""There are more: a check that sees fewer has lost its way."""


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Each module with those that it imports, at the top of its file or inside of a function."""
    package = tomllib.loads((HERE / "pyproject.toml").read_text())["tool"]["importlinter"]["root_package"]
    graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)
    return {name: frozenset(graph.find_modules_directly_imported_by(name)) for name in graph.modules}


def circle_in(graph: Mapping[str, frozenset[str]]) -> str:
    """A circle of imports as the line of its names; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " <- ".join(error.args[1])
    return ""


def test_no_module_imports_itself_by_way_of_others():
    assert len(imports()) >= MODULES_MIN
    assert circle_in(imports()) == ""


def test_a_circle_that_an_import_in_a_function_would_close_is_found():
    orders, follow = "bots.shop.orders", "bots.shop.jobs.follow"
    (orders,) = [name for name in imports() if name.endswith(orders)]
    (follow,) = [name for name in imports() if name.endswith(follow)]
    assert follow in imports()[orders]
    assert circle_in({**imports(), follow: imports()[follow] | {orders}}) != ""
