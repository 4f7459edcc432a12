"""`outbox`: all measures, for all contestants, in turns."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg

from mailroom.ops.bench.children import ChildError
from mailroom.ops.bench.environment import Environment
from mailroom.ops.bench.outbox.contestants import CONTESTANTS, OURS, Contestant
from mailroom.ops.bench.outbox.entrant import Entrant
from mailroom.ops.bench.outbox.figures import summary
from mailroom.ops.bench.outbox.measures import Measure
from mailroom.ops.bench.outbox.measures.enqueueing import in_batches, many_callers, one_caller
from mailroom.ops.bench.outbox.measures.pickup import pickup
from mailroom.ops.bench.outbox.measures.processing import processing
from mailroom.ops.bench.outbox.measures.snapshot import snapshot
from mailroom.ops.bench.outbox.measures.sustained import sustained
from mailroom.ops.bench.outbox.measures.through import through
from mailroom.ops.bench.outbox.peers import PeerMissingError, install
from mailroom.ops.bench.outbox.plan import FULL, QUICK, Plan

MEASURES = (
    Measure("enqueueing", one_caller),
    Measure("enqueueing", many_callers),
    Measure("enqueueing", in_batches),
    Measure("processing", processing),
    Measure("pickup", pickup),
    Measure("sustained", sustained, once=True),
    Measure("snapshot", snapshot, once=True),
    Measure("through", through, once=True),
)

Progress = Callable[[str], object]
Rounds = dict[str, list[float]]
"""The figures of a contestant, with their value in each round."""


def outbox(environment: Environment, *, jobs: int | None = None, alone: bool = False) -> dict[str, Any]:
    """Ours beside the others. `jobs`: how many go through the tables; `alone`: without the peers."""
    plan = QUICK if environment.quick else FULL
    if jobs is not None:
        plan = replace(plan, through_jobs=jobs)
    contestants = [one for one in CONTESTANTS if not alone or one.needs is None]
    return measure(
        environment.database_url,
        environment.directory,
        contestants,
        plan,
        environment.run,
        environment.progress,
    )


def measure(
    server_url: str,
    directory: Path,
    contestants: Sequence[Contestant],
    plan: Plan,
    runner: asyncio.Runner,
    progress: Progress,
) -> dict[str, Any]:
    """Have them enter, measure, and give the figures of each; `without` says what a peer could not do."""
    rounds: dict[str, Rounds] = {}
    without: dict[str, str] = {}
    with ExitStack() as stack:
        entrants = []
        for contestant in contestants:
            progress(f"outbox: {contestant.name} enters")
            try:
                library = install(contestant.needs) if contestant.needs else None
                url = _database(server_url, contestant.name, runner, stack)
                entrant = Entrant(contestant, url, directory, library, runner)
            except (PeerMissingError, ChildError) as error:
                _forgive(contestant, "enter", error, without)
                continue
            stack.callback(entrant.close)
            entrants.append(entrant)
            rounds[contestant.name] = {}
        for one in MEASURES:
            _in_turns(one, entrants, plan, rounds, without, progress)
    figures = {
        name: {figure: summary(values) for figure, values in found.items()} for name, found in rounds.items()
    }
    return {**figures, **({"without": [f"{who}: {why}" for who, why in without.items()]} if without else {})}


def _in_turns(
    one: Measure,
    entrants: Sequence[Entrant],
    plan: Plan,
    rounds: dict[str, Rounds],
    without: dict[str, str],
    progress: Progress,
) -> None:
    """Everybody in every round, so that noise hits all alike; who comes first changes."""
    taking_part = [it for it in entrants if not it.contestant.only or one.name in it.contestant.only]
    count = 1 if one.once else plan.rounds
    for number in range(count):
        turn = number % len(taking_part)
        for entrant in (*taking_part[turn:], *taking_part[:turn]):
            if f"{entrant.name}: {one.name}" in without:
                continue
            progress(f"outbox: {one.run.__name__}, round {number + 1} of {count}: {entrant.name}")
            try:
                found = one.run(entrant, plan)
            except ChildError as error:
                _forgive(entrant.contestant, one.name, error, without)
                continue
            for figure, value in found.items():
                if value is not None:
                    rounds[entrant.name].setdefault(figure, []).append(value)


def _forgive(contestant: Contestant, doing: str, error: Exception, without: dict[str, str]) -> None:
    """A peer that fails is left out; we may not fail."""
    if contestant.name == OURS:
        raise error
    without[f"{contestant.name}: {doing}"] = str(error)


def _database(server_url: str, name: str, runner: asyncio.Runner, stack: ExitStack) -> str:
    """A database of its own, gone afterwards."""

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(server_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    runner.run(run(f"CREATE DATABASE outbox_{name}"))
    stack.callback(lambda: runner.run(run(f"DROP DATABASE outbox_{name} WITH (FORCE)")))
    return server_url.replace("@/mailroom?", f"@/outbox_{name}?")
