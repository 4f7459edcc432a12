"""A random tree of supervisors to which everything happens that may, by chance, and who watches over it.

`RandomTree.live` builds a tree two or three levels deep and then, at random moments, crashes and ends
workers, lets starts fail and stops take long, and asks supervisors at random for what may be asked. What must
hold at every event is checked in `watch.py`; what must hold in the end, here.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import trio

from mailroom.supervisors.otp.child import Ignore, Life, Shutdown
from mailroom.supervisors.otp.errors import AdminError, FailedToStartError
from mailroom.supervisors.otp.record import Surroundings
from mailroom.supervisors.otp.spec import Backoff, ChildSpec, SupervisorSpec
from mailroom.supervisors.otp.supervisor import Supervisor
from tests.supervisors.otp.watch import Watch

END_SECONDS = 300.0
"""No tree here takes that long to stop, whatever its children do."""
QUIET_SECONDS = 60.0
"""Longer than any pause, start and stop."""
REQUESTS = ("terminate", "restart", "delete", "add", "suspend", "suspend", "resume", "bounce", "look")


class Worker:
    def __init__(self) -> None:
        self.told = trio.Event()
        self.crashes = False


class RandomTree:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._names = Counter[str]()
        self._moody = True
        """Workers may fail by themselves."""
        self._asks = self._random.random() < 0.7
        self._lives = Counter[str]()
        self._workers: dict[str, Worker] = {}
        self._pending = 0
        self.faults: list[str] = []
        self.watch = Watch(self.faults)
        spec = self._supervisor(self._random.choice((2, 2, 3)))
        self.watch.knows("", spec)
        self._root = Supervisor(
            spec, surroundings=Surroundings(tracer=self.watch.sees, random=Random(seed), wall_ms=lambda: 0)
        )
        self._life = Life("", lambda: None)

    async def live(self) -> None:
        tasks = trio.lowlevel.current_statistics().tasks_living
        async with trio.open_nursery() as nursery:
            over = trio.Event()
            nursery.start_soon(self._run_root, over)
            for _ in range(self._random.randint(4, 14)):
                await trio.sleep(self._random.choice((0, 0, 0.1, 1.5)) * self._random.random())
                if over.is_set():
                    break
                self._interfere(nursery)
            self._moody = False
            with trio.move_on_after(QUIET_SECONDS):
                await over.wait()
            if not over.is_set():
                self.watch.is_quiet(self._root)
            self._life.stopping.set()
            with trio.move_on_after(END_SECONDS):
                await over.wait()
            if not over.is_set():
                self.faults.append("the tree does not end")
            if self._pending:
                self.faults.append(f"{self._pending} requests were never answered")
            nursery.cancel_scope.cancel()
        if trio.lowlevel.current_statistics().tasks_living != tasks:
            self.faults.append("tasks are left")
        self.faults += [f"{path} lives on" for path, lives in self._lives.items() if lives]

    async def _run_root(self, over: trio.Event) -> None:
        try:
            await self._root.run(self._life)
            self.faults.append("the root returned")
        except (Shutdown, FailedToStartError):
            self.watch.ended("")
        except Exception as error:
            self.faults.append(f"the root ended with {error!r}")
        over.set()

    # ---- what happens to it ----

    def _interfere(self, nursery: trio.Nursery) -> None:
        if self._workers and (not self._asks or self._random.random() < 0.6):
            worker = self._workers[self._random.choice(list(self._workers))]
            worker.crashes = self._random.random() < 0.7
            worker.told.set()
        elif self._asks:
            supervisor = self._random.choice(self._supervisors(self._root))
            verb = self._random.choice(REQUESTS)
            children = [*supervisor.children, "nobody"]
            self._pending += 1
            nursery.start_soon(self._ask, supervisor, verb, self._random.choice(children))

    def _supervisors(self, top: Supervisor) -> list[Supervisor]:
        below = [one for child in top.children.values() if (one := top.below(child)) is not None]
        return [top, *(one for supervisor in below for one in self._supervisors(supervisor))]

    async def _ask(self, supervisor: Supervisor, verb: str, child_id: str) -> None:
        self.watch.asks(supervisor.path, verb)
        try:
            match verb:
                case "terminate":
                    await supervisor.terminate_child(child_id)
                case "restart":
                    await supervisor.restart_child(child_id)
                case "delete":
                    await supervisor.delete_child(child_id)
                case "add":
                    spec = self._worker(supervisor.path, "never")
                    self.watch.knows_child(supervisor.path, spec)
                    await supervisor.start_child(spec)
                case "suspend":
                    await supervisor.suspend(child_id)
                case "resume":
                    await supervisor.resume(child_id)
                case "bounce":
                    await supervisor.bounce(child_id)
                case "look":
                    supervisor.which_children()
                    supervisor.count_children()
        except (AdminError, FailedToStartError):
            pass
        finally:
            self.watch.asked(supervisor.path, verb)
            self._pending -= 1

    # ---- what it is made of ----

    def _supervisor(self, depth: int, path: str = "") -> SupervisorSpec:
        pick = self._random.choice
        auto_shutdown = pick(("never",) * 8 + ("any_significant", "all_significant"))
        number = pick((1, 2, 2, 3)) if depth else pick((1, 1, 2))
        children = [self._child(depth, path, auto_shutdown) for _ in range(number)]
        strategy = pick(("one_for_one", "one_for_all", "rest_for_one"))
        return SupervisorSpec(
            tuple(children),
            strategy,
            intensity=pick((0, 1, 1, 2, 3, 6)),
            period=pick((1, 2, 5)),
            auto_shutdown=auto_shutdown,
            backoff=pick((None, None, None, Backoff(0.5, 3.0, stable_seconds=5.0))),
            give_up=pick(("escalate", "escalate", "park")) if strategy == "one_for_one" else "escalate",
        )

    def _child(self, depth: int, path: str, auto_shutdown: str) -> ChildSpec:
        if depth == 0 or self._random.random() < 0.5:
            return self._worker(path, auto_shutdown)
        name = self._name(path, "s")
        below = self._supervisor(depth - 1, name)
        self.watch.knows(name, below)
        return ChildSpec(name.rpartition("/")[2], supervise=below, **self._restart(auto_shutdown))

    def _worker(self, path: str, auto_shutdown: str) -> ChildSpec:
        pick, chance = self._random.choice, self._random.random
        name = self._name(path, "w")
        traps_exit = chance() < 0.4
        # How long it takes to stop; past its time it is killed, and past that it is stuck.
        manners = pick((0, 0, 0.2, 9)) if traps_exit else None
        shielded = 0 if chance() < 0.95 else 3 * chance()

        async def work(life: Life) -> None:
            await self._work(name, life, manners, shielded)

        shutdown = pick((None, 0, 0.5, 0.5, "brutal_kill"))
        return ChildSpec(
            name.rpartition("/")[2],
            work,
            shutdown=shutdown,
            traps_exit=traps_exit,
            **self._restart(auto_shutdown),
        )

    def _restart(self, auto_shutdown: str) -> dict[str, object]:
        restart = self._random.choice(
            ("permanent", "permanent", "permanent", "transient", "transient", "temporary")
        )
        significant = auto_shutdown != "never" and restart != "permanent" and self._random.random() < 0.7
        return {"restart": restart, "significant": significant}

    def _name(self, path: str, letter: str) -> str:
        self._names[path] += 1
        return f"{path}/{letter}{self._names[path]}" if path else f"{letter}{self._names[path]}"

    async def _work(self, name: str, life: Life, manners: float | None, shielded: float) -> None:
        if self._lives[name]:
            self.faults.append(f"{name} is started while it still runs")
        self._lives[name] += 1
        worker = self._workers[name] = Worker()
        try:
            mood = self._random.random() if self._moody else 1.0
            if mood < 0.3:
                await trio.sleep(mood)
            if mood < 0.08:
                raise RuntimeError("failed to start")
            if mood < 0.1:
                raise Ignore
            life.started()
            if 0.25 < mood < 0.28:
                raise RuntimeError("crashed at once")
            if manners is not None:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_cancel_after, life.stopping, nursery.cancel_scope)
                    await worker.told.wait()
                    nursery.cancel_scope.cancel()
                await trio.sleep(manners if life.stopping.is_set() else 0)
            else:
                await worker.told.wait()
            if worker.crashes:
                raise RuntimeError("crashed")
        except trio.Cancelled:
            with trio.CancelScope(shield=True):
                await trio.sleep(shielded)
            raise
        finally:
            self._lives[name] -= 1
            if self._workers.get(name) is worker:
                del self._workers[name]


async def _cancel_after(event: trio.Event, scope: trio.CancelScope) -> None:
    await event.wait()
    scope.cancel()
