"""A page and a section asked without HTTP answer as they do over it, and refuse for the same reasons."""

from types import SimpleNamespace

import pytest

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.answer import File, Go, Problem
from mailroom.actors.pages.ask import BODY_BYTES_MAX
from mailroom.actors.runtime import host
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.ingress.asks.answering import status_of
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ops.testing.asked.page import RoomPage
from mailroom.ops.testing.asked.person import Person, Says
from mailroom.ops.testing.asked.question import SentFile
from mailroom.ops.testing.asked.section import RoomSection
from tests.ingress.console.jar_section import Jars
from tests.ingress.console.jar_section import keepers as keepers_of_jars
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    KEY,
    TOKEN,
    Jar,
    folder_fixture,
    jar_fixture,
    keepers,
    serve_fixture,
)

ANN, KEEPER = Person(5001), Person(7)


def room_page(folder, *, held=False, demo=True):
    jar, doing = Jar(), Doing(lambda: held)
    room = SimpleNamespace(bot="tips", demo=demo, signals=RoomSignals(Signals(), "tips"))
    here = BotPage(room, jar.page(folder), "tip_jar", TOKEN, keepers)
    return RoomPage(here, doing, Allowance())


def section(folder, *, held=False):
    parts = Parts(answers=lambda: None, section=Jars().section(folder), roles=keepers_of_jars)
    room = SimpleNamespace(bot="mine", allowance=Allowance())
    return RoomSection(BotSection(Staff.of(room, parts), "tips"), Doing(lambda: held))


def run(asking):
    """What is answered, or the `Problem`."""

    async def main():
        try:
            return await asking()
        except Problem as problem:
            return problem

    return host.run(main)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (("GET", "/jars"), {"language": "en", "chosen": False, "start": "", "name": ""}),
        (("GET", "/jars", {"lang": "ru"}), {"language": "ru", "chosen": True, "start": "", "name": ""}),
        (("GET", "/jars/a/live"), {"minor": 0}),
        (("GET", "/jars/a/pay"), Go("https://pay.example/1")),
        (("GET", "/jars/a/picture"), File(b"0123456789", "image/png", inline=True, digest="d" * 32)),
    ],
)
def test_a_stranger_is_answered_plain_values(folder, asked, answer):
    assert run(lambda: room_page(folder).asks(*asked)) == answer


def test_who_asks_is_proved_as_telegram_proves_it(folder):
    boris = Person(5002, "Boris", "ru", "boris")
    seen = run(lambda: room_page(folder).asks("GET", "/jars/mine", person=boris, start="friend-1"))
    assert seen == {"language": "ru", "chosen": False, "start": "friend-1", "name": "Boris"}
    tip = run(lambda: room_page(folder).asks("POST", "/tips", person=ANN, jar="a", minor=5, key=KEY))
    assert tip == {"jar": "a", "minor": 5, "key": KEY, "person": "tg:5001"}


WRONG = [
    (("POST", "/tips", {"jar": "a", "key": KEY}), {}, "not_signed"),
    (("GET", "/nowhere"), {}, "not_signed"),
    (("GET", "/nowhere"), {"person": ANN}, "not_found"),
    (("GET", "/jars/mine"), {"person": Says("tma forged")}, "not_signed"),
    (("GET", "/jars/mine"), {"person": Says("grant any")}, "not_signed"),
    (("GET", "/jars/all"), {"person": ANN}, "forbidden"),
    (("GET", "/jars/all"), {"person": Person(13)}, "unavailable"),
    (("GET", "/jars/linked"), {"person": ANN}, "forbidden"),
    (("POST", "/tips", {"jar": "a"}), {"person": ANN}, "malformed"),
    (("POST", "/tips", {"jar": "a", "minor": "1", "key": KEY}), {"person": ANN}, "malformed"),
    (("POST", "/tips", {"jar": "a", "more": 1, "key": KEY}), {"person": ANN}, "malformed"),
    (("POST", "/tips", {"jar": "too long a name", "key": KEY}), {"person": ANN}, "malformed"),
    (("POST", "/tips", {"jar": "full", "key": KEY}), {"person": ANN}, "jar_full"),
    (("POST", "/tips"), {"person": ANN, "body": b"{"}, "malformed"),
    (("POST", "/tips"), {"person": ANN, "body": b" " * (BODY_BYTES_MAX + 1)}, "too_large"),
    (("PUT", "/jars/a/note"), {"person": ANN, "file": SentFile(b"x", "image/png")}, "wrong_type"),
    (("PUT", "/jars/a/note"), {"person": ANN, "file": SentFile(b"x" * 101, "text/plain")}, "too_large"),
]


