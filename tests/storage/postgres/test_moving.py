"""The tables of before are moved to their schema, once, with all that is in them."""

import asyncio

import pytest

from mailroom.storage.postgres import ledger, migrate
from mailroom.storage.postgres.before_schemas import HAD_ALREADY
from mailroom.storage.postgres.files import digest_of
from mailroom.storage.postgres.histories import PLATFORM_HISTORY, History
from mailroom.storage.postgres.migrate import MigrationError, apply_migrations
from mailroom.storage.postgres.old_chain import MOVED, old_names
from tests.shop_tables import SHOP_TABLES
from tests.storage.postgres.old_database import SINCE, contents, make_old, since
from tests.storage.postgres.old_program import OldProgram
from tests.storage.postgres.outbox.box import connected

CATALOGUE = """
WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname IN ('mailroom', 'shop'))
SELECT 'column' AS kind, c.oid::regclass::text AS of, a.attname::text AS name, concat_ws(
    ' ', format_type(atttypid, atttypmod), attnotnull, attidentity::text, pg_get_expr(adbin, adrelid)
) AS is
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
LEFT JOIN pg_attrdef AS d ON d.adrelid = attrelid AND d.adnum = attnum
WHERE relnamespace IN (TABLE ours) AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v')
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace IN (TABLE ours)
UNION ALL
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname IN ('mailroom', 'shop')
UNION ALL
SELECT 'view', viewname, '', definition FROM pg_views WHERE schemaname IN ('mailroom', 'shop')
UNION ALL
SELECT 'options', oid::regclass::text, '', reloptions::text FROM pg_class
WHERE relnamespace IN (TABLE ours) AND relkind IN ('r', 'p')
UNION ALL
SELECT 'sequence', schemaname || '.' || sequencename, '', start_value || ' ' || data_type FROM pg_sequences
"""
KNOWN = "SELECT schema || '/' || name FROM mailroom.applied_migration WHERE sha256 IS NOT NULL"


@pytest.fixture(name="old_url")
def old_url_fixture(clean_postgres_url):
    """A database of the version before, filled."""
    on(clean_postgres_url, lambda connection: make_old(connection, filled=True))
    return clean_postgres_url


def on(url, do):
    """What a function finds over a connection of its own."""

    async def main():
        async with connected(url) as connection:
            return await do(connection)

    return asyncio.run(main())


def moves(url, rooms=(SHOP_TABLES,)):
    return asyncio.run(apply_migrations(url, rooms))


def test_nothing_is_lost_and_a_second_run_changes_nothing(old_url):
    before = on(old_url, lambda connection: contents(connection, "public"))
    assert moves(old_url) == [MOVED, *SINCE]
    assert on(old_url, lambda connection: contents(connection, "mailroom")) == before
    assert moves(old_url) == []
    assert migrate.pending(old_url, [SHOP_TABLES]) == []
    assert on(old_url, lambda connection: contents(connection, "mailroom")) == before
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert [row[0] for row in on(old_url, lambda one: one.fetch(tables))] == ["mailroom_migration"]
    assert on(old_url, lambda one: one.fetchval("SELECT name FROM shop.customers")) == "Ann"


def test_pictures_are_files_from_then_on(old_url):
    picture = b"\x89PNG and so on"

    async def pictured(connection):
        await connection.execute(
            "INSERT INTO shop.pictures (product_id, content, mime_type, digest)"
            " SELECT id, $1, 'image/png', $2 FROM shop.products",
            picture,
            digest_of(picture),
        )

    on(old_url, pictured)
    moves(old_url)
    kept = on(old_url, lambda one: one.fetch("SELECT schema, digest, type, content FROM mailroom.file"))
    assert [tuple(row) for row in kept] == [("shop", digest_of(picture), "image/png", picture)]
    assert on(old_url, lambda one: one.fetchval("SELECT digest FROM shop.pictures")) == digest_of(picture)


def test_what_was_moved_is_what_a_new_database_gets(clean_postgres_url, postgres_url):
    new_url = postgres_url.replace("@/mailroom?", "@/made_new?")

    async def catalogue(url):
        await apply_migrations(url, [SHOP_TABLES])
        async with connected(url) as connection:
            await connection.execute("SET search_path = ''")
            assert {row[0] for row in await connection.fetch(KNOWN)} == {
                history.label(one.name)
                for history in (PLATFORM_HISTORY, SHOP_TABLES)
                for one in history.migrations()
            }
            return {tuple(row) for row in await connection.fetch(CATALOGUE)}

    on(clean_postgres_url, make_old)
    on(postgres_url, lambda connection: connection.execute("CREATE DATABASE made_new"))
    moved, new = asyncio.run(catalogue(clean_postgres_url)), asyncio.run(catalogue(new_url))
    assert moved ^ new == set()
    assert len(new) > 500


def test_what_the_old_chain_had_done_is_said_by_names_that_there_are():
    for history in (PLATFORM_HISTORY, SHOP_TABLES):
        had = HAD_ALREADY[history.schema]
        assert tuple(one.name for one in history.migrations())[: len(had)] == had


