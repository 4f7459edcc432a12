"""`/ops`: what it asks of on-call's functions, and what it answers."""

import asyncio
import json

import pytest
import trio

from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.app import create_app
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.ingress.telegram.webhook import BODY_BYTES_MAX
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.dead_letters import DeadLetter, Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.concerns import Concern, Thing
from mailroom.supervisors.oncall.dead import DeadEverywhere
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.reports import By, ChatLine, NodeReport, Outcome, ProcessReport
from tests.ingress.conftest import BEARER, TOKEN

API = By("api", "it is broken")


def letter(payload='{"update_id": 1}'):
    return DeadLetter(
        "shop:1:7",
        Chat("shop", "1"),
        7,
        70,
        "message",
        "chat",
        "t",
        1,
        2,
        5,
        3,
        "E: no",
        "Tb",
        payload,
        False,
    )


# Who is let in


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer " + TOKEN[:-1]},
        {"Authorization": "Bearer "},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer токен"},
    ],
)
def test_without_the_token_nothing_is_told_and_nothing_is_done(ask, oncall, headers):
    for method, path in [("GET", "/ops/tree"), ("POST", "/ops/suspend"), ("GET", "/ops/no-such-thing")]:
        answer = ask(method, path, headers=headers)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "token" in answer.json["error"]
    assert oncall.mock_calls == []


def test_the_token_in_the_address_lets_nobody_in(ask):
    assert ask("GET", f"/ops/tree?token={TOKEN}", headers={}).status == 401


def test_without_a_configured_token_there_is_nothing_but_how_to_switch_it_on(oncall):
    app = create_app(None, None, {"bots": {}}, Operations(oncall, Access(None, Allowance())))

    async def test():
        client = app.test_client()
        for path in ("/ops", "/ops/tree", "/console", "/console/events", "/console/login"):
            for method in ("GET", "POST"):
                answer = await client.open(path, method=method, headers={"Authorization": "Bearer "})
                assert answer.status_code == 404, path
                assert b"MAILROOM_OPS_TOKEN" in await answer.get_data()

    trio.run(test)
    assert oncall.mock_calls == []


# What is seen


def test_the_tree_is_shown_as_json_with_everything_in_it(ask, oncall):
    timers = NodeReport("chats/timers", "worker", "running", 3.5, 2, error="Boom: Ж", details={"epoch": 4})
    root = NodeReport("", "supervisor", "running", 9.0, 0, children=(timers,))
    oncall.look.tree.return_value = [ProcessReport("h:1:2", ("worker",), 1, "h", 9.0, root)]
    answer = ask("GET", "/ops/tree")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (process,) = answer.json
    assert process["roles"] == ["worker"]
    assert process["root"]["children"][0]["error"] == "Boom: Ж"
    assert process["root"]["children"][0]["details"] == {"epoch": 4}


def test_chats_come_in_the_order_asked_for_and_are_written_as_people_write_them(ask, oncall):
    oncall.look.top.return_value = [ChatLine(Chat("shop", "-100"), 9, 1.5, "")]
    answer = ask("GET", "/ops/chats?by=age&most=7")
    assert answer.json == [{"chat": "shop:-100", "depth": 9, "age_seconds": 1.5, "suspended": ""}]
    oncall.look.top.assert_awaited_once_with("age", 7, suspended_too=True)


def test_one_chat_is_asked_for_by_its_address(ask, oncall):
    oncall.look.chat.side_effect = UnknownTargetError('no bot is called "shpo". Did you mean shop:1?')
    answer = ask("GET", "/ops/chats/shpo:1")
    oncall.look.chat.assert_awaited_once_with("shpo:1")
    assert (answer.status, answer.json["error"]) == (404, 'no bot is called "shpo". Did you mean shop:1?')


def test_dead_letters_are_filtered(ask, oncall):
    oncall.dead.find.return_value = DeadEverywhere([letter()])
    answer = ask("GET", "/ops/dead?bot=shop&chat=shop:1&error=price&until_ms=99&most=5")
    assert answer.json[0]["id"] == "shop:1:7"
    assert "X-Incomplete" not in answer.headers
    oncall.dead.find.assert_awaited_once_with(Wanted("shop", Chat("shop", "1"), "price", None, 99), 5)


def test_what_is_missing_from_the_dead_is_said_in_a_header(ask, oncall):
    oncall.dead.find.return_value = DeadEverywhere([letter()], "dead jobs are not shown:\nno Postgrés")
    answer = ask("GET", "/ops/dead")
    assert (answer.status, len(answer.json)) == (200, 1)
    assert answer.headers["X-Incomplete"] == "dead jobs are not shown: no Postgr?s"


