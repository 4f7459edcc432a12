"""What a room's code is called for is counted and timed: by its bot, what for, and how it ended."""

import asyncio
from dataclasses import fields
from types import SimpleNamespace

import pytest
from prometheus_client import REGISTRY, Gauge
from pydantic import BaseModel

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.callbacks import ExitError
from mailroom.actors.hosting.counted_parts import counted_parts
from mailroom.actors.hosting.measure import Measure
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.pages.answer import Live, Problem
from mailroom.actors.pages.ask import ANYONE, ON_CALL, Ask, Asked
from mailroom.actors.pages.page import Hook, Page, Section
from mailroom.actors.paying.purpose import Follows, Purpose
from mailroom.actors.paying.restored import Restored
from mailroom.storage.postgres.outbox.outcome import Done, Rejected, Retry, Snoozed

QUEUE = Queue("ink")


class Payload(BaseModel):
    pass


PRINT = Kind("tips.print", Payload, queue=QUEUE)


class Called:
    """Answers whatever it is called with by what it was told to, and counts what a test has not told it."""

    def __init__(self):
        self.answer = None

    async def __call__(self, *_args):
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.fixture(name="called")
def called_fixture():
    return Called()


@pytest.fixture(name="parts")
def parts_fixture(called, tmp_path):
    def jobs(_room):
        handlers = Handlers(QUEUE, "tips")
        handlers.job(PRINT)(called)
        return [handlers]

    return Parts(
        answers=lambda: None,
        jobs=jobs,
        purposes=lambda _room: {"tips.jar": Purpose(called, called, called, called)},
        page=Page(
            tmp_path,
            [Ask("POST", "/tips", Asked, called, ANYONE)],
            links=[Ask("GET", "/feed", Asked, called, ANYONE)],
        ),
        section=Section("Tips", tmp_path, [Ask("GET", "/tips", Asked, called, ON_CALL)]),
        hooks=[Hook("bank", called)],
        roles=called,
        prepare=called,
        forget=called,
        measure=lambda _room: Measure({"full": Gauge("tips_full", "Full jars", registry=None)}, called),
        restored=lambda _room: Restored(called, called),
        whose=lambda _room: called,
    )


def total(callback, name, outcome, bot="tips"):
    labels = {"bot": bot, "callback": callback, "name": name, "outcome": outcome}
    return REGISTRY.get_sample_value("mailroom_callbacks_total", labels) or 0


def functions_of(parts):
    """Every function of a room, by what it is counted as."""
    room = SimpleNamespace(bot="tips")
    (handlers,) = parts.jobs(room)
    (purpose,) = parts.purposes(room).values()
    restored = parts.restored(room)
    return {
        ("job", "tips.print"): handlers.find("tips.print").run,
        ("purpose", "tips.jar paid"): purpose.paid,
        ("purpose", "tips.jar mismatched"): purpose.mismatched,
        ("purpose", "tips.jar given_back"): purpose.given_back,
        ("purpose", "tips.jar troubled"): purpose.troubled,
        ("ask", "post-tips"): parts.page.asks[0].function,
        ("ask", "get-feed"): parts.page.links[0].function,
        ("ask", "get-tips"): parts.section.asks[0].function,
        ("hook", "bank"): parts.hooks[0].read,
        ("roles", ""): parts.roles,
        ("prepare", ""): parts.prepare,
        ("forget", ""): parts.forget,
        ("measure", ""): parts.measure(room).count,
        ("restored", "doubt"): restored.doubt,
        ("restored", "withdraw"): restored.withdraw,
        ("whose", ""): parts.whose(room),
    }


def test_every_function_of_a_room_is_counted_once_by_its_bot_and_what_it_is_for(parts, called):
    called.answer = Follows()
    for (callback, name), function in functions_of(counted_parts(parts, "tips")).items():
        before = total(callback, name, "done")
        assert asyncio.run(function("a", "b", "c")) is called.answer
        assert total(callback, name, "done") == before + 1, (callback, name)
        seconds = {"bot": "tips", "callback": callback}
        assert REGISTRY.get_sample_value("mailroom_callback_seconds_count", seconds) > 0


def test_a_part_that_is_not_counted_would_be_noticed(parts):
    counted = counted_parts(parts, "tips")
    same = {one.name for one in fields(Parts) if getattr(counted, one.name) is getattr(parts, one.name)}
    # What answers is counted where a message is dispatched, periodic work as its job.
    assert same == {"answers", "periodic"}


def test_a_room_without_most_of_it_has_none_of_it_afterwards():
    bare = Parts(answers=lambda: None)
    counted = counted_parts(bare, "tips")
    assert (counted.page, counted.section, counted.measure, counted.restored, counted.whose) == (None,) * 5
    assert list(counted.jobs(None)) == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, "done"),
        (Done(), "done"),
        (Retry("later"), "retry"),
        (Rejected("never"), "rejected"),
        (Snoozed(), "snoozed"),
        (Problem("jar_full"), "problem"),
        (ZeroDivisionError(), "raised"),
        (asyncio.CancelledError(), "cut"),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_how_it_ended_is_counted_with_it_and_comes_out_as_it_was(parts, called, answer, outcome):
    called.answer, before = answer, total("job", "tips.print", outcome)
    run = functions_of(counted_parts(parts, "tips"))["job", "tips.print"]

    async def main():
        try:
            return await run(Payload(), None)
        except BaseException as error:
            return error

    assert asyncio.run(main()) is answer
    assert total("job", "tips.print", outcome) == before + 1


def test_none_of_it_ends_the_process(parts, called):
    # Seen: a handler that ended like a script, by `sys.exit`, took all bots of the process along.
    called.answer = SystemExit("bye")
    for (callback, name), function in functions_of(counted_parts(parts, "tips")).items():
        before = total(callback, name, "raised")
        with pytest.raises(ExitError, match="bye"):
            asyncio.run(function("a", "b", "c"))
        assert total(callback, name, "raised") == before + 1, (callback, name)


def test_each_look_at_what_is_live_is_counted_too(parts, called):
    async def look():
        return {"minor": 1}

    called.answer, before = Live(look, "jar"), total("live", "post-tips", "done")
    live = asyncio.run(counted_parts(parts, "tips").page.asks[0].function(None, None, None))
    assert live.name == "jar"
    for _ in range(2):
        assert asyncio.run(live.look()) == {"minor": 1}
    assert total("live", "post-tips", "done") == before + 2


def test_two_bots_of_one_room_are_counted_apart(parts, called):
    before = total("forget", "", "done", "tips"), total("forget", "", "done", "other")
    asyncio.run(counted_parts(parts, "other").forget())
    assert (total("forget", "", "done", "tips"), total("forget", "", "done", "other")) == (
        before[0],
        before[1] + 1,
    )
