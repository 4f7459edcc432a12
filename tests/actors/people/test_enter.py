"""Codes, people and sessions, in a real Postgres."""

import asyncio
import json
from contextlib import suppress

import pytest

from mailroom.actors.people.code import TRIES, Codes, SendCode
from mailroom.actors.people.enter import SESSIONS_MAX, AnothersAddressError, WrongCodeError, enter, join
from mailroom.actors.people.session import end, end_others, leave, session_of
from mailroom.storage.postgres.sessions import sessions_of
from mailroom.storage.vault import Vault

ANNA, OTHER = "mail:anna@example.com", "phone:+79161234567"


class Logins:
    """A bot's people, and what was sent to them."""

    def __init__(self, pool):
        self.pool = pool
        self.codes = Codes(Vault([Vault.new_key()]))

    async def ask(self, address=ANNA, bot="shop"):
        """Ask for a code; the code that is to be sent."""
        async with self.pool.acquire() as connection, connection.transaction():
            assert await self.codes.issue(connection, bot, address, "en", "Shop") == f"{bot}.notification"
            payload = await connection.fetchval(
                "SELECT payload FROM mailroom.outbox_job ORDER BY id DESC LIMIT 1"
            )
        return self.codes.unseal(SendCode(**json.loads(payload)))

    async def enter(self, code, address=ANNA, bot="shop", instead=None):
        return await enter(self.pool, self.codes, bot, address, code, about="a browser", instead=instead)

    async def join(self, code, person, address=ANNA, session=None):
        return await join(self.pool, self.codes, "shop", address, code, person=person, session=session)

    async def entered(self, address=ANNA, bot="shop", instead=None):
        return await self.enter(await self.ask(address, bot), address, bot, instead)

    async def session(self, token, bot="shop"):
        return await session_of(self.pool, bot, token)


@pytest.fixture
def with_logins(story):
    return lambda test: story(lambda pool: test(Logins(pool)))


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_opens_one_session_and_nothing_afterwards(with_logins):
    async def test(logins):
        code = await logins.ask()
        entered = await logins.enter(code)
        session = await logins.session(entered.token)
        assert (session.person, session.addresses) == (entered.person, (ANNA,))
        with pytest.raises(WrongCodeError):
            await logins.enter(code)

    with_logins(test)


def test_the_same_code_twice_at_once_is_one_session(with_logins):
    async def test(logins):
        code = await logins.ask()
        came = await asyncio.gather(*(logins.enter(code) for _ in range(8)), return_exceptions=True)
        assert [type(one) for one in came].count(WrongCodeError) == 7
        assert await logins.pool.fetchval("SELECT count(*) FROM mailroom.page_session") == 1

    with_logins(test)


def test_after_five_wrong_tries_the_right_code_is_refused_too_however_many_are_made_at_once(with_logins):
    async def test(logins):
        code = await logins.ask()

        async def wrong():
            with suppress(WrongCodeError):
                await logins.enter(other_than(code))

        await asyncio.gather(*(wrong() for _ in range(50)))
        with pytest.raises(WrongCodeError):
            await logins.enter(code)
        assert await logins.pool.fetchval("SELECT tries_left FROM mailroom.code") == 0

    with_logins(test)


def test_after_four_wrong_tries_the_right_code_is_taken(with_logins):
    async def test(logins):
        code = await logins.ask()
        for _ in range(TRIES - 1):
            with pytest.raises(WrongCodeError):
                await logins.enter(other_than(code))
        assert (await logins.enter(code)).person

    with_logins(test)


def test_a_new_code_replaces_the_old_one_and_gives_tries_anew(with_logins):
    async def test(logins):
        old = await logins.ask()
        for _ in range(TRIES):
            with pytest.raises(WrongCodeError):
                await logins.enter(other_than(old))
        new = await logins.ask()
        if new != old:
            with pytest.raises(WrongCodeError):
                await logins.enter(old)
        assert (await logins.enter(new)).person

    with_logins(test)


def test_a_code_is_for_its_address_at_its_bot_and_its_ten_minutes(with_logins):
    async def test(logins):
        code = await logins.ask()
        for address, bot in ((OTHER, "shop"), (ANNA, "other")):
            with pytest.raises(WrongCodeError):
                await logins.enter(code, address, bot)
        await logins.pool.execute("UPDATE mailroom.code SET until = now()")
        with pytest.raises(WrongCodeError):
            await logins.enter(code)

    with_logins(test)


def test_a_code_for_a_page_opens_no_console_and_its_tries_are_its_own(with_logins):
    async def test(logins):
        console = logins.codes.at("console")
        code = await logins.ask()
        async with logins.pool.acquire() as connection, connection.transaction():
            await console.issue(connection, "shop", ANNA, "en", "Shop")
        for _ in range(TRIES + 1):
            assert not await console.use(logins.pool, "shop", ANNA, code)
        assert (await logins.enter(code)).person

    with_logins(test)


