"""The platform's migrations and each room's, applied once and in their order."""

import asyncio
import subprocess
import sys

import asyncpg
import pytest

from mailroom.storage.postgres.histories import PLATFORM_HISTORY, History
from mailroom.storage.postgres.migrate import (
    MigrationError,
    apply_migrations,
    belongs_to_others,
    migrate,
    pending,
)
from tests.cpu_seconds import cpu_seconds_of_children
from tests.storage.postgres.old_database import platform_names

TIPS = "CREATE TABLE {schema}.tips (id serial PRIMARY KEY, minor bigint NOT NULL);"
NOTES = "ALTER TABLE {schema}.tips ADD COLUMN note text NOT NULL DEFAULT '100% :)';"


def run_sql(url: str, statement: str):
    async def run():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture(name="room")
def room_fixture(tmp_path):
    """A room with two migrations, in the schema of a bot with an odd name."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_tips.sql").write_text(TIPS)
    (folder / "0002_notes.sql").write_text(NOTES)
    return History("tips", "my-tips", folder, ("my-tips",), chosen=False)


NAMES = ["my-tips/0001_tips", "my-tips/0002_notes"]


def test_a_new_database_gets_every_migration_and_the_second_run_finds_nothing_to_do(clean_postgres_url, room):
    everything = platform_names() + NAMES
    assert pending(clean_postgres_url, [room]) == everything
    assert migrate(clean_postgres_url, [room]) == everything
    assert pending(clean_postgres_url, [room]) == []
    assert migrate(clean_postgres_url, [room]) == []
    (row,) = run_sql(clean_postgres_url, 'INSERT INTO "my-tips".tips (minor) VALUES (1) RETURNING note')
    assert row["note"] == "100% :)"
    columns = run_sql(
        clean_postgres_url,
        "select table_schema, column_name from information_schema.columns"
        " where table_name = 'partition_lease' order by 2",
    )
    assert [column["column_name"] for column in columns] == ["epoch", "expires_at", "owner", "partition"]
    assert {column["table_schema"] for column in columns} == {"mailroom"}


def test_nothing_to_do_takes_a_moment(clean_postgres_url):
    migrate(clean_postgres_url)
    script = (
        "import sys; from mailroom.storage.postgres.migrate import migrate; assert migrate(sys.argv[1]) == []"
    )
    before = cpu_seconds_of_children()
    subprocess.run([sys.executable, "-c", script, clean_postgres_url], check=True)
    assert cpu_seconds_of_children() - before < 2


def test_processes_that_start_together_migrate_once(clean_postgres_url, room):
    async def all_at_once() -> list[list[str]]:
        return await asyncio.gather(*(apply_migrations(clean_postgres_url, [room]) for _ in range(5)))

    results = asyncio.run(all_at_once())
    assert sorted(name for names in results for name in names) == sorted(platform_names() + NAMES)
    assert pending(clean_postgres_url, [room]) == []


def test_a_room_that_came_later_gets_its_tables_and_a_strangers_first_collides_with_nothing(
    clean_postgres_url, room
):
    assert migrate(clean_postgres_url) == platform_names()
    assert migrate(clean_postgres_url, [room]) == NAMES
    other = History("tips", "others", room.folder, ("others",))
    assert migrate(clean_postgres_url, [room, other]) == ["others/0001_tips", "others/0002_notes"]
    assert migrate(clean_postgres_url, [other]) == []


def test_a_migration_that_is_added_is_the_only_one_that_runs(clean_postgres_url, room):
    migrate(clean_postgres_url, [room])
    (room.folder / "0003_more.sql").write_text("CREATE TABLE {schema}.more (id int);")
    assert migrate(clean_postgres_url, [room]) == ["my-tips/0003_more"]


def test_a_migration_that_was_changed_after_it_was_applied_is_reported(clean_postgres_url, room):
    migrate(clean_postgres_url, [room])
    file = room.folder / "0001_tips.sql"
    file.write_bytes(TIPS.replace("\n", "\r\n").encode())
    assert migrate(clean_postgres_url, [room]) == [], "lines that end as on another system are no change"
    file.write_text(TIPS.replace("bigint", "integer"))
    for look in (migrate, pending):
        with pytest.raises(
            MigrationError, match=r"my-tips/0001_tips was changed after it was applied: put it"
        ):
            look(clean_postgres_url, [room])


def test_a_migration_that_fails_leaves_its_room_as_it_was(clean_postgres_url, room):
    (room.folder / "0002_notes.sql").write_text("ALTER TABLE {schema}.nothing ADD COLUMN note text;")
    with pytest.raises(asyncpg.UndefinedTableError):
        migrate(clean_postgres_url, [room])
    assert pending(clean_postgres_url, [room]) == NAMES
    assert run_sql(clean_postgres_url, "select from pg_namespace where nspname = 'my-tips'") == []


def test_a_migration_that_does_not_say_where_its_table_is_makes_none(clean_postgres_url, room):
    (room.folder / "0001_tips.sql").write_text("CREATE TABLE tips (id int);")
    with pytest.raises(MigrationError, match=r"my-tips/0001_tips does not say where its tables are: write"):
        migrate(clean_postgres_url, [room])


@pytest.mark.parametrize("names", [("0002_more",), ("2_more",), ("0003_Ж",)])
def test_migrations_without_an_order_are_refused(clean_postgres_url, room, names):
    for name in names:
        (room.folder / f"{name}.sql").write_text("SELECT 1;")
    with pytest.raises(
        MigrationError, match=r"called like 0001_what_for\.sql, each with a number of its own"
    ):
        migrate(clean_postgres_url, [room])


def test_a_migration_that_slipped_in_before_others_is_refused(clean_postgres_url, room):
    (room.folder / "0001_tips.sql").rename(room.folder / "0003_tips.sql")
    (room.folder / "0002_notes.sql").rename(room.folder / "0004_notes.sql")
    migrate(clean_postgres_url, [room])
    (room.folder / "0002_late.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="0002_late comes before 0004_notes, which was applied"):
        migrate(clean_postgres_url, [room])


def test_a_database_of_newer_code_is_refused(clean_postgres_url, room):
    migrate(clean_postgres_url, [room])
    (room.folder / "0002_notes.sql").unlink()
    with pytest.raises(
        MigrationError, match="my-tips/0002_notes, which this version of Mailroom does not know"
    ):
        pending(clean_postgres_url, [room])
    run_sql(
        clean_postgres_url,
        "insert into mailroom.applied_migration (schema, room, name)"
        " values ('mailroom', 'mailroom', '9999_future')",
    )
    with pytest.raises(
        MigrationError, match="mailroom/9999_future, which this version of Mailroom does not know"
    ):
        migrate(clean_postgres_url)


def test_two_rooms_do_not_share_a_schema(clean_postgres_url, room):
    other = History("shop", "my-tips", room.folder, ("store",))
    words = "bots.my-tips and bots.store cannot share the schema my-tips: a tips and a shop"
    with pytest.raises(MigrationError, match=words):
        migrate(clean_postgres_url, [room, other])
    migrate(clean_postgres_url, [room])
    with pytest.raises(
        MigrationError, match=r"my-tips holds the tables of the room tips, and bots\.store is a shop"
    ):
        migrate(clean_postgres_url, [other])


def test_a_schema_with_anothers_tables_is_not_moved_into(clean_postgres_url, room):
    run_sql(clean_postgres_url, 'create schema "my-tips"')
    assert migrate(clean_postgres_url, [room])[-2:] == NAMES, "an empty one may have been made for us"
    run_sql(clean_postgres_url, "create schema theirs")
    run_sql(clean_postgres_url, "create table theirs.orders (id int)")
    other = History("tips", "theirs", room.folder, ("theirs",), chosen=False)
    with pytest.raises(
        MigrationError, match=r"theirs holds tables of another program \(orders\): give bots.theirs"
    ):
        migrate(clean_postgres_url, [other])


def test_another_programs_alembic_in_the_same_database_is_never_taken_for_ours(clean_postgres_url):
    run_sql(clean_postgres_url, "create table alembic_version (version_num varchar(32) primary key)")
    run_sql(clean_postgres_url, "insert into alembic_version values ('ae1027a6acf'), ('0001_initial')")
    assert asyncio.run(belongs_to_others(clean_postgres_url))
    assert migrate(clean_postgres_url) == platform_names()
    assert migrate(clean_postgres_url) == []
    rows = run_sql(clean_postgres_url, "select version_num from alembic_version order by 1")
    assert [row["version_num"] for row in rows] == ["0001_initial", "ae1027a6acf"]
    assert not asyncio.run(belongs_to_others(clean_postgres_url))


def test_a_database_is_somebody_elses_only_by_its_tables(clean_postgres_url):
    assert not asyncio.run(belongs_to_others(clean_postgres_url))
    run_sql(clean_postgres_url, "create table orders (id int)")
    assert asyncio.run(belongs_to_others(clean_postgres_url))


def test_the_platforms_migrations_are_an_order():
    names = [one.name for one in PLATFORM_HISTORY.migrations()]
    assert names == sorted(names)
    assert names[0] == "0001_ownership"
