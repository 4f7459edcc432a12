"""Histories of migrations: the platform has one, and every room its own, numbered by itself.

A history is a folder of `.sql` files, `0001_what_for.sql` and so on; their names sort in their order. They
say where their tables are: the platform's `mailroom.payment`, a room's `{schema}.orders`. A file that was
applied never changes any more, which its digest in the ledger shows; what is to be different comes in the
next one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mailroom.storage.postgres.schemas import PLATFORM

NAME = re.compile(r"[0-9]{4}_[a-z0-9_]+")


class MigrationError(Exception):
    """The database cannot be brought up to date by this version of the code; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    name: str
    statements: str

    @property
    def digest(self) -> str:
        """The same for the same statements, however a checkout ends its lines."""
        return sha256(self.statements.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class History:
    """The migrations of a room, and the schema that they make tables in."""

    room: str
    """Whose they are: the name of the room's folder, or `mailroom`."""
    schema: str
    folder: Path
    bots: tuple[str, ...] = ()
    """Whose tables these are, by their names in the configuration."""
    chosen: bool = True
    """Whether the owner has named the schema; else it is called as its bot."""

    @property
    def owners(self) -> str:
        """Whose it is, for a sentence."""
        return " and ".join(f"bots.{bot}" for bot in self.bots) or self.room

    def migrations(self) -> list[Migration]:
        """All of them, oldest first. Raises `MigrationError` where their names are no order."""
        found = [
            # Universal newlines: a checkout on another system is no change.
            Migration(file.stem, file.read_text(encoding="utf-8"))
            for file in sorted(self.folder.glob("[0-9]*.sql"))
        ]
        numbers = [migration.name[:4] for migration in found]
        for migration in found:
            if NAME.fullmatch(migration.name) is None or numbers.count(migration.name[:4]) > 1:
                raise MigrationError(
                    f"{self.label(migration.name)}: migrations are called like 0001_what_for.sql, each with a"
                    " number of its own"
                )
        return found

    def label(self, name: str) -> str:
        """How a migration is called among those of others."""
        return f"{self.schema}/{name}"


PLATFORM_HISTORY = History(PLATFORM, PLATFORM, Path(__file__).with_name("migrations"))


@dataclass(frozen=True, slots=True)
class Applied:
    """A row of the ledger: a migration that the database has seen."""

    schema: str
    room: str
    name: str
    digest: str | None
    """None for what an old database already had, until its room is there to say what it is."""


def missing(history: History, ledger: Sequence[Applied]) -> list[Migration]:
    """What a database lacks of a history. Raises `MigrationError` where the two do not fit together."""
    seen = {row.name: row for row in ledger if row.schema == history.schema}
    for row in seen.values():
        if row.room != history.room:
            raise MigrationError(
                f"The schema {history.schema} holds the tables of the room {row.room}, and {history.owners}"
                f" is a {history.room}: name another with `data`."
            )
    migrations = history.migrations()
    if unknown := sorted(seen.keys() - {migration.name for migration in migrations}):
        raise MigrationError(
            f"The database is at migration {history.label(unknown[-1])}, which this version of Mailroom does"
            " not know: a newer version has been here. Start that one."
        )
    for migration in migrations:
        applied = seen.get(migration.name)
        if applied is not None and applied.digest not in (None, migration.digest):
            raise MigrationError(
                f"The migration {history.label(migration.name)} was changed after it was applied: put it back"
                " as it was, and write what is to be different into the next one."
            )
    lacking = [migration for migration in migrations if migration.name not in seen]
    if lacking and seen and lacking[0].name < max(seen):
        raise MigrationError(
            f"The migration {history.label(lacking[0].name)} comes before {max(seen)}, which was applied:"
            " give it the next number."
        )
    return lacking


def distinct(histories: Sequence[History]) -> Iterator[History]:
    """Each schema once, and only for one room. Raises `MigrationError`."""
    found: dict[str, History] = {}
    for history in histories:
        other = found.setdefault(history.schema, history)
        if other.room != history.room:
            raise MigrationError(
                f"{other.owners} and {history.owners} cannot share the schema {history.schema}:"
                f" a {other.room} and a {history.room}. Name another with `data`."
            )
        if other is history:
            yield history