def test_reasons_are_counted_with_the_same_filter(ask, oncall):
    oncall.dead.reasons.return_value = [("shop", "E: no", 3)]
    assert ask("GET", "/ops/dead/reasons?bot=shop").json == [{"bot": "shop", "error": "E: no", "count": 3}]
    oncall.dead.reasons.assert_awaited_once_with(Wanted("shop"))


def test_one_dead_letter_is_shown_whole(ask, oncall):
    oncall.dead.show.return_value = letter(payload='{"x": "<script>"}')
    answer = ask("GET", "/ops/dead/shop:1:7")
    assert answer.json["payload"] == '{"x": "<script>"}'
    assert answer.json["chat"] == "shop:1"
    oncall.dead.show.assert_awaited_once_with("shop:1:7")


@pytest.mark.parametrize("path", ["/ops/totals", "/ops/suspensions", "/ops/audit?most=3"])
def test_the_other_views_answer(ask, path):
    assert ask("GET", path).status == 200


def test_the_list_of_routes_tells_what_each_is_for(ask):
    routes = ask("GET", "/ops/").json
    told = {(route["method"], route["path"]): route["for"] for route in routes}
    assert ("PUT", "/ops/dead/<id>") in told
    assert ("POST", "/ops/chats/<target>/skip") in told
    assert all(len(purpose) > 5 for purpose in told.values())


# What is done


@pytest.mark.parametrize(
    ("path", "body", "call"),
    [
        ("restart", {"target": "timers"}, ("act.restart", ("timers", API), {"process": None})),
        (
            "restart",
            {"target": "timers", "process": "h:1"},
            ("act.restart", ("timers", API), {"process": "h:1"}),
        ),
        ("suspend", {"target": "shop"}, ("act.suspend", ("shop", API), {"process": None})),
        ("resume", {"target": "shop"}, ("act.resume", ("shop", API), {"process": None})),
        ("drain", {"target": "shop"}, ("act.drain", ("shop", API), {"seconds": 30.0, "process": None})),
        (
            "drain",
            {"target": "a", "seconds": 2},
            ("act.drain", ("a", API), {"seconds": 2.0, "process": None}),
        ),
        ("chats/shop:1/skip", {}, ("letters.skip", ("shop:1", API), {"seq": None})),
        ("chats/shop:1/skip", {"seq": 7}, ("letters.skip", ("shop:1", API), {"seq": 7})),
        ("dead/requeue", {"ids": ["a", "b"]}, ("dead.requeue", (["a", "b"], API), {})),
        ("dead/drop", {"filter": {}}, ("dead.drop", (Wanted(), API), {})),
        ("dead/drop", {"filter": {"bot": "x", "error": ""}}, ("dead.drop", (Wanted("x"), API), {})),
    ],
)
def test_an_action_is_done_and_what_came_of_it_is_told(ask, oncall, path, body, call):
    answer = ask("POST", f"/ops/{path}", {**body, "why": " it is\n broken "})
    assert answer.status == 200, answer.json
    assert answer.json["says"] == "It is done."
    assert oncall.mock_calls == [call]


@pytest.mark.parametrize("payload", ['{"update_id": 1}', {"update_id": 1}])
def test_a_payload_is_replaced_by_text_or_by_json(ask, oncall, payload):
    assert ask("PUT", "/ops/dead/shop:1:7", {"payload": payload, "why": "it is broken"}).status == 200
    (edited, text, by), _ = oncall.dead.edit.await_args
    assert (edited, json.loads(text), by) == ("shop:1:7", {"update_id": 1}, API)


def test_who_acts_is_written_down_as_they_say(ask, oncall):
    ask("POST", "/ops/suspend", {"target": "shop", "why": "w"}, headers={**BEARER, "X-Operator": "Жанна"})
    assert oncall.act.suspend.await_args.args[1] == By("Жанна", "w")


