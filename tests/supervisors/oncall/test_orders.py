"""Word between processes over the real Redis: orders arrive, are answered, called off, and made up for."""

import asyncio
import json
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest
import trio

from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.suspensions import Suspensions
from mailroom.supervisors.oncall import listener, orders, registry, rpc
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.orders import Order, answer_key, order_key, orders_of
from mailroom.supervisors.oncall.registry import living
from mailroom.supervisors.oncall.reports import By
from mailroom.supervisors.oncall.rpc import RpcClient
from tests.supervisors.oncall.fake_process import Chats, Tree, eventually

BY = By("ann", "a test")
NOWHERE = "unix:///nowhere/redis.sock"


@pytest.fixture
def ask(oncall):
    """Give an order from a process that is none of those asked."""

    def ask(order, seconds=2.0, only=None):
        async def wait():
            asker = RpcClient(oncall.line, None)
            there, _ = await asker.processes()
            asked = [one for one in there if only is None or one.id == only]
            return {one.process.id: one for one in await asker.ask_all(asked, order, seconds)}

        return oncall.runner.run(wait())

    return ask


def _last(printed):
    return json.loads(printed.splitlines()[-1])


def test_every_process_is_listed_with_what_it_is(start, oncall):
    start("one:1:1")
    start("two:2:2", roles=("web",), bots=("shop",))
    first, second = oncall.runner.run(living(oncall.line))
    assert (first.id, first.roles, first.bots) == ("one:1:1", ("worker",), ("shop", "stars"))
    assert "chats/timers" in first.paths
    assert (second.id, second.roles) == ("two:2:2", ("web",))


def test_orders_reach_each_process_and_their_answers_the_asker(start, ask):
    start("one:1:1", chats=Chats({"shop:1": 3}))
    start("two:2:2", tree=Tree(("only",)))
    answers = ask(Order("report"))
    assert [child.path for child in answers["two:2:2"].value.children] == ["only"]
    told = answers["one:1:1"].value.children[0]
    assert (told.state, told.restarts, told.details) == ("running", 2, {"epoch": 7, "x": 1.5})
    answers = ask(Order("quiesce", targets=("bot/shop",)))
    assert (answers["one:1:1"].value, answers["two:2:2"].value) == (3, None)


def test_a_process_of_the_operating_system_is_asked_and_told(process, oncall, ask):
    assert ask(Order("restart", path="chats/timers"))["other:1:1"].error == ""
    assert oncall.act.drain("shop", oncall.by, seconds=0.1).unfinished == 1
    assert [one.id for one in oncall.look.tree()] == ["other:1:1"]
    told, _ = process.communicate("", timeout=10)
    assert _last(told) == [["restart", "chats/timers"]]


def test_one_that_stands_still_is_shown_as_such_and_does_nothing_when_it_wakes(
    process, oncall, ask, monkeypatch
):
    process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    (shown,) = oncall.look.tree()
    assert time.monotonic() - began < 5
    assert (shown.root, shown.pid, shown.roles) == (None, process.pid, ("worker",))
    assert "did not take the order within 2 s" in shown.why
    monkeypatch.setattr(rpc, "LOOK_SECONDS", 0.3)
    answer = ask(Order("restart", path="chats/timers"), seconds=30.0)["other:1:1"]
    assert answer.silent
    assert "it will not do it later" in answer.error
    process.send_signal(signal.SIGCONT)
    eventually(lambda: not ask(Order("report"))["other:1:1"].error)
    told, _ = process.communicate("", timeout=10)
    assert _last(told) == []


def test_a_drain_cannot_promise_anything_for_one_that_stands_still(process, oncall, monkeypatch):
    monkeypatch.setattr(rpc, "LOOK_SECONDS", 0.3)
    process.send_signal(signal.SIGSTOP)
    outcome = oncall.act.drain("shop:1", oncall.by, seconds=0.1)
    assert (outcome.failed, outcome.unfinished) == (1, 1)
    assert "other:1:1 did not take the order" in outcome.says
    assert "commits nothing" not in outcome.says


