"""The room of `kit.md` is whole and works: taken from the page, put where it says, and used by a person."""

import re
import sys
from pathlib import Path

import pytest

from mailroom.testing import check_room
from tests.actors.bots.bot_harness import NAME, run_scenario

ANN = 100
TEXT = (Path(__file__).parents[3] / "ops/docs/kit.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^\*\*`(\S+\.py)`\*\*\n\n```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE))
TABLES = "\n".join(re.findall(r"^```sql\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE))
MIGRATION = "visits/migrations/0001_visits.sql"


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """Where the page's files are while these tests last."""
    folder = tmp_path_factory.mktemp("kit")
    for name, content in {**FILES, MIGRATION: TABLES}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder), *sys.path])
        yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "visits"]:
        del sys.modules[name]


@pytest.fixture
def play(clean_postgres_url, clean_redis_url):
    return lambda scenario: run_scenario("visits", scenario, clean_postgres_url, clean_redis_url)


async def status(harness):
    return await harness.value("SELECT status FROM visits.visits ORDER BY id DESC LIMIT 1")


async def ends(harness, status="over"):
    """The salon says so."""
    await harness.value(f"UPDATE visits.visits SET status = '{status}' RETURNING id")


def test_the_page_has_each_file_of_its_room():
    assert {name.partition("/")[2] for name in FILES} == {
        "__init__.py", "erasure.py", "parts.py", "policies.py", "screens.py", "visits.py",
    }  # fmt: skip


def test_the_room_keeps_the_rules_of_rooms():
    check_room("visits")


def test_a_message_that_shows_a_visit_turns_with_it(play):
    async def scenario(harness):
        await harness.write(ANN, "/visit")
        assert harness.heard(ANN) == ["<b>Visit 1</b> is asked."]
        await harness.tap(ANN, "I will come")
        assert harness.heard(ANN)[-1] == "<b>Visit 1</b> is confirmed."
        assert [name for name, _ in harness.telegram.calls][-1] == "editMessageText"

    play(scenario)


def test_terms_and_privacy_lead_to_each_other_and_say_what_an_owner_has_written(play):
    async def scenario(harness):
        await harness.write(ANN, "/terms")
        await harness.tap(ANN, "Your data")
        await harness.tap(ANN, "Terms")
        assert harness.heard(ANN) == [
            "Whoever confirms a visit comes.", "We keep when you come.", "Whoever confirms a visit comes.",
        ]  # fmt: skip
        await harness.value(
            "INSERT INTO visits.policies VALUES ($1, 'terms', 'en', 'Come <b>early</b>.', now()) RETURNING 1",
            NAME,
        )
        await harness.write(ANN, "/TERMS")
        assert harness.heard(ANN)[-1] == "Come <b>early</b>."
        await harness.write(ANN, "/terms", language="ru")
        assert harness.heard(ANN)[-1] == "Whoever confirms a visit comes."

    play(scenario)


async def asks(harness):
    await harness.write(ANN, "/privacy")
    await harness.tap(ANN, "Delete my data")
    said = harness.heard(ANN)[-1]
    await harness.tap(ANN, "Yes, delete it")
    return said


def test_who_is_forgotten_is_told_what_goes_and_that_it_is_done_and_the_books_name_nobody(play):
    async def scenario(harness):
        await harness.write(ANN, "/visit")
        await ends(harness)
        said = await asks(harness)
        assert said.splitlines()[::2] == [
            "<b>Delete your data?</b>",
            "That you were here stays, without your name.",
            "This cannot be undone.",
        ]
        assert harness.heard(ANN)[-2:] == [
            "All right. Your data is being deleted; you will get one last message in a few seconds.",
            "Your data is deleted. Should you like to come back, press /start, and we will begin afresh.",
        ]
        assert await harness.value("SELECT user_id FROM visits.visits") < 0
        assert await harness.value("SELECT user_id FROM visits.erasures") is None
        assert await harness.value("SELECT outcome::text FROM visits.owner_log") == '{"visits_kept": 1}'
        assert await harness.value("SELECT who FROM visits.owner_log") == "A guest"
        assert await harness.value("SELECT count(*) FROM visits.owner_log") == 1

    play(scenario)


def test_what_only_waits_is_ended_and_what_is_under_way_is_waited_for(play):
    async def scenario(harness):
        await harness.write(ANN, "/visit")
        await harness.write(ANN, "/visit")
        await harness.tap(ANN, "I will come")
        await asks(harness)
        assert harness.heard(ANN)[-1] == "Your data is deleted after visit 2."
        statuses = "SELECT string_agg(status, ' ' ORDER BY id) FROM visits.visits"
        assert await harness.value(statuses) == "left confirmed"
        assert await harness.value("SELECT user_id FROM visits.erasures") == ANN
        await ends(harness)
        await harness.value("UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() RETURNING id")
        await harness.settled()
        assert harness.heard(ANN)[-1].startswith("Your data is deleted.")

    play(scenario)


def test_whoever_asks_again_begins_nothing_and_may_keep_everything(play):
    async def scenario(harness):
        await harness.write(ANN, "/visit")
        await harness.tap(ANN, "I will come")
        await harness.write(ANN, "/privacy")
        await harness.tap(ANN, "Delete my data")
        await harness.tap(ANN, "Keep everything")
        assert harness.heard(ANN)[-1] == "We keep when you come."
        assert await harness.value("SELECT count(*) FROM visits.erasures") == 0
        await asks(harness)
        await harness.tap(ANN, "Yes, delete it")
        assert harness.heard(ANN).count("Your data is deleted after visit 1.") == 2
        assert await harness.value("SELECT count(*) FROM visits.erasures") == 1

    play(scenario)


def test_the_dialogue_speaks_russian_to_whoever_does(play):
    async def scenario(harness):
        await harness.write(ANN, "/privacy", language="ru")
        await harness.tap(ANN, "Удалить мои данные", language="ru")
        await harness.tap(ANN, "Да, удалить", language="ru")
        assert harness.heard(ANN)[-1].startswith("Ваши данные удалены.")

    play(scenario)
