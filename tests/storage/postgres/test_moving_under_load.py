"""The tables of before are moved while programs of before use them, whatever is in between."""

import asyncio
import itertools

import pytest

from mailroom.storage.postgres import bridge
from mailroom.storage.postgres.histories import PLATFORM_HISTORY
from mailroom.storage.postgres.migrate import MigrationError, apply_migrations
from mailroom.storage.postgres.old_chain import MOVED
from tests.shop_tables import SHOP_TABLES
from tests.storage.postgres.old_database import SINCE, contents, make_old, since
from tests.storage.postgres.old_program import OldProgram
from tests.storage.postgres.outbox.box import connected

PATH = '"$user", public'
WORKS = 3
"""Connections that an old program keeps."""

_numbers = itertools.count(1)


@pytest.fixture(name="old_url")
def old_url_fixture(clean_postgres_url):
    """A database of the version before, filled."""
    asyncio.run(_make_old(clean_postgres_url))
    return clean_postgres_url


async def _make_old(url, home="public"):
    async with connected(url) as connection:
        await make_old(connection, home=home, filled=True)


async def path(url):
    async with connected(url) as connection:
        return await connection.fetchval("SHOW search_path")


def test_programs_of_before_lose_a_connection_each_and_nothing_else(old_url):
    async def main():
        async with OldProgram(old_url) as program:
            await program.does(50)
            assert await apply_migrations(old_url, [SHOP_TABLES]) == [MOVED, *SINCE]
            await program.does(100)
            assert await apply_migrations(old_url, [SHOP_TABLES]) == []
            await program.does(50)
        assert program.cuts <= WORKS
        await program.check_the_books()

    asyncio.run(main())


def test_several_migrates_at_once_beside_programs_of_before_are_one_move(old_url):
    async def main():
        async with OldProgram(old_url) as program:
            await program.does(20)
            found = await asyncio.gather(*(apply_migrations(old_url, [SHOP_TABLES]) for _ in range(3)))
            await program.does(50)
        assert sorted(name for names in found for name in names) == sorted([MOVED, *SINCE])
        await program.check_the_books()

    asyncio.run(main())


def test_whoever_holds_a_table_for_a_while_delays_it_and_no_more(old_url):
    async def main():
        async with OldProgram(old_url) as program:
            await program.does(20)
            asked = asyncio.Event()

            async def holds():
                while True:
                    async with connected(old_url) as reader:
                        await reader.execute("SELECT count(*) FROM outbox_job")
                        async with reader.transaction():
                            await reader.execute("LOCK TABLE outbox_job IN ACCESS SHARE MODE")
                            asked.set()
                            await asyncio.sleep(2.5)  # longer than we wait for a lock
                            return

            holding = asyncio.create_task(_until_done(holds))
            await asked.wait()
            assert await apply_migrations(old_url, [SHOP_TABLES]) == [MOVED, *SINCE]
            await holding
            await program.does(50)
        await program.check_the_books()

    asyncio.run(main())


async def _until_done(hold):
    """Whoever is cut in the middle begins again, as a report would that somebody runs again."""
    while True:
        try:
            return await hold()
        except Exception:
            await asyncio.sleep(0)


def test_who_never_lets_go_of_a_table_is_named_and_nothing_is_changed(old_url):
    async def main():
        async with connected(old_url) as there:
            await apply_migrations_beside(there)
        async with connected(old_url) as connection:
            assert await connection.fetchval("SELECT count(*) FROM public.payment") == 20

    async def apply_migrations_beside(there):
        moving = asyncio.create_task(apply_migrations(old_url, [SHOP_TABLES], lock_seconds_max=1))
        async with asyncio.timeout(20):
            while not there.is_closed():  # noqa: ASYNC110 - Postgres cuts it
                await asyncio.sleep(0.01)
        async with connected(old_url) as again, again.transaction():
            await again.execute("LOCK TABLE payment IN ACCESS SHARE MODE")
            with pytest.raises(MigrationError, match="or a transaction that was left open"):
                await moving

    asyncio.run(main())


@pytest.mark.parametrize("own_schema", [False, True], ids=["in public", "in its own schema"])
@pytest.mark.parametrize("role", ["mailroom", "clerk"])
def test_a_role_that_is_no_superuser_or_is_called_as_we_are(clean_postgres_url, a_role, role, own_schema):
    async def main():
        url = await a_role(role)
        home = role if own_schema else "public"
        async with connected(url) as connection:
            if own_schema:  # where "$user" leads
                await connection.execute(f"CREATE SCHEMA {role}")
            await make_old(connection, home=home, filled=True)
            before = await contents(connection, home)
        async with OldProgram(url) as program:
            await program.does(20)
            assert await apply_migrations(url, [SHOP_TABLES]) == [MOVED, *SINCE]
            await program.does(50)
        assert await apply_migrations(url, [SHOP_TABLES]) == []
        await program.check_the_books()
        async with connected(url) as connection:
            after = await contents(connection, "mailroom")
        for table in ("payment", "outbox_dead", "outbox_queue", "partition_lease", "pair"):
            assert after[table] == before[table]

    asyncio.run(main())


