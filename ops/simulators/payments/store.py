"""The file that everything is kept in, so that a simulator that is killed goes on where it was.

SQLite with a write-ahead log: what was committed survives the end of the process, whatever ended it.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from mailroom.storage.postgres.queries import load

from .things import KeptAnswer, Notice, Payment, Plan, Refund

SQL = load(Path(__file__).with_name("store.sql"))
BUSY_SECONDS = 5.0
"""Nobody else opens the file, except for a moment a predecessor that is still ending."""
T = TypeVar("T")
TABLES = ("payments", "refunds", "answers", "notices", "plans", "settings")


class Store:
    """Rows in, rows out; the lifecycle and the gateways decide what they mean."""

    def __init__(self, path: Path | str) -> None:
        """`path` may be `:memory:`, for a simulator that need not remember."""
        self._database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        for name, statement in SQL.items():
            if name.startswith("create_"):
                self._database.execute(statement)
        self._depth = 0

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; blocks within blocks are one."""
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        finally:
            self._depth -= 1

    def forget_all(self) -> None:
        """Begin anew."""
        with self.transaction():
            for table in TABLES:
                self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own

    def add_payment(self, payment: Payment) -> None:
        """Keep a new payment, and number it."""
        payment.number = self._run("add_payment", _row(payment)).lastrowid or 0

    def save_payment(self, payment: Payment) -> None:
        """Keep what has become of it."""
        self._run("save_payment", _row(payment))

    def payment(self, payment_id: str) -> Payment | None:
        """One by its id."""
        return self._one(Payment, "payment", payment_id)

    def payment_of_reference(self, gateway: str, reference: str) -> Payment | None:
        """The latest that a merchant called so."""
        return self._one(Payment, "payment_of_reference", gateway, reference)

    def payment_of_intent(self, intent: str) -> Payment | None:
        """One of Stripe's by the id of what moves its money."""
        return self._one(Payment, "payment_of_intent", intent)

    def payments(
        self,
        *,
        gateway: str = "",
        status: str = "",
        reference: str = "",
        before: int = 2**62,
        created_from: float = 0.0,
        limit: int = 100,
    ) -> list[Payment]:
        """The latest first."""
        wanted = {
            "gateway": gateway,
            "status": status,
            "reference": reference,
            "before": before,
            "created_from": created_from,
            "limit": limit,
        }
        return [_thing(Payment, row) for row in self._run("payments", wanted)]

    def payments_after(self, gateway: str, number: int, limit: int) -> list[Payment]:
        """Those that came after one, the oldest first."""
        return [_thing(Payment, row) for row in self._run("payments_after", (gateway, number, limit))]

    def expired(self, now: float) -> list[Payment]:
        """Those whose time has run out."""
        return [_thing(Payment, row) for row in self._run("expired", (now,))]

    def add_refund(self, refund: Refund) -> None:
        """Keep a new refund, and number it."""
        refund.number = self._run("add_refund", _row(refund)).lastrowid or 0

    def save_refund(self, refund: Refund) -> None:
        """Keep what has become of it."""
        self._run("save_refund", _row(refund))

    def refund(self, refund_id: str) -> Refund | None:
        """One by its id."""
        return self._one(Refund, "refund", refund_id)

    def refunds(self, payment_id: str) -> list[Refund]:
        """Those of a payment, the first one first."""
        return [_thing(Refund, row) for row in self._run("refunds", (payment_id,))]

    def answer(self, gateway: str, key: str, since: float) -> KeptAnswer | None:
        """What was answered under a key, if that was after `since`."""
        row = self._run("answer", (gateway, key, since)).fetchone()
        return KeptAnswer(row["request"], row["status"], row["body"], row["payment_id"]) if row else None

    def keep_answer(self, gateway: str, key: str, kept: KeptAnswer, now: float) -> None:
        """Remember it for the next time the key is used."""
        values = (gateway, key, kept.request, kept.status, kept.body, kept.payment_id, now)
        self._run("keep_answer", values)

    def add_notice(self, notice: Notice) -> None:
        """Owe a notice, and number it."""
        notice.number = self._run("add_notice", _row(notice)).lastrowid or 0

    def save_notice(self, notice: Notice) -> None:
        """Keep how an attempt ended."""
        self._run("save_notice", _row(notice))

    def notice(self, number: int) -> Notice | None:
        """One by its number."""
        return self._one(Notice, "notice", number)

    def notices(self, payment_id: str = "", *, since: int = 0, limit: int = 1000) -> list[Notice]:
        """Those about one payment, or about all, after a number."""
        wanted = {"payment_id": payment_id, "since": since, "limit": limit}
        return [_thing(Notice, row) for row in self._run("notices", wanted)]

    def notices_due(self, now: float, limit: int) -> list[Notice]:
        """What is to be carried now."""
        return [_thing(Notice, row) for row in self._run("notices_due", (now, limit))]

    def release_notices(self, gone_first: Notice, now: float) -> None:
        """Let those go that waited for this one."""
        self._run(
            "release_notices", {"payment_id": gone_first.payment_id, "number": gone_first.number, "now": now}
        )

    def add_plan(self, plan: Plan) -> None:
        """Do something later."""
        self._run("add_plan", (plan.payment_id, plan.deed, plan.due_at, json.dumps(plan.details)))

    def plans(self, payment_id: str) -> list[Plan]:
        """What will be done to a payment."""
        return [_thing(Plan, row) for row in self._run("plans", (payment_id,))]

    def plans_due(self, now: float) -> list[Plan]:
        """What is to be done now."""
        return [_thing(Plan, row) for row in self._run("plans_due", (now,))]

    def drop_plan(self, plan: Plan) -> None:
        """It is done."""
        self._run("drop_plan", (plan.number,))

    def next_due(self) -> float | None:
        """When time itself does something next; None for never."""
        found: float | None = self._run("next_due", ()).fetchone()[0]
        return found

    def next_notice_due(self, now: float) -> float | None:
        """When the sender has to go next, after now."""
        found: float | None = self._run("next_notice_due", (now,)).fetchone()[0]
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """How many payments of each gateway are in which state."""
        counted: dict[str, dict[str, int]] = {}
        for gateway, status, number in self._run("counts", ()):
            counted.setdefault(gateway, {})[status] = number
        return counted

    def setting(self, name: str, default: Any) -> Any:
        """What a control was set to."""
        row = self._run("setting", (name,)).fetchone()
        return json.loads(row["value"]) if row else default

    def save_setting(self, name: str, value: Any) -> None:
        """Keep what it is set to."""
        self._run("save_setting", (name, json.dumps(value)))

    def _run(self, name: str, values: Any) -> sqlite3.Cursor:
        return self._database.execute(SQL[name], values)

    def _one(self, kind: type[T], name: str, *values: Any) -> T | None:
        row = self._run(name, values).fetchone()
        return _thing(kind, row) if row else None


def _row(thing: Any) -> dict[str, Any]:
    row = asdict(thing)
    if "details" in row:
        row["details"] = json.dumps(row["details"], ensure_ascii=False)
    return row


def _thing(kind: type[T], row: sqlite3.Row) -> T:
    values = {name: row[name] for name in (field.name for field in fields(kind))}  # type: ignore[arg-type]
    if "details" in values:
        values["details"] = json.loads(values["details"])
    if "held" in values:
        values["held"] = bool(values["held"])
    return kind(**values)
