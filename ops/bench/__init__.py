"""Benchmarks: the same work done by us and by our peers, side by side in one run, as ratios."""

from collections.abc import Sequence


def run_benches(
    names: Sequence[str],
    *,
    as_json: bool = False,
    quick: bool = False,
    jobs: int | None = None,
    alone: bool = False,
) -> int:
    """Run the benchmarks named, or all of them, and report; returns the exit code."""
    from mailroom.ops.bench.run import run_benches as run  # what it imports takes a second

    return run(names, as_json=as_json, quick=quick, jobs=jobs, alone=alone)