@pytest.mark.parametrize("name", ["x" * 201, "a\x1b[31mb"])
def test_a_name_that_would_spoil_the_audit_is_refused(ask, oncall, name):
    answer = ask("POST", "/ops/suspend", {"target": "s", "why": "w"}, headers={**BEARER, "X-Operator": name})
    assert (answer.status, answer.json["error"][:10]) == (400, "X-Operator")
    assert not oncall.act.suspend.called


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("suspend", {"target": "shop"}, "why"),
        ("suspend", {"target": "shop", "why": "  "}, "why"),
        ("suspend", {"target": "shop", "why": "x" * 1001}, "why"),
        ("suspend", {"target": 5, "why": "w"}, "target"),
        ("suspend", {"why": "w"}, "target"),
        ("suspend", {"target": "shop", "why": "w", "force": True}, "force"),
        ("suspend", ["shop"], "object"),
        ("drain", {"target": "shop", "why": "w", "seconds": 601}, "seconds"),
        ("drain", {"target": "shop", "why": "w", "seconds": "soon"}, "seconds"),
        ("chats/shop:1/skip", {"why": "w", "seq": "7"}, "seq"),
        ("dead/drop", {"why": "w"}, "filter"),
        ("dead/drop", {"why": "w", "ids": ["a"], "filter": {}}, "filter"),
        ("dead/drop", {"why": "w", "ids": ["a"] * 1001}, "ids"),
        ("dead/drop", {"why": "w", "filter": {"chat": "shop"}}, "filter.chat"),
        ("dead/drop", {"why": "w", "filter": {"bots": "shop"}}, "filter.bots"),
    ],
)
def test_a_bad_body_is_refused_by_the_name_of_its_field(ask, oncall, path, body, field):
    answer = ask("POST", f"/ops/{path}", body)
    assert answer.status == 400
    assert field in answer.json["error"]
    assert oncall.mock_calls == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 50_000])
def test_a_body_that_is_no_json_is_refused(ask, oncall, body):
    answer = ask("POST", "/ops/suspend", data=body)
    assert (answer.status, "JSON" in answer.json["error"]) == (400, True)
    assert oncall.mock_calls == []


@pytest.mark.parametrize("query", ["by=size", "most=0", "most=1001", "most=x", "top=3"])
def test_a_bad_query_is_refused_by_the_name_of_its_field(ask, query):
    answer = ask("GET", f"/ops/chats?{query}")
    assert (answer.status, query.partition("=")[0] in answer.json["error"]) == (400, True)


def test_what_cannot_be_done_is_a_conflict_that_says_why(ask, oncall):
    oncall.act.suspend.side_effect = OnCallError("stores cannot be suspended")
    answer = ask("POST", "/ops/suspend", {"target": "stores", "why": "w"})
    assert (answer.status, answer.json) == (409, {"error": "stores cannot be suspended"})


def test_a_store_that_is_down_is_tried_again_later(ask, oncall):
    oncall.dead.totals.side_effect = StoreUnavailable("Redis does not answer")
    answer = ask("GET", "/ops/totals")
    assert (answer.status, answer.json) == (503, {"error": "Redis does not answer"})
    assert answer.headers["Retry-After"]


def test_what_is_not_there_and_what_it_does_not_take_is_told_as_json(ask):
    assert ask("GET", "/ops/treee").json["error"].startswith("There is no /ops/treee")
    answer = ask("DELETE", "/ops/tree")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "DELETE" in answer.json["error"]


def test_a_body_that_is_too_large_is_refused(ask, oncall):
    answer = ask("POST", "/ops/suspend", data=b" " * (BODY_BYTES_MAX + 1))
    assert (answer.status, "bytes" in answer.json["error"]) == (413, True)
    assert oncall.mock_calls == []


def test_an_error_of_ours_tells_nothing_but_that_it_is_ours(ask, oncall):
    oncall.look.tree.side_effect = RuntimeError("secret")
    answer = ask("GET", "/ops/tree")
    assert (answer.status, "secret" in answer.json["error"]) == (500, False)


def test_an_action_goes_on_when_its_asker_hangs_up(server, oncall):
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slowly(which, by):
        begun.set()
        await may_end.wait()
        ended.set()
        return Outcome("all", "done")

    oncall.dead.requeue.side_effect = slowly

    async def test(client):
        async with client.request("/ops/dead/requeue", method="POST", headers=BEARER) as connection:
            await connection.send(b'{"filter": {}, "why": "w"}')
            await connection.send_complete()
            await aio(begun.wait)
            await connection.disconnect()
            await connection._client_send.aclose()  # or the client waits for an answer all the same
        may_end.set()
        await aio(ended.wait)

    server.run(test)


def test_what_needs_on_call_is_told_and_how_many_are_dead_of_chats_and_of_jobs(ask, oncall) -> None:
    things = (Thing("job:5", "job/job:5", "no goods"),)
    oncall.attention.concerns.return_value = [
        Concern("dead_jobs", "act", "1 job failed for good", "Retry it.", things=things)
    ]
    (one,) = ask("GET", "/ops/attention").json
    assert (one["kind"], one["number"], one["things"][0]["at"]) == ("dead_jobs", 1, "job/job:5")
    assert ask("GET", "/ops/dead/count?bot=shop").json == {"letters": 1, "jobs": 2, "missing": ""}
    oncall.dead.count.assert_awaited_with(Wanted("shop"))


def test_chats_that_are_suspended_are_left_out_where_that_is_asked(ask, oncall) -> None:
    ask("GET", "/ops/chats?suspended=false")
    oncall.look.top.assert_awaited_with("depth", 20, suspended_too=False)
