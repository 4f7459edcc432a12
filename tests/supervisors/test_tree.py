"""The tree of a process, with parts that do nothing but say when they start and stop."""

import trio
from trio.testing import MockClock

from mailroom.supervisors.otp.child import Life, Shutdown
from mailroom.supervisors.otp.errors import GaveUp
from mailroom.supervisors.process_tree import ProcessTree
from mailroom.supervisors.tree import Chats, Parts, tree


class Play:
    """Parts by name: what they did, and how to make them fail."""

    def __init__(self):
        self.said = []
        self.failing = {}
        self.broken = set()

    def part(self, name):
        async def live(life):
            if name in self.broken:
                raise ConnectionError(f"{name} is broken")
            self.said.append(f"+{name}")
            life.details = lambda: {"starts": self.said.count(f"+{name}")}
            life.started()
            fails = self.failing[name] = trio.Event()
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_cancel_after, life.stopping, nursery.cancel_scope)
                    await fails.wait()
                    raise RuntimeError(f"{name} failed")
            finally:
                self.said.append(f"-{name}")

        return live

    def parts(self):
        one = self.part
        chats = Chats(
            one("lease"),
            {"shop": one("bots/shop")},
            one("actors"),
            one("sweep"),
            one("timers"),
            one("arrivals"),
        )
        lines = {"shop": one("line/shop")}
        return Parts(
            one("postgres"),
            one("redis"),
            one("pair"),
            one("oncall"),
            one("gauges"),
            listener=one("listener"),
            chats=chats,
            holds={"shop": one("holds/shop")},
            telegram=lines,
        )


async def _cancel_after(event, scope):
    await event.wait()
    scope.cancel()


def played(scene, **held):
    """Run a scene on a tree under a clock of its own; returns how the tree ended."""

    async def main():
        play, ended, parks = Play(), [], []
        process = ProcessTree(lambda path, why: parks.append((path, why)))
        process.held.update(held)
        life = Life("", lambda: play.said.append("ready"))

        async def run():
            try:
                await process.run(tree(play.parts()), life)
            except Shutdown as error:
                ended.append(error)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(run)
            await trio.testing.wait_all_tasks_blocked()
            await scene(play, process, life, parks)
            life.stopping.set()
        return ended[0], play

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def states(report):
    found = {report.path: report.state}
    for child in report.children:
        found |= states(child)
    return found


ORDER = [
    "postgres",
    "redis",
    "pair",
    "oncall",
    "gauges",
    "listener",
    "holds/shop",
    "lease",
    "bots/shop",
    "actors",
]
ORDER += ["sweep", "timers", "arrivals", "line/shop"]


def test_the_parts_start_from_top_to_bottom_and_stop_from_bottom_to_top():
    async def scene(play, process, life, parks):
        assert play.said == [*(f"+{name}" for name in ORDER), "ready"]
        play.said.clear()

    _, play = played(scene)
    assert play.said == [f"-{name}" for name in reversed(ORDER)]


def test_a_lost_lease_brings_down_and_up_again_what_stands_on_it_and_nothing_else():
    async def scene(play, process, life, parks):
        play.said.clear()
        play.failing["lease"].set()
        await trio.sleep(1)
        below = ["bots/shop", "actors", "sweep", "timers", "arrivals"]
        stopped = ["-lease", *(f"-{name}" for name in reversed(below))]
        assert play.said == [*stopped, "+lease", *(f"+{name}" for name in below)]

    played(scene)


def test_a_failing_timer_disturbs_nobody():
    async def scene(play, process, life, parks):
        play.said.clear()
        play.failing["timers"].set()
        await trio.sleep(1)
        assert play.said == ["-timers", "+timers"]
        node = process.report().children[5].children[3].children[1]
        assert (node.path, node.restarts) == ("chats/work/timers", 1)
        assert node.error == "RuntimeError: timers failed"
        assert "timers failed" in node.traceback

    played(scene)


def test_what_fails_again_and_again_escalates_from_level_to_level_until_the_process_gives_up():
    async def scene(play, process, life, parks):
        play.said.clear()
        play.broken.add("timers")
        play.failing["timers"].set()
        with trio.move_on_after(7200):
            while "-postgres" not in play.said:  # noqa: ASYNC110 - what is waited for has no event
                await trio.sleep(1)

    ended, play = played(scene)
    assert isinstance(ended, GaveUp)
    assert "the root gave up: chats was restarted more than 3 times in 300 s" in str(ended)
    assert "ConnectionError: timers is broken" in str(ended)
    # It went up level by level: the lease was never at fault, and was taken anew when `chats` was restarted.
    assert play.said.count("+lease") == 3
    assert play.said.count("+listener") == 0


def test_a_bot_that_cannot_work_is_parked_and_the_others_go_on():
    async def scene(play, process, life, parks):
        play.broken.add("bots/shop")
        play.failing["bots/shop"].set()
        await trio.sleep(600)
        assert parks == [("chats/bots/shop", "ConnectionError: bots/shop is broken")]
        shown = states(process.report())
        assert shown["chats/bots/shop"] == "parked"
        assert shown["chats/actors"] == "running"
        play.broken.clear()
        await process.resume("chats/bots/shop")
        assert states(process.report())["chats/bots/shop"] == "running"

    played(scene)


def test_a_line_to_telegram_is_never_parked_and_comes_back_by_itself():
    # Seen: a gateway's page for half a minute, and the bot was silent until somebody resumed its line.
    async def scene(play, process, life, parks):
        play.broken.add("line/shop")
        play.failing["line/shop"].set()
        for _ in range(40):
            await trio.sleep(30)
            assert states(process.report())["telegram/shop"] in ("restarting", "starting")
        assert parks == []
        play.broken.clear()
        await trio.sleep(61)
        assert states(process.report())["telegram/shop"] == "running"

    played(scene)


def test_a_suspended_node_stays_aside_when_its_supervisor_is_restarted():
    async def scene(play, process, life, parks):
        await process.suspend("chats/work/timers", None)
        await process.restart("chats")
        await trio.sleep(1)
        shown = states(process.report())
        assert shown["chats/work/timers"] == "suspended"
        assert shown["chats/work/sweep"] == "running"
        await process.resume("chats/work/timers")
        assert states(process.report())["chats/work/timers"] == "running"

    played(scene)


def test_what_was_suspended_before_the_start_does_not_start_and_what_stands_on_it_says_so():
    async def scene(play, process, life, parks):
        assert "+actors" not in play.said
        assert "+sweep" not in play.said
        work = process.report().children[5].children[3]
        assert (work.path, work.state) == ("chats/work", "stopped")
        assert work.details == {"waits_for": "chats/actors"}
        await process.resume("chats/actors")
        assert states(process.report())["chats/work/sweep"] == "running"

    played(scene, **{"chats/actors": True})


def test_a_node_can_be_named_before_it_has_started():
    # Seen: `resume chats/actors` right after a start said that there is no such node.
    async def scene(play, process, life, parks):
        assert "chats/work/timers" in process.paths()
        assert states(process.report()).get("chats/work/timers") is None

    played(scene, chats=True)


def test_every_node_can_be_restarted_by_hand_and_none_of_it_counts_as_a_crash():
    async def scene(play, process, life, parks):
        for _ in range(10):
            for path in process.paths():
                await process.restart(path)
        assert set(states(process.report()).values()) == {"running"}
        assert process.by_state() == {"running": len(process.paths())}

    ended, _ = played(scene)
    assert not isinstance(ended, GaveUp)
