"""`mailroom bench`: which benchmarks there are, and running some of them."""

import json
import platform
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import psutil
from rich.console import Console

from mailroom.ops.bench.accept import accept
from mailroom.ops.bench.ack import ack
from mailroom.ops.bench.actors import actors_bench
from mailroom.ops.bench.children import ChildError
from mailroom.ops.bench.dispatch import dispatch
from mailroom.ops.bench.environment import Environment, open_environment
from mailroom.ops.bench.flood import flood
from mailroom.ops.bench.load import WebhookRefusedError
from mailroom.ops.bench.memory import memory
from mailroom.ops.bench.neighbour import neighbour
from mailroom.ops.bench.outbox.bench import outbox
from mailroom.ops.bench.report import show
from mailroom.ops.bench.spine import spine
from mailroom.ops.bench.targets import ratios


def actors(environment: Environment) -> dict[str, Any]:
    """`actors`: our actors beside Pykka's threads."""
    return actors_bench(lambda what: environment.progress(f"actors: {what}"))


Bench = Callable[[Environment], dict[str, Any]]

BENCHES: dict[str, Bench] = {
    "spine": spine,
    "ack": ack,
    "flood": flood,
    "neighbour": neighbour,
    "accept": accept,
    "dispatch": dispatch,
    "memory": memory,
    "actors": actors,
    "outbox": outbox,
}


def run_benches(
    names: Sequence[str],
    *,
    as_json: bool = False,
    quick: bool = False,
    jobs: int | None = None,
    alone: bool = False,
) -> int:
    """Run the benchmarks named, or all; returns the exit code: 1 when a benchmark could not be run.

    `jobs` and `alone` are for `outbox`: how many go through its tables, and whether without peers.
    """
    unknown = [name for name in names if name not in {*BENCHES, "all"}]
    if unknown:
        sys.stderr.write(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHES)}, all\n")
        return 2
    chosen = [name for name in BENCHES if not names or name in names or "all" in names]
    benches: dict[str, Bench] = {**BENCHES, "outbox": partial(outbox, jobs=jobs, alone=alone)}
    # A SIGTERM must not leave stores and services behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console = Console(stderr=True)
    begun = time.monotonic()
    found: dict[str, Any] = {}
    failed = False
    with (
        console.status("") as status,
        open_environment(quick=quick, progress=status.update) as environment,
    ):
        for name in chosen:
            try:
                found[name] = benches[name](environment)
            except (ChildError, WebhookRefusedError, OSError) as error:
                failed = True
                found[name] = {"failed": f"{type(error).__name__}: {error}"}
    result = {
        "machine": machine(),
        "quick": quick,
        "seconds": round(time.monotonic() - begun, 1),
        "ratios": ratios(found),
        "figures": found,
    }
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    else:
        show(result, Console())
    return 1 if failed else 0


def machine() -> dict[str, Any]:
    """Where this was measured; figures of other machines cannot be compared with it."""
    return {
        "cores": psutil.cpu_count(),
        "load_before": round(psutil.getloadavg()[0], 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }
