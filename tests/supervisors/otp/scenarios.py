"""Scenarios for a supervisor, in words that OTP and we both understand, and random ones.

A scenario is a supervisor's flags, its children and what is done to them, step by step. As text:

    flags   one_for_all 2 3600 never            strategy, intensity, period in seconds, auto_shutdown
    child   a permanent 30 quick ok,error,ok    id, restart, shutdown in ms, how it stops, how it starts
            b transient infinity held ok significant
    child   ["s permanent infinity", flags, children]       a supervisor
    step    crash a                             also normal, shutdown: how it ends; what the supervisor is
                                                asked: terminate, restart, delete, add CHILD, which; stop
    step    crash a / normal b / terminate c    what follows a slash is done meanwhile: while the first child
                                                whose start or stop is `held` keeps its supervisor busy
    step    align, at 1300, clock               for scenarios about time: wait until just after a full second,
                                                then until so many ms after it; and say how late it is

How a child starts, attempt by attempt (the last word is for all that follow): ok, error, ignore, the same
with `held_`, dies (crashes as soon as it is up), ends (returns). How it stops: quick (does not trap exits),
polite (traps them and ends with shutdown), normal, faulty (crashes instead), slow (takes 10 ms), held, deaf.

A trace has a text for each step, the start first:

    a? a+      asked to start, and is up            a? a~    declined: ignore        a? a!    failed to start
    a-crash    ended: crash, normal, shutdown or killed
    ok         what the supervisor answered; for `which` its children: [a b=stopped c=restarting]
    ended:shutdown, failed_to_start:a               what became of the root supervisor
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

LONG_PERIOD_SECONDS = 3600
"""So that chance never depends on the clock."""


@dataclass(frozen=True)
class Flags:
    strategy: str
    intensity: int
    period: int
    auto_shutdown: str

    @classmethod
    def read(cls, text: str) -> Flags:
        strategy, intensity, period, auto_shutdown = text.split()
        return cls(strategy, int(intensity), int(period), auto_shutdown)

    def __str__(self) -> str:
        return f"{self.strategy} {self.intensity} {self.period} {self.auto_shutdown}"

    @property
    def erlang(self) -> str:
        return f"{{{self.strategy},{self.intensity},{self.period},{self.auto_shutdown}}}"


@dataclass(frozen=True)
class Worker:
    id: str
    restart: str
    shutdown: int | str
    stop: str
    starts: tuple[str, ...]
    significant: bool = False

    @classmethod
    def read(cls, text: str) -> Worker:
        name, restart, shutdown, stop, starts, *rest = text.split()
        return cls(
            name, restart, _shutdown(shutdown), stop, tuple(starts.split(",")), rest == ["significant"]
        )

    def __str__(self) -> str:
        text = f"{self.id} {self.restart} {self.shutdown} {self.stop} {','.join(self.starts)}"
        return f"{text} significant" if self.significant else text

    @property
    def json(self) -> str:
        return str(self)

    @property
    def erlang(self) -> str:
        return (
            f"{{worker,{self.id},{self.restart},{self.shutdown},{str(self.significant).lower()},{self.stop},"
            f"[{','.join(self.starts)}]}}"
        )


@dataclass(frozen=True)
class Sub:
    """A supervisor under a supervisor."""

    id: str
    restart: str
    shutdown: int | str
    flags: Flags
    children: tuple[Child, ...]
    significant: bool = False

    @classmethod
    def read(cls, data: list[Any]) -> Sub:
        name, restart, shutdown, *rest = data[0].split()
        children = tuple(read_child(child) for child in data[2])
        return cls(name, restart, _shutdown(shutdown), Flags.read(data[1]), children, rest == ["significant"])

    @property
    def json(self) -> list[Any]:
        text = f"{self.id} {self.restart} {self.shutdown}{' significant' if self.significant else ''}"
        return [text, str(self.flags), [child.json for child in self.children]]

    @property
    def erlang(self) -> str:
        return (
            f"{{supervisor,{self.id},{self.restart},{self.shutdown},{str(self.significant).lower()},"
            f"{self.flags.erlang},[{','.join(child.erlang for child in self.children)}]}}"
        )


Child = Worker | Sub


@dataclass(frozen=True)
class Op:
    verb: str
    on: str | int | Worker | None = None

    @classmethod
    def read(cls, text: str) -> Op:
        verb, _, rest = text.partition(" ")
        return cls(verb, Worker.read(rest) if verb == "add" else int(rest) if verb == "at" else rest or None)

    def __str__(self) -> str:
        return self.verb if self.on is None else f"{self.verb} {self.on}"

    @property
    def erlang(self) -> str:
        if self.on is None:
            return self.verb
        return f"{{{self.verb},{self.on.erlang if isinstance(self.on, Worker) else self.on}}}"


@dataclass(frozen=True)
class Scenario:
    flags: Flags
    children: tuple[Child, ...]
    steps: tuple[tuple[Op, ...], ...]
    """Each an operation, then what is done meanwhile."""
    trace: tuple[str, ...] = field(default=(), compare=False)
    """What OTP did: a text for the start, and one for each step."""

    @classmethod
    def read(cls, data: dict[str, Any]) -> Scenario:
        return cls(
            Flags.read(data["flags"]),
            tuple(read_child(child) for child in data["children"]),
            tuple(tuple(Op.read(op) for op in step.split(" / ")) for step in data["steps"]),
            tuple(data.get("trace", "").split("|")),
        )

    @property
    def json(self) -> dict[str, Any]:
        data = {
            "flags": str(self.flags),
            "children": [child.json for child in self.children],
            "steps": [" / ".join(map(str, step)) for step in self.steps],
        }
        return data | {"trace": "|".join(self.trace)} if self.trace else data

    @property
    def erlang(self) -> str:
        children = ",".join(child.erlang for child in self.children)
        steps = ",".join(f"[{','.join(op.erlang for op in step)}]" for step in self.steps)
        return f"{{{self.flags.erlang},[{children}],[{steps}]}}."


def read_child(data: str | list[Any]) -> Child:
    return Worker.read(data) if isinstance(data, str) else Sub.read(data)


def _shutdown(text: str) -> int | str:
    return int(text) if text.isdigit() else text


# ---- by chance ----


class Chance:
    """Random scenarios. The same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def scenarios(self, number: int) -> Iterator[Scenario]:
        for _ in range(number):
            yield self.scenario()

    def scenario(self) -> Scenario:
        self._nested = self._random.random() < 0.25
        self._names = iter((*"abcdefghijklmnopqrstuvwxyz", *(f"x{number}" for number in range(100))))
        self._workers: list[str] = []
        flags = self._flags()
        children = self._children(flags, depth=2 if self._nested else 0)
        self._own = [child.id for child in children]
        steps = [self._step(flags) for _ in range(self._random.randint(3, 8))]
        if self._own and self._random.random() < 0.9:
            steps.append((Op("which"),))
        return Scenario(flags, children, (*steps, (Op("stop"),)))

    def _one_of(self, **weights: float) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _flags(self) -> Flags:
        return Flags(
            self._random.choice(("one_for_one", "one_for_all", "rest_for_one")),
            self._random.choices((0, 1, 2, 3, 5), (1, 2, 3, 3, 3))[0],
            LONG_PERIOD_SECONDS,
            self._one_of(never=6, any_significant=1, all_significant=2),
        )

    def _children(self, flags: Flags, depth: int) -> tuple[Child, ...]:
        number = self._random.choices((0, 1, 2, 3, 4), (0, 2, 3, 1, 0) if self._nested else (1, 4, 8, 8, 4))[
            0
        ]
        return tuple(self._child(flags, depth) for _ in range(number))

    def _child(self, flags: Flags, depth: int) -> Child:
        if not depth or self._random.random() < 0.5:
            return self._worker(flags.auto_shutdown)
        name = next(self._names)
        own = self._flags()
        restart = self._one_of(permanent=5, transient=3, temporary=1)
        significant = self._is_significant(flags.auto_shutdown, restart)
        return Sub(name, restart, "infinity", own, self._children(own, depth - 1), significant)

    def _worker(self, auto_shutdown: str, *, up_at_first: float = 0.92) -> Worker:
        name = next(self._names)
        restart = self._one_of(permanent=5, transient=4, temporary=2)
        stop = self._one_of(
            quick=8, polite=3, normal=1, faulty=1, slow=1, deaf=1, held=0 if self._nested else 2
        )
        shutdown: int | str = 30
        if stop in ("slow", "held") or self._random.random() < 0.2:
            shutdown = "infinity"
        if self._random.random() < 0.1:
            shutdown = "brutal_kill"
        elif stop == "deaf":
            shutdown = 30
        first = "ok" if self._random.random() < up_at_first else self._start()
        starts = (first, *(self._start() for _ in range(self._random.randint(0, 3))), "ok")
        while len(starts) > 1 and starts[-1] == starts[-2]:
            starts = starts[:-1]
        self._workers.append(name)
        return Worker(name, restart, shutdown, stop, starts, self._is_significant(auto_shutdown, restart))

    def _is_significant(self, auto_shutdown: str, restart: str) -> bool:
        return auto_shutdown != "never" and restart != "permanent" and self._random.random() < 0.6

    def _start(self) -> str:
        if self._nested:
            # Ours differs where an order to stop finds something else in the inbox: it goes first.
            return self._one_of(ok=6, error=3, ignore=1)
        return self._one_of(
            ok=6, error=3, ignore=1, dies=1.5, ends=0.5, held_ok=2, held_error=2, held_ignore=0.5
        )

    def _step(self, flags: Flags) -> tuple[Op, ...]:
        first = self._op(flags)
        if self._nested or first.verb == "which":
            return (first,)
        meanwhile = [self._op(flags) for _ in range(self._random.choice((0, 0, 1, 2, 3)))]
        return (first, *(op for op in meanwhile if op.verb != "which"))

    def _op(self, flags: Flags) -> Op:
        verb = self._one_of(
            crash=12, normal=4, shutdown=2, terminate=3, restart=3, delete=1, add=1.5, which=1
        )
        if verb == "which":
            return Op(verb)
        if verb == "add" or not self._workers:
            if len(self._workers) > 6:
                return Op("which")
            worker = self._worker(flags.auto_shutdown, up_at_first=0.6)
            if self._own and self._random.random() < 0.2:
                worker = replace(worker, id=self._random.choice(self._own))
            else:
                self._own.append(worker.id)
            return Op("add", worker)
        if verb in ("crash", "normal", "shutdown"):
            return Op(verb, self._random.choice(self._workers))
        return Op(verb, self._random.choice((*self._own, self._workers[0])))
