"""What on-call is told when something cannot be done is a whole sentence, by whatever interface it comes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import mailroom.supervisors.oncall

REFUSALS = ("OnCallError", "UnknownTargetError")
ENDS = (".", "?", "!")
TELLS_ITSELF = {"silence(answers)", "nearest_queues(name, known)", "there", "more", "near"}
"""Values that are sentences themselves."""


def refusals() -> Iterator[tuple[str, list[ast.expr]]]:
    folder = Path(next(iter(mailroom.supervisors.oncall.__path__)))
    for file in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                said = node.args[0]
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                yield f"{file.name}:{node.lineno}", parts


def test_every_refusal_of_oncall_begins_and_ends_as_a_sentence():
    wrong, read = [], 0
    for place, parts in refusals():
        first, last = parts[0], parts[-1]
        read += 1
        if isinstance(first, ast.Constant) and str(first.value).split(maxsplit=1)[0].islower():
            word = str(first.value).split(maxsplit=1)[0]
            if word.isalpha():
                wrong.append(f"{place} begins with {word!r}")
        if isinstance(last, ast.Constant) and not str(last.value).endswith(ENDS):
            wrong.append(f"{place} ends without a full stop")
        if isinstance(last, ast.FormattedValue) and ast.unparse(last.value) not in TELLS_ITSELF:
            wrong.append(f"{place} ends with {ast.unparse(last.value)}, and without a full stop")
    assert not wrong, "\n".join(wrong)
    assert read > 30, "the refusals have moved"
