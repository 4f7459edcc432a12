"""Every Russian text, wherever it stands: no letter of another alphabet within a word, «ё» always or never,
quotes as Russian has them.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import mailroom.actors
import mailroom.ingress
import mailroom.ops.simulators.payments

FOLDERS = (mailroom.actors, mailroom.ingress, mailroom.ops.simulators.payments)
READ_NOT_SAID = (
    "offer_line",
    "upload",
    "search",
    "mentions",
    "wording",
    "prose",
    "form",
    "names",
    "chores",
    "patterns",
    "words",
)
"""What people write is looked for there with and without «ё», by parts of words."""
SCRIPTS_TOGETHER = re.compile(r"(?<![A-Za-z])(?!ЮKassa)\w*(?:[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z])\w*")
WITHOUT_YO = re.compile(
    r"\b(?:еще|ее|нее|платеж|платежом|ждет|пришел|пришлем|прошел|дошел|идет|найдет|вернет|вернем|придет|уйдет"
    r"|начнется|зачтен|отменен|заменен|оплачен[ао]е|учтен|счет|счете|расчет|приведен|мое|твое|свое|все-таки"
    r"|черт|объем|учет|отчет|прием|надежн\w+|удален)\b",
    re.IGNORECASE,
)
STRAIGHT_QUOTE = re.compile(r'"[А-яЁё]|[А-яЁё]"')
UNEVEN = re.compile(r"[А-яЁё]  +[А-яЁё]| [,.;:!?…](?=\s|$)")
FAULTS = {
    "letters of two alphabets in a word": SCRIPTS_TOGETHER,
    "«е» where the others have «ё»": WITHOUT_YO,
    "straight quotes": STRAIGHT_QUOTE,
    "a space too many": UNEVEN,
}


def texts() -> Iterator[tuple[str, str]]:
    """Each literal with Russian in it, with the place where it stands."""
    for package in FOLDERS:
        folder = Path(next(iter(package.__path__)))
        for file in sorted(folder.rglob("*.py")):
            if file.stem in READ_NOT_SAID and "texts" not in file.parts:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield f"{file.name}:{node.lineno}", node.value
        for file in sorted(folder.rglob("ru/**/*.ftl")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                yield (
                    f"{file.name}:{number}",
                    line.split(" = ", 1)[-1].strip().replace("{ $", "{$").replace(" }", "}"),
                )
        for file in sorted(folder.rglob("words.js")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                for said in re.findall(r'(?<=["`])[^"`]*[А-яЁё][^"`]*(?=["`])', line):
                    yield f"{file.name}:{number}", re.sub(r"\$\{.*?\}", "0", said)


def test_every_russian_text_is_written_as_russian_is():
    found, read = [], 0
    for place, text in texts():
        if not re.search("[А-яЁё]{2}", text):
            continue
        read += 1
        found += [
            f"{place}: {fault}: {match[0]!r} in {text[:60]!r}"
            for fault, pattern in FAULTS.items()
            for match in pattern.finditer(text)
        ]
    assert not found, "\n".join(found)
    assert read > 600, f"only {read} texts were found: have they moved?"
