"""Misbehaviour on demand, limits, the log of calls, the stream of events, and bad input to all of them."""

import asyncio
import json

import aiohttp
import pytest

TOKEN = "1001:test-token"
SEND = {"chat_id": 5, "text": "x"}


def test_a_429_rule_refuses_until_the_wait_is_over_and_counts_who_did_not_wait(play):
    async def scenario(sim):
        now = [100.0]
        sim.simulation.faults._clock = lambda: now[0]
        await sim.sim(
            "faults", rules=[{"kind": "429", "method": "sendMessage", "retry_after": 7, "times": 1}]
        )
        body = await sim.api("sendMessage", **SEND)
        assert body["description"] == "Too Many Requests: retry after 7"
        assert body["parameters"] == {"retry_after": 7}
        assert sim.headers["Retry-After"] == "7"
        now[0] += 3
        assert (await sim.api("sendMessage", **SEND))["parameters"] == {"retry_after": 5}
        assert (await sim.sim("faults", "GET")) == {"rules": [], "early_calls": 1}
        await sim.result("sendMessage", chat_id=6, text="another chat")
        await sim.result("sendChatAction", chat_id=5, action="typing")
        now[0] += 4
        await sim.result("sendMessage", **SEND)

    play(scenario)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({"kind": "500"}, "500 Internal Server Error"),
        ({"kind": "blocked"}, "403 Forbidden: bot was blocked by the user"),
        ({"kind": "unauthorized"}, "401 Unauthorized"),
        ({"kind": "unknown_bot"}, "404 Not Found"),
    ],
)
def test_a_rule_strikes_the_calls_it_names_as_often_as_it_says(play, rule, status):
    async def scenario(sim):
        await sim.sim("faults", rules=[{**rule, "method": "sendmessage", "chat_id": 5, "times": 2}])
        await sim.result("sendMessage", chat_id=6, text="x")
        await sim.result("sendDice", chat_id=5)
        for _ in range(2):
            assert await sim.refusal("sendMessage", **SEND) == status
        await sim.result("sendMessage", **SEND)

    play(scenario)


@pytest.mark.parametrize(
    ("rule", "status", "content_type", "begins"),
    [
        ({"kind": "html"}, 502, "text/html", "<html>\n<head><title>502 Bad Gateway"),
        ({"kind": "html", "status": 200}, 200, "text/html", "<html>\n<head><title>200 OK"),
        ({"kind": "html", "status": 413}, 413, "text/html", "<html>\n<head><title>413 "),
        ({"kind": "no_json"}, 200, "application/json", "{ok: true"),
        ({"kind": "no_description"}, 502, "application/json", '{"ok":false}'),
        ({"kind": "no_description", "status": 400}, 400, "application/json", '{"ok":false}'),
    ],
)
def test_a_gateway_answers_in_its_own_words_and_the_call_has_no_effect(
    play, rule, status, content_type, begins
):
    async def scenario(sim):
        await sim.sim("faults", rules=[{**rule, "method": "sendMessage", "times": 1}])
        async with sim.http.post(f"{sim.url}/bot{TOKEN}/sendMessage", json=SEND) as response:
            assert (response.status, response.content_type) == (status, content_type)
            assert (await response.text()).startswith(begins)
        call = (await sim.sim("calls", "GET"))["calls"][-1]
        assert call["ok"] is False
        chat = await sim.sim(f"chat?token={TOKEN}&chat_id=5", "GET")
        assert chat["messages"] == []
        await sim.result("sendMessage", **SEND)

    play(scenario)


def test_a_drop_before_has_no_effect_and_a_drop_after_has(play):
    async def scenario(sim):
        for kind, effect in (("drop_before", False), ("drop_after", True)):
            await sim.sim("faults", rules=[{"kind": kind, "times": 1}])
            with pytest.raises(aiohttp.ClientError):
                await sim.api("sendMessage", **SEND)
            call = (await sim.sim("calls", "GET"))["calls"][-1]
            assert call["ok"] is effect
        chat = await sim.sim(f"chat?token={TOKEN}&chat_id=5", "GET")
        assert len(chat["messages"]) == 1

    play(scenario)


def test_a_slow_rule_delays_and_the_call_takes_effect_afterwards(play):
    async def scenario(sim):
        await sim.sim("faults", rules=[{"kind": "slow", "delay_ms": 50, "times": 1}])
        slow = asyncio.create_task(sim.result("sendMessage", chat_id=5, text="slow"))
        await sim.until(lambda: not sim.simulation.faults.rules)
        await sim.result("sendMessage", chat_id=5, text="fast")
        await slow
        texts = [call["args"]["text"] for call in (await sim.sim("calls", "GET"))["calls"]]
        assert texts == ["fast", "slow"]
        await sim.sim("faults", "DELETE")

    play(scenario)


def test_limits_are_off_until_switched_on(play):
    async def scenario(sim):
        for _ in range(40):
            await sim.result("sendMessage", **SEND)
        now = [1000.0]
        sim.simulation.limits._clock = lambda: now[0]
        await sim.sim("limits", enforce=True, chat_burst=3, bot_per_second=5)
        for _ in range(3):
            await sim.result("sendMessage", **SEND)
        assert await sim.refusal("sendMessage", **SEND) == "429 Too Many Requests: retry after 1"
        await sim.result("sendMessage", chat_id=6, text="x")
        await sim.result("sendChatAction", chat_id=5, action="typing")
        now[0] += 1
        await sim.result("sendMessage", **SEND)
        now[0] += 100
        for chat_id in range(10, 15):
            await sim.result("sendMessage", chat_id=chat_id, text="x")
        assert (await sim.refusal("sendMessage", chat_id=15, text="x")).startswith("429")
        assert (await sim.sim("limits", "GET"))["refused"] == 2

    play(scenario)


def test_a_group_hears_twenty_a_minute(play):
    async def scenario(sim):
        await sim.send(chat_id=-50, user_id=1)
        now = [1000.0]
        sim.simulation.limits._clock = lambda: now[0]
        await sim.sim("limits", enforce=True)
        for _ in range(20):
            await sim.result("sendMessage", chat_id=-50, text="x")
        assert (
            await sim.refusal("sendMessage", chat_id=-50, text="x") == "429 Too Many Requests: retry after 3"
        )

    play(scenario)


def test_chats_nobody_opened_can_be_refused(play):
    async def scenario(sim):
        await sim.sim("limits", unknown_chats="refuse")
        assert await sim.refusal("sendMessage", **SEND) == "400 Bad Request: chat not found"
        await sim.send()
        await sim.result("sendMessage", **SEND)

    play(scenario)


def test_the_log_pages_and_filters(play):
    async def scenario(sim):
        for number in range(5):
            await sim.result("sendMessage", chat_id=5 + number % 2, text=str(number))
        await sim.api("sendMessage", chat_id=0, text="x")
        page = await sim.sim("calls?limit=2", "GET")
        assert [call["n"] for call in page["calls"]] == [0, 1]
        rest = await sim.sim(f"calls?since={page['next']}&chat_id=5&token={TOKEN}&method=sendmessage", "GET")
        assert [call["args"]["text"] for call in rest["calls"]] == ["2", "4"]
        failed = (await sim.sim("calls?since=5", "GET"))["calls"][0]
        assert (failed["ok"], failed["error"]) == (False, "Bad Request: chat not found")
        assert failed["token"] == TOKEN

    play(scenario)


def test_events_tell_what_a_user_sees(play):
    async def scenario(sim):
        async with sim.http.get(f"{sim.url}/sim/events", params={"token": TOKEN, "chat_id": "5"}) as stream:

            async def event():
                data = None
                while line := (await stream.content.readline()).decode().strip():
                    if line.startswith("data: "):
                        data = json.loads(line[6:])
                return data

            assert await event() == {}
            await sim.send()
            await sim.send(chat_id=6)
            message = await sim.result("sendMessage", **SEND)
            where = {"chat_id": 5, "message_id": message["message_id"]}
            await sim.result("editMessageText", text="y", **where)
            await sim.result("deleteMessage", **where)
            await sim.result("sendChatAction", chat_id=5, action="typing")
            seen = [await event() for _ in range(6)]
            assert [one["type"] for one in seen] == [
                "bot",
                "message",
                "message",
                "edit",
                "delete",
                "chat_action",
            ]
            assert seen[3]["message"]["text"] == "y"
            assert [one["n"] for one in seen] == sorted(one["n"] for one in seen)

    play(scenario)


def test_any_update_can_be_injected(play):
    async def scenario(sim):
        user = {"id": 5, "is_bot": False, "first_name": "Ann"}
        checkout = {"from": user, "currency": "XTR", "total_amount": 1, "invoice_payload": "p"}
        message = {"chat": {"id": 5, "type": "private"}, "from": user, "text": "raw"}
        answer = await sim.sim("updates", updates=[{"pre_checkout_query": checkout}, {"message": message}])
        first, second = await sim.result("getUpdates")
        assert [first["update_id"], second["update_id"]] == answer["update_ids"]
        assert second["message"]["message_id"] == 1
        assert await sim.result(
            "answerPreCheckoutQuery", pre_checkout_query_id=first["pre_checkout_query"]["id"], ok=1
        )
        refused = await sim.sim("updates", expect=400, updates=[{"news": {}}])
        assert refused["error"].startswith("updates[0]: an update needs one of")
        old = {"message": {**message, "date": 1}}
        assert (await sim.sim("updates", updates=[old]))["update_ids"] == [None]

    play(scenario)


