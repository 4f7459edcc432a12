import asyncio
import subprocess
import sys
import time

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import (
    NAME_LENGTH_MAX,
    MigrationError,
    apply_migrations,
    belongs_to_others,
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
        "import sys; from mailroom.storage.postgres.migrate import migrate;"
        "assert migrate(sys.argv[1]) == [];"
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
    run_sql(clean_postgres_url, "create table installation (key text primary key, value text not null)")
    assert migrate(clean_postgres_url) == rest


def test_a_migration_that_fails_leaves_the_database_as_it_was(clean_postgres_url):
    run_sql(clean_postgres_url, "create table installation (in_the_way int)")
    with pytest.raises(asyncpg.DuplicateTableError):
        migrate(clean_postgres_url)
    assert pending(clean_postgres_url) == migration_names()
    assert run_sql(clean_postgres_url, "select to_regclass('partition_lease') as found")[0]["found"] is None


def test_another_programs_alembic_in_the_same_database_is_never_taken_for_ours(clean_postgres_url):
    run_sql(clean_postgres_url, "create table alembic_version (version_num varchar(32) primary key)")
    run_sql(clean_postgres_url, "insert into alembic_version values ('ae1027a6acf'), ('0001_initial')")
    assert asyncio.run(belongs_to_others(clean_postgres_url))
    assert pending(clean_postgres_url) == migration_names()
    assert migrate(clean_postgres_url) == migration_names()
    assert migrate(clean_postgres_url) == []
    rows = run_sql(clean_postgres_url, "select version_num from alembic_version order by 1")
    assert [row["version_num"] for row in rows] == ["0001_initial", "ae1027a6acf"]
    assert not asyncio.run(belongs_to_others(clean_postgres_url))


def test_an_installation_that_used_the_shared_table_goes_on_and_frees_it(clean_postgres_url):
    migrate(clean_postgres_url)
    run_sql(clean_postgres_url, "alter table mailroom_migration rename to alembic_version")
    assert pending(clean_postgres_url) == []
    assert migrate(clean_postgres_url) == []
    found = run_sql(
        clean_postgres_url,
        "select version_num, to_regclass('alembic_version')::text as shared from mailroom_migration",
    )
    assert [tuple(row) for row in found] == [(migration_names()[-1], None)]


def test_of_a_shared_table_only_our_row_is_taken(clean_postgres_url):
    migrate(clean_postgres_url)
    run_sql(clean_postgres_url, "alter table mailroom_migration rename to alembic_version")
    run_sql(clean_postgres_url, "insert into alembic_version values ('ae1027a6acf')")
    assert migrate(clean_postgres_url) == []
    rows = run_sql(clean_postgres_url, "select version_num from alembic_version")
    assert [row["version_num"] for row in rows] == ["ae1027a6acf"]


def test_tables_of_ours_whose_migration_nobody_names_any_more_are_not_made_again(clean_postgres_url):
    migrate(clean_postgres_url)
    run_sql(clean_postgres_url, "alter table mailroom_migration rename to alembic_version")
    run_sql(clean_postgres_url, "update alembic_version set version_num = 'ae1027a6acf'")
    with pytest.raises(MigrationError, match="names one of another program"):
        migrate(clean_postgres_url)


def test_a_database_is_somebody_elses_only_by_its_tables(clean_postgres_url):
    assert not asyncio.run(belongs_to_others(clean_postgres_url))
    run_sql(clean_postgres_url, "create table orders (id int)")
    assert asyncio.run(belongs_to_others(clean_postgres_url))


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
