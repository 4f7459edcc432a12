"""A message as its row keeps it: for whoever delivers it, the rows of a whole claim in one statement."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.qstash.ending import State
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("stored.sql"))

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message."""

    id: int
    born: datetime
    url: str
    method: str
    headers: Pairs
    body: bytes
    config: dict[str, Any]
    not_before: datetime
    labels: tuple[str, ...]
    queue: str | None
    flow: str | None
    url_group: str | None
    endpoint: str | None
    schedule: str | None
    caller: str | None
    retried: int
    state: State


_FIELDS = frozenset(field.name for field in fields(Stored))


async def to_deliver(pool: asyncpg.Pool, ids: Sequence[int]) -> dict[int, Stored]:
    """Messages by their ids."""
    with answering():
        rows = await pool.fetch(SQL["to_deliver"], list(ids))
    return {row["id"]: stored(row) for row in rows}


def stored(row: asyncpg.Record) -> Stored:
    """The message of a row, which may have other columns besides."""
    found = {name: value for name, value in row.items() if name in _FIELDS}
    found["headers"] = pairs(row["headers"])
    found["config"] = json.loads(row["config"])
    found["labels"] = tuple(row["labels"])
    found["state"] = State(row["state"])
    return Stored(**found)


def pairs(text: str | None) -> Pairs:
    """Headers as they are kept."""
    return tuple((name, value) for name, value in json.loads(text)) if text else ()