@pytest.mark.parametrize(("asked", "how", "code"), WRONG)
def test_what_a_page_refuses_is_the_problem_as_a_value(folder, asked, how, code):
    assert run(lambda: room_page(folder).refuses(*asked, **how)).code == code


def test_over_http_the_same_is_refused_with_the_same_words(folder, serve):
    async def test(served):
        for (method, path, *fields), how, code in WRONG:
            page, who = room_page(folder), how.get("person")
            if isinstance(who, Person):
                headers = {"Authorization": f"demo {who.id}"}
            else:
                headers = {"Authorization": who.authorization} if who else {}
            file, body = how.get("file"), how.get("body")
            sent = {"json": fields[0]} if fields else {"data": file.content if file else body or b""}
            kind = {"Content-Type": file.type} if file else {}
            answer = await served.client.open(
                f"/app/tips/api{path}", method=method, headers={**headers, **kind}, **sent
            )
            problem = await page.refuses(method, path, *fields, **how)
            told = await answer.get_json()
            assert (answer.status_code, told["code"]) == (status_of(problem), code)
            assert told.get("fields") == problem.more.get("fields")

    serve(test)


def test_a_file_is_sent_up_and_an_act_is_allowed_only_so_often(folder):
    page = room_page(folder)

    async def asking():
        note = await page.asks("PUT", "/jars/a/note", person=ANN, file=SentFile(b"thanks", "text/plain"))
        tips = [await page.asks("POST", "/tips", person=ANN, jar="a", key=KEY) for _ in range(3)]
        return note, len(tips), await page.refuses("POST", "/tips", person=ANN, jar="a", key=KEY)

    note, tips, problem = run(asking)
    assert (note, tips, problem.wrong) == ({"bytes": 6}, 3, "too_many")


def test_what_is_answered_where_a_refusal_is_wanted_is_told(folder):
    with pytest.raises(AssertionError, match="'language': 'en'"):
        run(lambda: room_page(folder).refuses("GET", "/jars"))


def test_while_something_is_held_a_page_is_shown_and_changes_nothing(folder):
    page = room_page(folder, held=True)
    assert run(lambda: page.asks("GET", "/jars"))["language"] == "en"
    assert run(lambda: page.refuses("POST", "/tips", person=ANN, jar="a", key=KEY)).code == "unavailable"


def test_a_section_is_asked_by_who_works_there_by_a_role_and_by_on_call(folder):
    async def asking():
        its = section(folder)
        assert await its.asks("GET", "/jars", color="red", role="keeper") == {"color": "red", "most": 20}
        assert await its.asks("GET", "/jars/1", person=7) == {"jar": 1}
        assert await its.asks("POST", "/jars/1/empty", person=7) == {"says": "Jar 1 is emptied."}
        assert await its.asks("GET", "/jars/live") == {"minor": 5}
        assert (await its.asks("PUT", "/jars/1/note", file=SentFile(b"x", "text/plain")))["says"] == (
            "note: 1 bytes."
        )
        return True

    assert run(asking) is True


@pytest.mark.parametrize(
    ("asked", "how", "code"),
    [
        (("GET", "/jars"), {"person": 8}, "forbidden"),
        (("POST", "/jars/1/break", {"key": "k"}), {"role": "keeper"}, "forbidden"),
        (("POST", "/jars/1/break"), {}, "malformed"),
        (("POST", "/jars/1/empty", {"why": " "}), {}, "malformed"),
        (("GET", "/jars", {"most": "101"}), {}, "malformed"),
        (("GET", "/jars/x"), {}, "not_found"),
        (("DELETE", "/jars/1"), {}, "not_found"),
        (("GET", "/jars/7"), {}, "no_jar"),
    ],
)
def test_what_a_section_refuses_is_the_problem_as_a_value(folder, asked, how, code):
    assert run(lambda: section(folder).refuses(*asked, **how)).code == code


def test_a_role_that_no_ask_of_the_section_names_is_a_mistake_of_the_test(folder):
    with pytest.raises(ValueError, match="there is: keeper"):
        run(lambda: section(folder).asks("GET", "/jars", role="owner"))
