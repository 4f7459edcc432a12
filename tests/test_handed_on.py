"""What a process has is handed on whole, or the one or two things of it that are used."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields

from mailroom.ops.process import Process
from tests.imports import HERE, modules

ONE_BY_ONE_MAX = 3
"""What is opened on top of others before there is a process takes those; nobody needs more."""
HIDDEN = re.compile(r"type: ignore\[[^\]]*\boverride\b")


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for file in modules().values():
        for node in ast.walk(ast.parse((HERE / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{file}: {node.name}", node


def taken(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """What a process has, among the parameters of a function."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    kinds = {ast.unparse(one.annotation).strip("'\"") for one in given if one.annotation is not None}
    return kinds & {getattr(one.type, "__name__", str(one.type)) for one in fields(Process)}


def test_nobody_takes_one_by_one_what_a_process_has():
    found = {where: taken(function) for where, function in functions()}
    assert "Stores" in found["ops/bot_services.py: open_bot_services"], "the check sees nothing"
    assert {where: kinds for where, kinds in found.items() if len(kinds) > ONE_BY_ONE_MAX} == {}


def test_no_override_is_hidden_from_the_type_checker():
    texts = {file: (HERE / file).read_text(encoding="utf-8") for file in modules().values()}
    assert [file for file, text in texts.items() if HIDDEN.search(text)] == []
