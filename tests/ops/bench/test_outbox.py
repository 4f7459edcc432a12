"""The benchmark of durable jobs, ours alone and small, from end to end: real Postgres, real processes."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace

import asyncpg
import pytest
import uvloop

from mailroom.ops.bench.children import ChildError
from mailroom.ops.bench.outbox import contestants
from mailroom.ops.bench.outbox.bench import measure
from mailroom.ops.bench.outbox.plan import QUICK
from mailroom.ops.bench.outbox.remote import Remote
from mailroom.ops.bench.targets import ratios

TINY = replace(
    QUICK,
    enqueue_seconds=0.1,
    process_seconds=0.06,
    pickups=5,
    pickups_per_second=50,
    rates=(300, 5_000),
    rate_seconds=0.2,
    snapshot_jobs=600,
    through_jobs=1_000,
)


@pytest.fixture
def runner():
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner


@pytest.mark.slow
def test_every_measure_gives_its_figures_and_nothing_is_left_behind(postgres_url, tmp_path, runner):
    async def databases() -> list[str]:
        connection = await asyncpg.connect(postgres_url)
        names = await connection.fetch("SELECT datname FROM pg_database ORDER BY datname")
        await connection.close()
        return [row[0] for row in names]

    before = runner.run(databases())
    gone = replace(contestants.PGQUEUER, module="no_such_module", needs=None)
    found = measure(postgres_url, tmp_path, [contestants.MAILROOM, gone], TINY, runner, lambda _: None)
    ours = found["mailroom"]
    assert {name for name, value in ours.items() if not value > 0} == set()
    for name in (
        "enqueue_1_caller_per_second",
        "enqueue_64_callers_per_second",
        "enqueue_batch_500_per_second",
        "process_per_second",
        "pickup_p50_ms",
        "at_300_a_second_p99_ms",
        "at_5000_a_second_p99_ms",
        "snapshot_last_to_first",
        "through_last_to_first",
        "through_work_tables_mb",
    ):
        assert name in ours
    assert (ours["snapshot_jobs"], ours["through_jobs"]) == (600, 1_000)
    assert {one["name"] for one in ratios({"outbox": found})} == {
        "p99 to the handler at 5 000 jobs a second",
        "under an old snapshot, last jobs to first",
    }
    assert json.loads(json.dumps(found)) == found
    # A peer that cannot even begin is named, and the rest goes on.
    assert "pgqueuer" not in found
    assert found["without"][0].startswith("pgqueuer: enter: ")
    assert "no_such_module" in found["without"][0]

    assert runner.run(databases()) == before


def test_a_process_that_ends_or_fails_is_reported_with_its_own_words(postgres_url, tmp_path):
    given = ["mailroom", postgres_url.replace("@/mailroom?", "@/no_such_database?")]
    remote = Remote("it", [*given, "{}", str(tmp_path / "tally")], tmp_path / "log", {})
    try:
        with pytest.raises(ChildError, match=r'it: .*database "no_such_database" does not exist'):
            remote.ask("prepare")
        remote.check()  # it lives, and may be told something else
        with pytest.raises(ChildError, match="it: KeyError"):
            remote.ask("dance")
    finally:
        remote.stop()
    with pytest.raises(ChildError, match=r"it has ended: .*KeyError"):
        remote.check()


def test_the_processes_of_peers_import_nothing_that_their_libraries_bring_in_other_versions():
    program = "import json, sys, mailroom.ops.bench.outbox.part; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(answer.stdout)}
    assert loaded & {"pydantic", "sqlalchemy", "psycopg", "typer", "rich", "aiogram", "croniter"} == set()