@pytest.fixture(name="a_role")
def a_role_fixture(clean_postgres_url):
    """The database, as somebody to whom it belongs and who is nobody else's superuser."""
    database = clean_postgres_url.partition("@/")[2].partition("?")[0]
    made = []

    async def make(role):
        async with connected(clean_postgres_url) as connection:
            await connection.execute(f"CREATE ROLE {role} LOGIN")
            made.append(role)
            await connection.execute(f"ALTER DATABASE {database} OWNER TO {role}")
        return clean_postgres_url.replace("//postgres@", f"//{role}@")

    async def drop():
        async with connected(clean_postgres_url) as connection:
            await connection.execute(f"ALTER DATABASE {database} OWNER TO postgres")
            for role in made:
                await connection.execute(f"REASSIGN OWNED BY {role} TO postgres")
                await connection.execute(f"DROP OWNED BY {role}")
                await connection.execute(f"DROP ROLE {role}")

    yield make
    asyncio.run(drop())


def test_a_role_that_may_make_no_schema_is_told_what_it_needs(clean_postgres_url, a_role):
    async def main():
        url = await a_role("clerk")
        async with connected(clean_postgres_url) as connection:
            database = await connection.fetchval("SELECT current_database()")
            await connection.execute(f"ALTER DATABASE {database} OWNER TO postgres")
        with pytest.raises(MigrationError, match=r"permission denied.*GRANT CREATE ON DATABASE"):
            await apply_migrations(url)

    asyncio.run(main())


def test_the_path_is_put_back_by_a_migrate_of_a_day_later(old_url):
    async def main():
        async with connected(old_url):
            await apply_migrations(old_url, [SHOP_TABLES])
        assert await path(old_url) == f"{PATH}, mailroom"
        assert await apply_migrations(old_url, [SHOP_TABLES]) == []
        assert await path(old_url) == f"{PATH}, mailroom"
        async with connected(old_url) as connection:
            await connection.execute(
                "UPDATE mailroom.installation SET value ="
                " jsonb_set(value::jsonb, '{at}', to_jsonb(now() - interval '25 h')) WHERE key = $1",
                bridge.KEY,
            )
        assert await apply_migrations(old_url, [SHOP_TABLES]) == []
        assert await path(old_url) == PATH
        async with connected(old_url) as connection:
            assert await connection.fetch(bridge.SET_FOR_ROLE) == []
            assert await connection.fetch("SELECT FROM mailroom.installation WHERE key = 'bridge'") == []

    asyncio.run(main())


def test_a_path_that_somebody_has_set_is_put_back_as_it_was(clean_postgres_url, a_role):
    async def main():
        url = await a_role("clerk")
        async with connected(url) as connection:
            await connection.execute("CREATE SCHEMA app")
            name = await connection.fetchval("SELECT current_database()")
            await connection.execute(f"ALTER ROLE clerk IN DATABASE {name} SET search_path = app, public")
            await make_old(connection, home="app", filled=True)
        async with OldProgram(url) as program:
            await program.does(20)
            assert await apply_migrations(url) == [MOVED, *since(PLATFORM_HISTORY)]
            await program.does(20)
        assert await path(url) == "app, public, mailroom"
        async with connected(url) as connection:
            await connection.execute(
                "UPDATE mailroom.installation SET value ="
                " jsonb_set(value::jsonb, '{at}', to_jsonb(now() - interval '25 h')) WHERE key = 'bridge'"
            )
        assert await apply_migrations(url) == []
        assert await path(url) == "app, public"

    asyncio.run(main())


def test_with_nobody_there_no_path_is_lengthened(old_url):
    async def main():
        assert await apply_migrations(old_url, [SHOP_TABLES]) == [MOVED, *SINCE]
        assert await path(old_url) == PATH

    asyncio.run(main())


def test_a_path_in_the_address_leads_programs_that_run_nowhere_else(old_url):
    async def main():
        url = f"{old_url}&search_path=public"
        async with connected(old_url):
            with pytest.raises(
                MigrationError, match=r"DATABASE_URL sets a search_path.*: stop them, and run"
            ):
                await apply_migrations(url, [SHOP_TABLES])
        assert await apply_migrations(url, [SHOP_TABLES]) == [MOVED, *SINCE]

    asyncio.run(main())


def test_a_session_that_is_just_starting_is_waited_for():
    """Once, on a busy machine, a program looked for a table in the old place: it had begun with the old path,
    and was not in the list of sessions yet when the others were cut.
    """

    class Connection:
        starting = True
        cut = 0

        async def fetchval(self, statement, *_):
            return self.starting if statement == bridge.STARTING else False

        async def fetch(self, *_):
            self.cut += 1
            return []

    async def main():
        connection = Connection()
        assert not await bridge.cut(connection, None, 1)
        assert connection.cut == 0
        connection.starting = False
        assert await bridge.cut(connection, None, 1)
        assert connection.cut == 1

    asyncio.run(main())
