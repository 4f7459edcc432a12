"""On-call at work while people write: whatever is restarted, suspended or drained, nothing is lost and order
is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By, NodeReport
from tests.acceptance.load import People, complaints
from tests.acceptance.processes import Simulator, wait_until
from tests.acceptance.service import Service
from tests.acceptance.shape import APART, TOGETHER, usually_in
from tests.acceptance.test_kills import make_progress, wait_for_answers

CHATS = 8
PAUSE_SECONDS = 0.02
"""Between two messages of a chat: load enough, and not more than a busy machine answers within the wait."""
BY = By("test", "to see what happens")


class SyncOnCall:
    """On-call's functions, from another process, over Redis: as the command line has it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, work: Callable[[OnCall], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            line = Line(self._url)
            try:
                return await work(OnCall.over(line))
            finally:
                await line.close()

        return asyncio.run(run())

    def nodes(self) -> list[NodeReport]:
        """What every process consists of."""
        found = []
        for process in self(lambda oncall: oncall.look.tree()):
            assert process.root is not None, process.why
            found += walk(process.root)[1:]
        return found


def walk(node: NodeReport) -> list[NodeReport]:
    return [node, *(below for child in node.children for below in walk(child))]


def _others(telegram: Simulator) -> int:
    return sum(len(texts) for chat, texts in telegram.sent().items() if chat != 1)


@pytest.fixture
def oncall(own_redis: EmbeddedRedis) -> SyncOnCall:
    return SyncOnCall(own_redis.url)


@pytest.mark.timeout(300)
@usually_in(APART)
def test_every_node_restarted_in_turn_under_load_loses_nothing(
    service: Service, telegram: Simulator, oncall: SyncOnCall
) -> None:
    paths = list(dict.fromkeys(node.path for node in oncall.nodes()))
    assert "chats/work/timers" in paths
    with People(lambda: service.webhook, CHATS, pause_seconds=PAUSE_SECONDS) as people:
        for path in paths:
            make_progress(people, CHATS)
            oncall(lambda one, path=path: one.act.restart(path, BY))
        make_progress(people)
        people.finish()
    sent = wait_for_answers(telegram, people)
    # A reply that was on its way when its sender was restarted may be said twice, as after a crash.
    assert not complaints(sent, people.acknowledged, crashes=len(paths))
    for node in oncall.nodes():
        assert (node.state, node.error) == ("running", ""), node


@pytest.mark.timeout(300)
@usually_in(TOGETHER)
def test_every_actor_crashed_in_turn_under_load_loses_nothing(
    service: Service, telegram: Simulator, oncall: SyncOnCall
) -> None:
    with People(lambda: service.webhook, CHATS, pause_seconds=PAUSE_SECONDS) as people:
        make_progress(people)
        for round_ in range(3):
            for chat in range(1, CHATS + 1):
                make_progress(people, 2)
                outcome = oncall(lambda one, chat=chat: one.act.restart(f"counter:{chat}", BY))
                print(round_, outcome.says)
        make_progress(people)
        people.finish()
    sent = wait_for_answers(telegram, people)
    assert not complaints(sent, people.acknowledged, crashes=3)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "target",
    ["chats/actors", *(pytest.param(one, marks=pytest.mark.long) for one in ("counter:1", "everything"))],
)
def test_what_is_drained_under_load_does_nothing_until_it_is_resumed_and_then_goes_on_in_order(
    service: Service, telegram: Simulator, oncall: SyncOnCall, target: str
) -> None:
    with People(lambda: service.webhook, CHATS, pause_seconds=PAUSE_SECONDS) as people:
        wait_until(lambda: len(telegram.sent()) == CHATS, "a first answer to everybody")
        outcome = oncall(lambda one: one.act.drain(target, BY, seconds=20))
        assert outcome.unfinished == 0, outcome.says
        before, taken = telegram.sent(), dict(people.acknowledged)
        make_progress(people)  # messages go on being taken
        if target == "counter:1":
            wait_until(lambda: _others(telegram) > sum(map(len, before.values())), "answers to the rest")
            assert telegram.sent()[1] == before[1]
        else:
            assert telegram.sent() == before, "nothing was committed or said"
        service.kill()
        service.start_and_wait()  # it outlives a restart
        assert [one.target for one in oncall(lambda one: one.look.suspensions())]
        assert telegram.sent().get(1, []) == before.get(1, [])
        oncall(lambda one: one.act.resume(target, BY))
        wait_until(
            lambda: len(telegram.sent().get(1, ())) > len(before.get(1, ())), "the first answer after it"
        )
        make_progress(people)
        people.finish()
    assert dict(people.acknowledged) != taken
    sent = wait_for_answers(telegram, people)
    assert not complaints(sent, people.acknowledged, crashes=1)


@usually_in(APART)
def test_a_message_skipped_by_on_call_is_a_dead_letter_that_can_be_requeued(
    service: Service, telegram: Simulator, oncall: SyncOnCall
) -> None:
    chat = "counter:1"
    oncall(lambda one: one.act.drain(chat, BY, seconds=5))
    with People(lambda: service.webhook, 1, pause_seconds=PAUSE_SECONDS) as people:
        wait_until(lambda: people.acknowledged[1] >= 3, "three messages in line")
    report = oncall(lambda one: one.look.chat(chat))
    assert report.depth == people.acknowledged[1]
    oncall(lambda one: one.letters.skip(chat, BY))
    (letter,) = oncall(lambda one: one.letters.find(Wanted()))
    assert (letter.chat, letter.seq) == (Chat("counter", "1"), report.waiting[0].seq)
    oncall(lambda one: one.letters.requeue([letter.id], BY))
    oncall(lambda one: one.act.resume(chat, BY))
    sent = wait_for_answers(telegram, people)
    assert not complaints(sent, people.acknowledged, crashes=0)
    actions = [one.action for one in oncall(lambda one: one.look.audit())]
    assert actions[:4] == ["resume", "requeue", "skip", "drain"]
