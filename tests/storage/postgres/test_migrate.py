import asyncio
import subprocess
import sys
import time

import asyncpg
import pytest

from storage.postgres.migrate import (
    NAME_LENGTH_MAX,
    MigrationError,
    apply_migrations,
    migrate,
    migration_names,
    missing_after,
    pending,
    script_from,
)


def run_sql(url: str, statement: str):
    async def run():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_a_new_database_gets_every_migration_and_the_second_run_finds_nothing_to_do(clean_postgres_url):
    assert pending(clean_postgres_url) == migration_names()
    assert migrate(clean_postgres_url) == migration_names()
    assert pending(clean_postgres_url) == []
    assert migrate(clean_postgres_url) == []
    columns = run_sql(
        clean_postgres_url,
        "select column_name from information_schema.columns where table_name = 'partition_lease' order by 1",
    )
    assert [column["column_name"] for column in columns] == ["epoch", "expires_at", "owner", "partition"]


def test_nothing_to_do_takes_one_query_and_no_alembic(clean_postgres_url):
    migrate(clean_postgres_url)
    script = (
        "import sys; from storage.postgres.migrate import migrate; assert migrate(sys.argv[1]) == [];"
        "assert 'alembic' not in sys.modules and 'sqlalchemy' not in sys.modules"
    )
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", script, clean_postgres_url], check=True)
    assert time.monotonic() - started < 2


def test_processes_that_start_together_migrate_once(clean_postgres_url):
    async def all_at_once() -> list[list[str]]:
        return await asyncio.gather(*(apply_migrations(clean_postgres_url) for _ in range(5)))

    results = sorted(asyncio.run(all_at_once()), key=len)
    assert results == [[], [], [], [], migration_names()]


def test_a_database_some_migrations_behind_gets_only_those(clean_postgres_url):
    first, *rest = migration_names()
    run_sql(clean_postgres_url, "create table alembic_version (version_num varchar(32) primary key)")
    run_sql(clean_postgres_url, f"insert into alembic_version values ('{first}')")
    run_sql(clean_postgres_url, "create table partition_lease (left_alone int)")
    assert migrate(clean_postgres_url) == rest


def test_a_migration_that_fails_leaves_the_database_as_it_was(clean_postgres_url):
    run_sql(clean_postgres_url, "create table installation (in_the_way int)")
    with pytest.raises(asyncpg.DuplicateTableError):
        migrate(clean_postgres_url)
    assert pending(clean_postgres_url) == migration_names()
    assert run_sql(clean_postgres_url, "select to_regclass('partition_lease') as found")[0]["found"] is None


def test_a_database_of_newer_code_is_refused():
    with pytest.raises(MigrationError, match="9999_future, which this version of Mailroom does not know"):
        missing_after("9999_future")


def test_names_sort_in_the_order_that_alembic_follows_and_fit_its_table():
    names = migration_names()
    script = script_from(None)
    places = [script.index(f"-> {name}") for name in names]
    assert places == sorted(places)
    assert f"version_num='{names[-1]}'" in script or f"('{names[-1]}')" in script
    assert max(map(len, names)) <= NAME_LENGTH_MAX


def test_sql_arrives_as_it_was_written():
    assert "\\:" not in script_from(None)
    assert "%%" not in script_from(None)