@pytest.mark.parametrize(
    ("control", "given", "complaint"),
    [
        ("send", {"chat_id": 5}, "text is missing"),
        ("send", {"text": "x"}, "chat_id is missing"),
        ("send", {"chat_id": "five", "text": "x"}, "chat_id must be a whole number"),
        ("send", {"chat_id": 5, "text": "x", "count": 0}, "count must be a whole number from 1"),
        ("send", {"chat_id": 5, "text": "x", "cuont": 2}, "unknown: cuont"),
        ("send", {"chat_id": 5, "text": "x", "token": "bad"}, "token must look like"),
        ("tap", {"chat_id": 5, "message_id": 9, "data": "x"}, "there is no chat 5"),
        ("updates", {"updates": {}}, "updates must be a list"),
        ("faults", {"rules": [{"kind": "fire"}]}, "kind must be one of"),
        (
            "faults",
            {"rules": [{"kind": "500", "probability": 2}]},
            "probability must be a number from 0 to 1",
        ),
        ("faults", {"rules": [{"kind": "500", "status": 200}]}, "status goes with: html"),
        ("faults", {"rules": [{"kind": "html", "status": 99}]}, "status must be one of: 200"),
        ("faults", {"rules": [{"kind": "500", "often": 2}]}, "unknown in a rule: often"),
        ("faults", {"rules": 5}, "rules must be a list"),
        ("delivery", {"paused": "yes"}, "paused must be true or false"),
        ("delivery", {"latency": 5}, "unknown: latency"),
        ("limits", {"enforce": 5}, "enforce cannot be 5"),
        ("bots", {"token": TOKEN, "people": {}}, "people must be a list of at most 20"),
        ("bots", {"token": TOKEN, "people": [{"id": 1, "rôle": "x"}]}, "unknown in people: rôle"),
        ("calls", {}, None),
    ],
)
def test_bad_input_gets_a_clear_400(play, control, given, complaint):
    async def scenario(sim):
        answer = await sim.sim(control, expect=400 if complaint else 404, **given)
        assert (complaint or "there is no such control") in answer["error"]

    play(scenario)


def test_who_is_who_is_told_with_the_bot_and_kept_when_it_is_renamed(play):
    async def scenario(sim):
        anna = {"id": 7001, "name": "Анна", "language": "ru", "role": "customer", "hint": "Buys."}
        await sim.sim("bots", token=TOKEN, name="Shop", people=[anna])
        await sim.sim("bots", token=TOKEN, name="Other shop")
        (bot,) = (await sim.sim("bots", "GET"))["bots"]
        assert bot["people"] == [anna]

    play(scenario)


def test_a_body_that_is_not_json_is_refused_too(play):
    async def scenario(sim):
        for body in (b"{", b"[]", b"\xff"):
            response = await sim.http.post(f"{sim.url}/sim/send", data=body)
            assert response.status == 400
            assert "the body" in (await response.json())["error"]

    play(scenario)


def test_a_reset_forgets_everything_but_the_limits(play):
    async def scenario(sim):
        await sim.send()
        await sim.sim("limits", unknown_chats="refuse")
        await sim.sim("faults", rules=[{"kind": "500"}])
        await sim.sim("reset")
        assert (await sim.sim("bots", "GET")) == {"bots": []}
        assert (await sim.sim("faults", "GET"))["rules"] == []
        assert (await sim.sim("limits", "GET"))["unknown_chats"] == "refuse"
        assert (await sim.sim("calls", "GET"))["calls"] == []

    play(scenario)


def test_only_buttons_that_are_there_can_be_pressed(play):
    async def scenario(sim):
        markup = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
        message = await sim.result("sendMessage", **SEND, reply_markup=markup)
        where = {"chat_id": 5, "message_id": message["message_id"]}
        assert "has no button" in (await sim.sim("tap", expect=400, data="b", **where))["error"]
        assert (await sim.sim("tap", data="b", force=True, **where))["callback_query_id"]

    play(scenario)


def test_the_page_runs_and_loads_nothing_foreign(play):
    async def scenario(sim):
        for path in ("/", "/chat.js", "/links.js", "/message.js", "/chat.css"):
            response = await sim.http.get(sim.url + path)
            assert response.status == 200
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            text = await response.text()
            assert "innerHTML" not in text
            assert "//cdn" not in text
        assert (await sim.http.get(f"{sim.url}/../secret")).status == 404

    play(scenario)