@pytest.mark.parametrize("age", [0, 4, 11, 15])
def test_a_database_of_any_age_is_brought_to_the_end_and_moved(clean_postgres_url, age):
    names = old_names()
    on(clean_postgres_url, lambda connection: make_old(connection, names[age]))
    assert migrate.pending(clean_postgres_url, [SHOP_TABLES]) == [*names[age + 1 :], MOVED, *SINCE]
    assert moves(clean_postgres_url) == [*names[age + 1 :], MOVED, *SINCE]
    assert moves(clean_postgres_url) == []


class KilledError(BaseException):
    """As far as its statements go, the process is gone."""


@pytest.mark.parametrize(
    ("where", "step"),
    [(migrate, "cut_off"), (ledger, "make"), (migrate._Migrating, "_apply")],
    ids=["before any table", "between tables", "after all tables"],
)
def test_killed_in_the_middle_it_goes_on_next_time(old_url, where, step):
    before = on(old_url, lambda connection: contents(connection, "public"))

    async def killed(*_):
        raise KilledError

    async def main():
        async with connected(old_url):  # somebody is there, for whom there has to be a way
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(where, step, killed)
                with pytest.raises(KilledError):
                    await apply_migrations(old_url, [SHOP_TABLES])
            async with OldProgram(old_url) as program:
                await program.does(20)
        await apply_migrations(old_url, [SHOP_TABLES])
        assert await apply_migrations(old_url, [SHOP_TABLES]) == []
        await program.check_the_books()

    asyncio.run(main())
    after = on(old_url, lambda connection: contents(connection, "mailroom"))
    for table in ("payment", "outbox_dead", "outbox_queue", "partition_lease", "broadcast_recipient", "pair"):
        assert after[table] == before[table]


def test_an_older_version_started_later_finds_a_name_that_it_does_not_know(old_url):
    moves(old_url)
    # As that version looks: by the name alone. It says that a newer version has been here.
    look = "SELECT version_num FROM mailroom_migration"
    assert on(old_url, lambda connection: connection.fetchval(look)) == MOVED
    assert MOVED not in old_names()


def test_a_row_in_the_table_of_all_alembics_is_kept_and_says_so_too(clean_postgres_url):
    async def long_ago(connection):
        await make_old(connection)
        await connection.execute("ALTER TABLE mailroom_migration RENAME TO alembic_version")

    on(clean_postgres_url, long_ago)
    assert moves(clean_postgres_url) == [MOVED, *SINCE]
    for table in ("alembic_version", "mailroom_migration"):
        found = on(
            clean_postgres_url, lambda one, of=table: one.fetch(f"SELECT version_num FROM public.{of}")
        )
        assert [row[0] for row in found] == [MOVED]


@pytest.mark.parametrize("shared", [True, False])
def test_a_users_own_alembic_in_the_same_database_is_never_touched(clean_postgres_url, shared):
    async def beside(connection):
        await make_old(connection)
        if shared:  # as a version long ago had it
            await connection.execute("ALTER TABLE mailroom_migration RENAME TO alembic_version")
        else:
            await connection.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        await connection.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")
        await connection.execute("CREATE TABLE theirs AS SELECT 7 AS id")

    on(clean_postgres_url, beside)
    assert moves(clean_postgres_url) == [MOVED, *SINCE]
    found = on(clean_postgres_url, lambda one: one.fetch("SELECT version_num FROM public.alembic_version"))
    assert [row[0] for row in found] == ["ae1027a6acf"]
    assert on(clean_postgres_url, lambda one: one.fetchval("SELECT id FROM public.theirs")) == 7


def test_tables_whose_last_migration_nobody_names_are_left_alone(clean_postgres_url):
    on(clean_postgres_url, make_old)
    on(clean_postgres_url, lambda connection: connection.execute("DROP TABLE mailroom_migration"))
    with pytest.raises(MigrationError, match="no table mailroom_migration names the last migration"):
        moves(clean_postgres_url)


def test_a_database_of_a_version_that_is_newer_than_the_old_chain_is_refused(old_url):
    on(old_url, lambda one: one.execute("UPDATE mailroom_migration SET version_num = '0099_else'"))
    with pytest.raises(MigrationError, match="0099_else, which this version of Mailroom does not know"):
        moves(old_url)


def test_a_shop_by_another_name_says_where_it_goes_on(old_url):
    on(old_url, lambda connection: connection.execute("UPDATE shop.customers SET bot = 'store'"))

    def shop(schema, bot, *, chosen):
        return History("shop", schema, SHOP_TABLES.folder, (bot,), chosen)

    words = r'say data = "shop" in \[bots\.store\] to go on with it, or data = "store" to begin anew'
    with pytest.raises(MigrationError, match=words):
        moves(old_url, [shop("store", "store", chosen=False)])
    assert moves(old_url, [shop("shop", "store", chosen=True)]) == since(SHOP_TABLES)
    assert len(moves(old_url, [shop("store", "store", chosen=True)])) == len(SHOP_TABLES.migrations())
    assert len(moves(old_url, [shop("third", "third", chosen=False)])) == len(SHOP_TABLES.migrations()), (
        "who was not there begins anew"
    )