def test_no_code_is_in_the_database_in_the_clear(with_logins):
    async def test(logins):
        code = await logins.ask()
        row = await logins.pool.fetchrow("SELECT * FROM mailroom.code")
        job = await logins.pool.fetchrow("SELECT * FROM mailroom.outbox_job")
        assert code not in repr(dict(row)) + repr({**job, "created_at": "", "run_at": "", "turn_at": ""})
        # With the rows alone all the codes there are tell nothing: a digest needs the key too.
        assert Codes(Vault([Vault.new_key()])).digest("shop", ANNA, code) != row["digest"]

    with_logins(test)


def test_an_address_is_the_same_person_for_ever_and_another_one_at_another_bot(with_logins):
    async def test(logins):
        first, again = await logins.entered(), await logins.entered()
        elsewhere = await logins.entered(bot="other")
        assert first.person == again.person != elsewhere.person
        assert first.token != again.token
        assert "anna" not in first.person
        assert await logins.session(elsewhere.token) is None

    with_logins(test)


def test_who_proves_a_second_address_is_the_same_person(with_logins):
    async def test(logins):
        entered = await logins.entered()
        session = await logins.session(entered.token)
        assert (await logins.join(await logins.ask(OTHER), session.person, OTHER, session)).token == ""
        assert (await logins.entered(OTHER)).person == entered.person
        assert (await logins.session(entered.token)).addresses == (ANNA, OTHER)

    with_logins(test)


def test_telegram_and_an_address_that_nobody_had_are_one_person(with_logins):
    async def test(logins):
        await logins.join(await logins.ask(), "tg:7001")
        assert (await logins.entered()).person == "tg:7001"

    with_logins(test)


def test_another_persons_address_stays_theirs_and_the_code_can_be_used_to_enter_as_them(with_logins):
    async def test(logins):
        anna = await logins.entered()
        code = await logins.ask()
        with pytest.raises(AnothersAddressError):
            await logins.join(code, "tg:7002")
        assert (await logins.enter(code)).person == anna.person
        assert await logins.pool.fetchval("SELECT count(*) FROM mailroom.proof") == 1

    with_logins(test)


def test_another_one_entering_ends_the_session_that_the_browser_had(with_logins):
    async def test(logins):
        anna = await logins.entered()
        other = await logins.entered(OTHER, instead=await logins.session(anna.token))
        assert await logins.session(anna.token) is None
        assert (await logins.session(other.token)).person == other.person != anna.person

    with_logins(test)


def test_a_session_ends_where_its_owner_ends_it_and_nobody_else_can(with_logins):
    async def test(logins):
        here, there = await logins.entered(), await logins.entered()
        other = await logins.entered(OTHER)
        mine = await sessions_of(logins.pool, "shop", here.person)
        assert len(mine) == 2
        assert not await end(logins.pool, "shop", other.person, mine[0].id)
        await leave(logins.pool, await logins.session(there.token))
        assert await logins.session(there.token) is None
        assert await end_others(logins.pool, "shop", here.person, None) == 1
        assert await logins.session(here.token) is None
        assert await logins.session(other.token) is not None

    with_logins(test)


def test_a_session_lasts_a_month_from_when_it_was_last_seen(with_logins):
    async def test(logins):
        entered = await logins.entered()
        await logins.pool.execute(
            "UPDATE mailroom.page_session"
            " SET seen_at = now() - interval '29 days', until = now() + interval '1 day'"
        )
        await logins.session(entered.token)
        left = await logins.pool.fetchval("SELECT extract(day FROM until - now()) FROM mailroom.page_session")
        assert left >= 29
        await logins.pool.execute("UPDATE mailroom.page_session SET until = now()")
        assert await logins.session(entered.token) is None

    with_logins(test)


def test_a_session_that_is_used_all_the_time_is_not_written_all_the_time(with_logins):
    async def test(logins):
        entered = await logins.entered()
        before = await logins.pool.fetchval("SELECT xmin::text FROM mailroom.page_session")
        for _ in range(5):
            await logins.session(entered.token)
        assert await logins.pool.fetchval("SELECT xmin::text FROM mailroom.page_session") == before

    with_logins(test)


def test_nobody_is_remembered_in_more_browsers_than_anybody_has(with_logins):
    async def test(logins):
        entered = [await logins.entered() for _ in range(SESSIONS_MAX + 1)]
        assert await logins.session(entered[0].token) is None
        assert await logins.session(entered[1].token) is not None

    with_logins(test)


def test_what_is_no_token_is_no_session(with_logins):
    async def test(logins):
        for token in ("", "a", "a" * 40, "a" * 5_000, "\0" * 40, "' OR 1=1 --", "ы" * 40, "A" * 40):
            assert await logins.session(token) is None

    with_logins(test)


def test_what_is_over_is_swept_away_by_what_comes_after_it(with_logins):
    async def test(logins):
        await logins.entered()
        await logins.ask(OTHER)
        await logins.pool.execute("UPDATE mailroom.page_session SET until = now() - interval '1 s'")
        await logins.pool.execute("UPDATE mailroom.code SET until = now() - interval '1 s'")
        await logins.entered()
        assert await logins.pool.fetchval("SELECT count(*) FROM mailroom.page_session") == 1
        assert await logins.pool.fetchval("SELECT count(*) FROM mailroom.code") == 0

    with_logins(test)
