"""The thread that renews the lease and looks after the loop: a blocked loop does not block it (H11a, f)."""

import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
import trio
import trio.lowlevel
from prometheus_client import REGISTRY

from mailroom.actors.running import as_current
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.turn import Turn
from mailroom.storage.frames import is_authors
from mailroom.storage.postgres.lease import Leases
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.supervisors import stalls
from mailroom.supervisors.heartbeat import EXIT_BLOCKED, Heartbeat, Holding
from mailroom.supervisors.log_writer import LogWriter
from mailroom.supervisors.ownership import boot_seconds

BLOCKED_SECONDS = 1.0


def block(seconds: float) -> None:
    """What handlers should not do."""
    time.sleep(seconds)  # this is the fault


class Rows(Leases):
    """Leases that are always ours, and count how often they were renewed."""

    def __init__(self) -> None:
        super().__init__("postgres://nowhere")
        self.renewed = 0

    def another(self) -> Leases:
        return self

    async def renew(self, _owner: str, _epoch: int, _ttl_seconds: float) -> tuple[int, ...]:
        self.renewed += 1
        return (0,)


class Beating:
    """A heartbeat that beats quickly, and what came of it."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.exits: list[int] = []
        self.lines: list[dict[str, Any]] = []

    def run(self, scenario: Callable[[], Awaitable[Any]], *, blocked_seconds_max: float = 60.0) -> Any:
        async def main() -> Any:
            holding = Holding(1, (0,), boot_seconds())
            heartbeat = Heartbeat(
                self.rows, "me", lambda: holding, boot_seconds,
                blocked_seconds_max=blocked_seconds_max, end=self.exits.append,
            )  # fmt: skip
            try:
                found = await scenario()
                await trio.to_thread.run_sync(heartbeat._log_writer.wait_until_written, 5)
                return found
            finally:
                await heartbeat.stop()

        with structlog.testing.capture_logs() as self.lines:
            return host.run(main)

    def said(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture
def beating(monkeypatch: pytest.MonkeyPatch) -> Beating:
    for name, seconds in {
        "heartbeat.HEARTBEAT_SECONDS": 0.02,
        "heartbeat.RETRY_SECONDS": 0.02,
        "stalls.LOOK_SECONDS": 0.05,
        "stalls.NAMED_AFTER_SECONDS": 0.2,
    }.items():
        monkeypatch.setattr(f"mailroom.supervisors.{name}", seconds)
    return Beating()


def count(name: str, bot: str) -> float:
    return REGISTRY.get_sample_value(name, {"bot": bot}) or 0.0


def test_shr_h11a_a_loop_that_is_blocked_keeps_its_lease(beating):
    async def scenario() -> int:
        before = beating.rows.renewed
        block(BLOCKED_SECONDS)
        return beating.rows.renewed - before

    assert beating.run(scenario) > 3
    assert not beating.exits


def test_shr_h11f_a_stall_is_named_by_chat_update_and_the_line_of_the_bots_code(beating):
    turn = Turn(
        Chat("shop", "7"), Entry(1, 4711, 0, "message", "chat", "trace", b""), 1, 1, False, {}, journal=None
    )
    before = count("mailroom_stalls_total", "shop")

    async def handler() -> None:
        block(BLOCKED_SECONDS)

    async def scenario() -> None:
        await aio(as_current, turn, handler)
        await trio.sleep(0.2)

    beating.run(scenario)
    [stall] = beating.said("loop_blocked")
    line = next(
        n
        for n, text in enumerate(Path(__file__).read_text().splitlines(), 1)
        if "# this is the fault" in text
    )
    assert stall["where"] == f"{__file__}:{line} in block"
    assert (stall["chat"], stall["update"]) == ("shop:7", 4711)
    [over] = beating.said("loop_goes_on")
    assert over["seconds"] > BLOCKED_SECONDS / 2
    assert count("mailroom_stalls_total", "shop") == before + 1


def test_a_stall_that_no_turn_is_to_blame_for_is_named_all_the_same(beating):
    async def scenario() -> None:
        block(BLOCKED_SECONDS)
        await trio.sleep(0.2)

    beating.run(scenario)
    [stall] = beating.said("loop_blocked")
    assert stall["chat"] == "-"
    assert stall["where"].startswith(__file__)


def test_shr_h11a_a_loop_that_is_blocked_for_too_long_ends_the_process_with_the_stack_in_the_log(beating):
    async def scenario() -> int:
        block(BLOCKED_SECONDS)
        after = beating.rows.renewed
        block(BLOCKED_SECONDS / 2)
        return beating.rows.renewed - after

    assert beating.run(scenario, blocked_seconds_max=0.4) == 0, "it renews no more"
    assert beating.exits == [EXIT_BLOCKED]
    [last] = beating.said("loop_stuck")
    assert last["stack"].index("in scenario") < last["stack"].index("in block")


def test_shr_h11b_a_process_that_was_stopped_blames_no_handler_and_does_not_end(beating, monkeypatch):
    class Stopped:
        """A clock that jumps whenever this thread has slept: none of its process ran meanwhile."""

        now = 0.0

        def monotonic(self) -> float:
            self.now += 100.0
            return self.now

    monkeypatch.setattr(stalls, "time", Stopped())

    async def scenario() -> None:
        block(0.15)
        await trio.sleep(0.2)

    beating.run(scenario, blocked_seconds_max=50.0)
    assert not beating.exits


def test_a_developer_who_thinks_in_a_debugger_does_not_lose_the_process(beating):
    there: dict[str, Any] = {"block": block}
    exec(compile("def wait_for_a_command(seconds): block(seconds)", "/lib/pdb.py", "exec"), there)

    async def scenario() -> None:
        there["wait_for_a_command"](2 * BLOCKED_SECONDS)

    # A busy machine stops a process for as long as half a second, wherever it is.
    beating.run(scenario, blocked_seconds_max=0.6)
    assert beating.said("loop_blocked")
    assert not beating.exits


def test_a_loop_that_goes_on_is_not_named(beating):
    async def scenario() -> None:
        for _ in range(10):
            block(0.05)
            await trio.lowlevel.checkpoint()

    beating.run(scenario)
    assert not beating.said("loop_blocked")


def test_a_log_that_cannot_be_written_delays_nobody_who_has_something_to_say():
    log_writer, written, free = LogWriter(), [], threading.Event()
    log_writer.note(free.wait)
    began = time.monotonic()
    for number in range(1000):
        log_writer.note(lambda number=number: written.append(number))
    assert time.monotonic() - began < 5
    assert not log_writer.wait_until_written(0.05)
    free.set()
    assert log_writer.wait_until_written(5)
    # Its thread may begin late: then there was room for one more.
    assert written == sorted(set(written)), "what there was room for, in its order"
    assert 0 < len(written) < 1000


def test_libraries_and_our_own_code_are_not_the_bots():
    assert not is_authors(stalls.__file__)
    assert not is_authors(trio.__file__)
    assert not is_authors(threading.__file__)
    assert not is_authors("<string>")
    assert is_authors("/srv/my_bot.py")
    assert is_authors(str(Path(stalls.__file__).parents[1] / "actors" / "bots" / "shop" / "router.py"))
