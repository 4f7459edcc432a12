"""The kit that all pages have: its files, by themselves."""

import json
import re
from pathlib import Path

from mailroom.ingress.pages.kit_files import KIT
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

DOC = Path(__file__).parents[3] / "ops/docs/a-page.md"
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


def test_the_page_of_pages_names_each_module_with_what_it_exports():
    rows = re.findall(r"^\| `(\w+\.js)` \| (.+?) \|", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name: re.findall(r"`([^`]+)`", exports) for name, exports in rows}
    given = {name: EXPORTED.findall(text) for name, text in modules().items() if name != "sw.js"}
    assert told == given


def test_the_kit_is_beside_every_page(serve):
    async def test(served):
        for bot in ("tips", "more"):
            answer = await served.client.get(f"/app/{bot}/kit/api.js")
            assert answer.status_code == 200
            assert answer.content_type == "text/javascript; charset=utf-8"
            assert (await served.client.get(f"/app/{bot}/kit/none.js")).status_code == 404

    serve(test, bots={"tips": "tip_jar", "more": "tip_jar"})


def test_the_service_worker_of_a_bot_reaches_its_page_and_no_other(serve):
    async def test(served):
        for bot in ("tips", "more"):
            worker = await served.client.get(f"/app/{bot}/kit/sw.js")
            assert worker.headers["Service-Worker-Allowed"] == f"/app/{bot}/"
            assert "Service-Worker-Allowed" not in (await served.client.get(f"/app/{bot}/main.js")).headers

    serve(test, bots={"tips": "tip_jar", "more": "tip_jar"})


def test_a_page_can_be_installed_by_a_manifest_that_is_made_for_it_or_its_own(serve, folder):
    async def test(served):
        answer = await served.ask("GET", "tips/kit/manifest.webmanifest")
        assert answer.headers["Content-Type"] == "application/manifest+json"
        told = json.loads(answer.body)
        assert (told["name"], told["scope"], told["start_url"], told["icons"]) == (
            "tips",
            "/app/tips/",
            "/app/tips/",
            [],
        )
        (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        told = json.loads((await served.ask("GET", "tips/kit/manifest.webmanifest")).body)
        assert told["icons"] == [{"src": "/app/tips/icon.svg", "sizes": "any", "type": "image/svg+xml"}]
        (folder / "manifest.webmanifest").write_text('{"name": "Own"}')
        assert json.loads((await served.ask("GET", "tips/kit/manifest.webmanifest")).body) == {"name": "Own"}

    serve(test)