def test_one_that_was_killed_is_not_waited_for_to_the_end(process, oncall, ask, monkeypatch):
    monkeypatch.setattr(registry, "GONE_SECONDS", 0.3)
    monkeypatch.setattr(rpc, "LOOK_SECONDS", 0.1)
    process.kill()
    process.wait()
    oncall.runner.run(oncall.line.command("PEXPIRE", "mailroom:node:other:1:1", 300))
    # As if it had taken the order just before: nothing is left to call off.
    answering = threading.Thread(target=lambda: _swallow(oncall_url(oncall), "other:1:1"))
    answering.start()
    began = time.monotonic()
    answer = ask(Order("quiesce", targets=("everything",), seconds=60.0), seconds=60.0)["other:1:1"]
    answering.join()
    assert time.monotonic() - began < 5
    assert (answer.silent, answer.error) == (True, "took the order, and has shown no sign of life since")
    assert oncall.look.tree() == []


def oncall_url(oncall):
    return oncall.line._url


def _swallow(url, name):
    async def swallow():
        line = Line(url)
        _, number = await line.command("BLPOP", orders_of(name), 2)
        await line.command("GETDEL", order_key(number.decode()))
        await line.close()

    asyncio.run(swallow())


def test_one_that_leaves_is_listed_no_more(start, oncall, no_farewell):
    start().close()
    eventually(lambda: oncall.look.tree() == [])
    assert oncall.runner.run(oncall.line.command("EXISTS", "mailroom:nodes")) == 0


def test_what_goes_wrong_there_is_said_here(start, ask):
    tree = Tree()
    tree.fault = RuntimeError("chats/timers does not stop: it is stuck")
    start("one:1:1", tree=tree)
    answer = ask(Order("stop", path="chats/timers"))["one:1:1"]
    assert (answer.error, answer.silent) == ("chats/timers does not stop: it is stuck", False)


def test_an_order_of_another_version_is_refused_in_words(start, ask):
    start("one:1:1")
    answer = ask(Order("explode"))["one:1:1"]
    assert "does not understand the order" in answer.error


def test_an_answer_of_another_version_is_taken_for_none():
    reply = orders.read_reply(Order("report"), b'{"value": {"path": ""}, "error": ""}')
    assert "this version does not understand" in reply.error
    assert "this version does not understand" in orders.read_reply(Order("stop"), b"[]").error


def test_an_answer_that_is_too_large_says_so(start, ask, monkeypatch):
    start("one:1:1")
    monkeypatch.setattr(orders, "ANSWER_BYTES_MAX", 300)
    assert "the answer has over" in ask(Order("report"))["one:1:1"].error


def test_a_process_that_takes_no_orders_is_not_buried_under_them(start, oncall, ask, monkeypatch):
    one = start("one:1:1", listens=False)
    oncall.runner.run(registry.beat(oncall.line, one.node.process()))
    monkeypatch.setattr(rpc, "WAITING_MAX", 2)
    oncall.runner.run(oncall.line.command("RPUSH", orders_of("one:1:1"), "a", "b"))
    answer = ask(Order("report"))["one:1:1"]
    assert answer.error == "takes no orders: 2 wait already"
    assert oncall.runner.run(oncall.line.command("LLEN", orders_of("one:1:1"))) == 2
    assert oncall.runner.run(oncall.line.command("KEYS", "mailroom:order:*")) == []


def test_a_look_does_not_wait_for_long_work(start, oncall, ask, monkeypatch):
    tree = Tree()
    one = start("one:1:1", tree=tree)
    tree.freed = one.call(_make_event)
    slow = threading.Thread(
        target=lambda: one.call(lambda: _ask(oncall_url(oncall), Order("restart", path="chats")))
    )
    slow.start()
    eventually(lambda: tree.told)
    assert ask(Order("report"))["one:1:1"].value.path == ""
    one.on_trio(tree.freed.set)
    slow.join(5)
    assert not slow.is_alive()


