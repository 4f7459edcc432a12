"""Who takes part, with the settings that suit each best, and what is known of its tables."""

from dataclasses import dataclass, field
from typing import Any

OURS = "mailroom"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A queue and its settings."""

    name: str
    module: str
    """Its adapter, in `queues/`."""
    work_tables: tuple[str, ...]
    """What holds jobs that are to be done."""
    history_tables: tuple[str, ...]
    """What is kept of jobs that were done."""
    unfinished: str
    """How many jobs there are to be done, as SQL: an EXISTS would be told nothing by jobs in progress."""
    speed: float
    """About how many jobs a second it does: so that it gets as many as it can do in a reasonable time."""
    settings: dict[str, Any] = field(default_factory=dict)
    worker: str | None = None
    """The adapter of its worker, where that is another."""
    needs: str | None = None
    """The peer's library, see `peers.py`."""
    has_batches: bool = True
    only: frozenset[str] = frozenset()
    """The measures that it takes part in; empty: all."""


MAILROOM = Contestant(
    name=OURS,
    module="mailroom",
    work_tables=("mailroom.outbox_job", "mailroom.outbox_key"),
    history_tables=("mailroom.outbox_dedup", *(f"mailroom.outbox_event_{slot}" for slot in range(16))),
    unfinished="SELECT count(*) FROM mailroom.outbox_job",
    speed=10_000,
    worker="mailroom_worker",
)
MAILROOM_PLAIN = Contestant(
    name="mailroom_plain",
    module="mailroom",
    work_tables=MAILROOM.work_tables,
    history_tables=MAILROOM.history_tables,
    unfinished=MAILROOM.unfinished,
    speed=MAILROOM.speed,
    worker=MAILROOM.worker,
    settings={"plain": True},
    only=frozenset({"enqueueing", "processing"}),
)
"""Jobs with nothing but a payload, as the others enqueue them: what our features cost."""

PGQUEUER = Contestant(
    name="pgqueuer",
    module="pgqueuer",
    work_tables=("pgqueuer",),
    history_tables=("pgqueuer_log", "pgqueuer_statistics"),
    unfinished="SELECT count(*) FROM pgqueuer",
    speed=5_000,
    settings={"batch_size": 100},
    needs="pgqueuer",
)
PGQUEUER_500 = Contestant(
    name="pgqueuer_500",
    module="pgqueuer",
    work_tables=PGQUEUER.work_tables,
    history_tables=PGQUEUER.history_tables,
    unfinished=PGQUEUER.unfinished,
    speed=PGQUEUER.speed,
    settings={"batch_size": 500},
    needs="pgqueuer",
    only=frozenset({"processing"}),
)
"""More in a batch is quicker on some machines: the better of the two counts."""

PROCRASTINATE = Contestant(
    name="procrastinate",
    module="procrastinate",
    work_tables=("procrastinate_jobs",),
    history_tables=("procrastinate_events",),
    unfinished="SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')",
    speed=300,
    settings={"concurrency": 20, "delete_jobs": "successful"},
    needs="procrastinate",
)
DBOS = Contestant(
    name="dbos",
    module="dbos",
    work_tables=("dbos.workflow_status",),
    history_tables=("dbos.workflow_input", "dbos.workflow_output", "dbos.operation_outputs"),
    unfinished="SELECT count(*) FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'PENDING')",
    speed=300,
    settings={"polling_seconds": 0.05, "concurrency": 1_000},
    needs="dbos",
    has_batches=False,
)

CONTESTANTS = (MAILROOM, MAILROOM_PLAIN, PGQUEUER, PGQUEUER_500, PROCRASTINATE, DBOS)
