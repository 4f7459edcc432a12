"""The kit that all pages have: its files, by themselves."""

import re

from mailroom.ingress.pages.door import KIT
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const|let) ([\w$]+)", re.MULTILINE)
IMPORTED = re.compile(r'^import \{ (.+) \} from "\./(\w+\.js)";', re.MULTILINE)


def modules() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in KIT.glob("*.js")}


def test_a_module_of_the_kit_takes_from_others_only_what_they_give_and_knows_no_page():
    given = {name: set(EXPORTED.findall(text)) for name, text in modules().items()}
    for name, text in modules().items():
        for taken, other in IMPORTED.findall(text):
            assert {one.split(" as ")[0] for one in taken.split(", ")} <= given[other], name
        assert text.count('from "') == len(IMPORTED.findall(text)), f"{name} takes something of a page"


def test_the_kit_has_words_in_both_languages_for_all_that_it_says():
    words = modules()["words.js"]
    russian, english = (
        set(
            re.findall(
                r"^  (\w+): ", words.partition(f"const {language} =")[2].partition("\n};")[0], re.MULTILINE
            )
        )
        for language in ("RU", "EN")
    )
    used = {name for text in modules().values() for name in re.findall(r'\bt\("(\w+)"', text)}
    assert russian == english
    assert used <= russian


def test_the_kit_is_beside_every_page(serve):
    async def test(served):
        for bot in ("tips", "more"):
            answer = await served.client.get(f"/app/{bot}/kit/api.js")
            assert answer.status_code == 200
            assert answer.content_type == "text/javascript; charset=utf-8"
            assert (await served.client.get(f"/app/{bot}/kit/none.js")).status_code == 404

    serve(test, bots={"tips": "tip_jar", "more": "tip_jar"})