def test_a_process_does_so_many_orders_at_once_and_stays_listed_meanwhile(start, oncall, ask, monkeypatch):
    monkeypatch.setattr(listener, "AT_ONCE_MAX", 1)
    monkeypatch.setattr(listener, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(registry, "GONE_SECONDS", 0.5)
    monkeypatch.setattr(rpc, "LOOK_SECONDS", 0.1)
    tree = Tree()
    one = start("one:1:1", tree=tree)
    tree.freed = one.call(_make_event)
    assert "may be at it still" in ask(Order("restart", path="chats"), seconds=0.3)["one:1:1"].error
    for _ in range(5):
        assert "did not take the order" in ask(Order("restart", path="oncall"), seconds=5.0)["one:1:1"].error
    one.on_trio(tree.freed.set)
    eventually(lambda: ask(Order("report"))["one:1:1"].value)
    assert tree.told == [("restart", "chats")]


def test_what_was_begun_here_is_finished_though_its_asker_went_away(start):
    tree = Tree()
    one = start("one:1:1", tree=tree)
    tree.freed = one.call(_make_event)

    async def go_away():
        asker = RpcClient(one.line, one.node)
        asking = asyncio.ensure_future(asker.ask(one.node.process(), Order("restart", path="chats"), 30.0))
        while not tree.told:  # noqa: ASYNC110 - the other side is Trio's
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait({asking})
        (running,) = asker._running
        tree.freed.set()
        return await running

    assert one.call(go_away).error == ""


async def _make_event():
    return trio.Event()


async def _ask(url, order):
    line = Line(url)
    asker = RpcClient(line, None)
    there, _ = await asker.processes()
    answers = await asker.ask_all(there, order, 5.0)
    await line.close()
    return answers


def test_the_order_that_restarts_the_listener_is_answered_all_the_same(start, ask):
    class Restarting(Tree):
        async def restart(self, path):
            await one.restart_listener()
            await super().restart(path)

    one = start("one:1:1", tree=Restarting())
    assert ask(Order("restart", path="oncall"), seconds=5.0)["one:1:1"].error == ""
    assert one.tree.told == [("restart", "oncall")]
    assert ask(Order("report"))["one:1:1"].value.path == ""


def test_an_answer_that_nobody_fetches_is_forgotten(start, oncall):
    start("one:1:1")

    def redis(*command):
        return oncall.runner.run(oncall.line.command(*command))

    redis("SET", order_key("7"), b'{"do": "report"}')
    redis("RPUSH", orders_of("one:1:1"), "7")
    assert 0 < eventually(lambda: redis("EXISTS", answer_key("7")) and redis("TTL", answer_key("7"))) <= 60


def test_nothing_is_left_in_redis_when_all_is_answered(start, oncall, ask):
    start("one:1:1")
    ask(Order("report"))
    oncall.act.suspend("chats/timers", oncall.by)
    oncall.act.resume("chats/timers", oncall.by)
    keys = {key.decode() for key in oncall.runner.run(oncall.line.command("KEYS", "mailroom:*"))}
    one = "mailroom:node:one:1:1"
    assert keys == {"mailroom:nodes", one, f"{one}:last", "mailroom:audit"}


def test_the_process_we_are_in_is_asked_while_redis_is_away(start):
    one = start("one:1:1", url=NOWHERE)

    async def look_and_act():
        oncall = OnCall.over(Line(NOWHERE), local=one.node)
        seen = await oncall.look.tree()
        outcome = await oncall.act.restart("chats/timers", BY)
        return seen, outcome

    (seen,), outcome = one.call(look_and_act)
    assert seen.root.children[0].path == "stores"
    assert "Redis does not answer" in seen.why
    assert one.tree.told == [("restart", "chats/timers")]
    assert "could not be written to the audit" in outcome.says


def test_what_needs_redis_says_so_while_it_is_away(start):
    one = start("one:1:1", url=NOWHERE)

    async def act():
        oncall = OnCall.over(Line(NOWHERE), local=one.node)
        for action in (oncall.act.suspend("chats/timers", BY), oncall.act.resume("shop", BY)):
            with pytest.raises(StoreUnavailable):
                await action

    one.call(act)
    assert one.tree.told == []


def test_without_redis_and_a_process_of_our_own_there_is_nothing_to_see():
    async def look():
        await OnCall.over(Line(NOWHERE)).look.tree()

    with pytest.raises(StoreUnavailable):
        asyncio.run(look())


def test_a_listener_lives_through_an_outage_and_makes_up_for_what_it_missed(start, monkeypatch):
    monkeypatch.setattr(listener, "PAUSE_SECONDS_MAX", 0.2)
    monkeypatch.setattr(listener, "AGREE_SECONDS", 0.1)
    with tempfile.TemporaryDirectory(prefix="mailroom-oncall-") as data:
        Path(data).chmod(0o711)
        server = EmbeddedRedis(Path(data))
        url = server.start()
        try:
            tree = Tree((*Tree().paths(), "chats/sweep"))
            one = start("one:1:1", url=url, tree=tree, chats=Chats({"shop:1": 0}))
            two = start("two:2:2", url=url)
            ask = lambda order: one.call(lambda: _ask(url, order))  # noqa: E731 - shorter here
            asyncio.run(_suspend(url, "bot/shop"))
            eventually(lambda: "bot/shop" in one.node._standing)
            server.stop()
            server.start()
            # While nobody heard: two suspensions and a resume, as another process would write them.
            asyncio.run(_suspend(url, "node/chats/timers", "node/elsewhere"))
            asyncio.run(_lift(url, "bot/shop"))
            eventually(lambda: ("suspend", "chats/timers", None) in tree.told)
            eventually(lambda: ("reload", "shop:1") in one.chats.told)
            assert ("forgive", "shop:1") in one.chats.told
            assert "elsewhere" in tree.held
            assert ("suspend", "elsewhere", None) not in tree.told
            eventually(lambda: sorted(a.process.id for a in ask(Order("report"))) == ["one:1:1", "two:2:2"])
            asyncio.run(_lift(url, "node/chats/timers", "node/elsewhere"))
            eventually(lambda: ("resume", "chats/timers") in tree.told)
            eventually(lambda: not tree.held)
            one.close()
            two.close()
        finally:
            server.stop()


async def _suspend(url, *targets, who="ann"):
    line = Line(url)
    for target in targets:
        await Suspensions(line).put(target, who, "a test")
    await line.close()


async def _lift(url, *targets):
    line = Line(url)
    for target in targets:
        await Suspensions(line).lift(target)
    await line.close()


def test_what_a_supervisor_parked_in_one_process_is_not_put_aside_in_another(
    start, clean_redis_url, monkeypatch
):
    monkeypatch.setattr(listener, "AGREE_SECONDS", 0.05)
    one = start("one:1:1")
    asyncio.run(_suspend(clean_redis_url, "node/chats/bots/shop", who="supervisor"))
    asyncio.run(_suspend(clean_redis_url, "node/chats/timers"))
    eventually(lambda: "chats/timers" in one.tree.held)
    assert list(one.tree.held) == ["chats/timers"]


def test_what_is_held_since_the_start_is_not_stopped_again(start, clean_redis_url, monkeypatch):
    monkeypatch.setattr(listener, "AGREE_SECONDS", 0.05)
    asyncio.run(_suspend(clean_redis_url, "node/chats/timers"))
    tree = Tree()
    tree.held["chats/timers"] = "loaded at start"
    one = start("one:1:1", tree=tree)
    eventually(lambda: "node/chats/timers" in one.node._standing)
    assert tree.told == []
