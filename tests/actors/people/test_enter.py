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


class House:
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
def house(story):
    return lambda test: story(lambda pool: test(House(pool)))


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_code_opens_one_session_and_nothing_afterwards(house):
    async def test(house):
        code = await house.ask()
        entered = await house.enter(code)
        session = await house.session(entered.token)
        assert (session.person, session.addresses) == (entered.person, (ANNA,))
        with pytest.raises(WrongCodeError):
            await house.enter(code)

    house(test)


def test_the_same_code_twice_at_once_is_one_session(house):
    async def test(house):
        code = await house.ask()
        came = await asyncio.gather(*(house.enter(code) for _ in range(8)), return_exceptions=True)
        assert [type(one) for one in came].count(WrongCodeError) == 7
        assert await house.pool.fetchval("SELECT count(*) FROM mailroom.page_session") == 1

    house(test)


def test_after_five_wrong_tries_the_right_code_is_refused_too_however_many_are_made_at_once(house):
    async def test(house):
        code = await house.ask()

        async def wrong():
            with suppress(WrongCodeError):
                await house.enter(other_than(code))

        await asyncio.gather(*(wrong() for _ in range(50)))
        with pytest.raises(WrongCodeError):
            await house.enter(code)
        assert await house.pool.fetchval("SELECT tries_left FROM mailroom.code") == 0

    house(test)


def test_after_four_wrong_tries_the_right_code_is_taken(house):
    async def test(house):
        code = await house.ask()
        for _ in range(TRIES - 1):
            with pytest.raises(WrongCodeError):
                await house.enter(other_than(code))
        assert (await house.enter(code)).person

    house(test)


def test_a_new_code_replaces_the_old_one_and_gives_tries_anew(house):
    async def test(house):
        old = await house.ask()
        for _ in range(TRIES):
            with pytest.raises(WrongCodeError):
                await house.enter(other_than(old))
        new = await house.ask()
        if new != old:
            with pytest.raises(WrongCodeError):
                await house.enter(old)
        assert (await house.enter(new)).person

    house(test)


def test_a_code_is_for_its_address_at_its_bot_and_its_ten_minutes(house):
    async def test(house):
        code = await house.ask()
        for address, bot in ((OTHER, "shop"), (ANNA, "other")):
            with pytest.raises(WrongCodeError):
                await house.enter(code, address, bot)
        await house.pool.execute("UPDATE mailroom.code SET until = now()")
        with pytest.raises(WrongCodeError):
            await house.enter(code)

    house(test)


def test_a_code_for_a_page_opens_no_console_and_its_tries_are_its_own(house):
    async def test(house):
        console = house.codes.at("console")
        code = await house.ask()
        async with house.pool.acquire() as connection, connection.transaction():
            await console.issue(connection, "shop", ANNA, "en", "Shop")
        for _ in range(TRIES + 1):
            assert not await console.use(house.pool, "shop", ANNA, code)
        assert (await house.enter(code)).person

    house(test)


def test_no_code_is_in_the_database_in_the_clear(house):
    async def test(house):
        code = await house.ask()
        row = await house.pool.fetchrow("SELECT * FROM mailroom.code")
        job = await house.pool.fetchrow("SELECT * FROM mailroom.outbox_job")
        assert code not in repr(dict(row)) + repr({**job, "created_at": "", "run_at": "", "turn_at": ""})
        # With the rows alone all the codes there are tell nothing: a digest needs the key too.
        assert Codes(Vault([Vault.new_key()])).digest("shop", ANNA, code) != row["digest"]

    house(test)


def test_an_address_is_the_same_person_for_ever_and_another_one_at_another_bot(house):
    async def test(house):
        first, again = await house.entered(), await house.entered()
        elsewhere = await house.entered(bot="other")
        assert first.person == again.person != elsewhere.person
        assert first.token != again.token
        assert "anna" not in first.person
        assert await house.session(elsewhere.token) is None

    house(test)


def test_who_proves_a_second_address_is_the_same_person(house):
    async def test(house):
        entered = await house.entered()
        session = await house.session(entered.token)
        assert (await house.join(await house.ask(OTHER), session.person, OTHER, session)).token == ""
        assert (await house.entered(OTHER)).person == entered.person
        assert (await house.session(entered.token)).addresses == (ANNA, OTHER)

    house(test)


def test_telegram_and_an_address_that_nobody_had_are_one_person(house):
    async def test(house):
        await house.join(await house.ask(), "tg:7001")
        assert (await house.entered()).person == "tg:7001"

    house(test)


def test_another_persons_address_stays_theirs_and_the_code_can_be_used_to_enter_as_them(house):
    async def test(house):
        anna = await house.entered()
        code = await house.ask()
        with pytest.raises(AnothersAddressError):
            await house.join(code, "tg:7002")
        assert (await house.enter(code)).person == anna.person
        assert await house.pool.fetchval("SELECT count(*) FROM mailroom.proof") == 1

    house(test)


def test_another_one_entering_ends_the_session_that_the_browser_had(house):
    async def test(house):
        anna = await house.entered()
        other = await house.entered(OTHER, instead=await house.session(anna.token))
        assert await house.session(anna.token) is None
        assert (await house.session(other.token)).person == other.person != anna.person

    house(test)


def test_a_session_ends_where_its_owner_ends_it_and_nobody_else_can(house):
    async def test(house):
        here, there = await house.entered(), await house.entered()
        other = await house.entered(OTHER)
        mine = await sessions_of(house.pool, "shop", here.person)
        assert len(mine) == 2
        assert not await end(house.pool, "shop", other.person, mine[0].id)
        await leave(house.pool, await house.session(there.token))
        assert await house.session(there.token) is None
        assert await end_others(house.pool, "shop", here.person, None) == 1
        assert await house.session(here.token) is None
        assert await house.session(other.token) is not None

    house(test)


def test_a_session_lasts_a_month_from_when_it_was_last_seen(house):
    async def test(house):
        entered = await house.entered()
        await house.pool.execute(
            "UPDATE mailroom.page_session"
            " SET seen_at = now() - interval '29 days', until = now() + interval '1 day'"
        )
        await house.session(entered.token)
        left = await house.pool.fetchval("SELECT extract(day FROM until - now()) FROM mailroom.page_session")
        assert left >= 29
        await house.pool.execute("UPDATE mailroom.page_session SET until = now()")
        assert await house.session(entered.token) is None

    house(test)


def test_a_session_that_is_used_all_the_time_is_not_written_all_the_time(house):
    async def test(house):
        entered = await house.entered()
        before = await house.pool.fetchval("SELECT xmin::text FROM mailroom.page_session")
        for _ in range(5):
            await house.session(entered.token)
        assert await house.pool.fetchval("SELECT xmin::text FROM mailroom.page_session") == before

    house(test)


def test_nobody_is_remembered_in_more_browsers_than_anybody_has(house):
    async def test(house):
        entered = [await house.entered() for _ in range(SESSIONS_MAX + 1)]
        assert await house.session(entered[0].token) is None
        assert await house.session(entered[1].token) is not None

    house(test)


def test_what_is_no_token_is_no_session(house):
    async def test(house):
        for token in ("", "a", "a" * 40, "a" * 5_000, "\0" * 40, "' OR 1=1 --", "ы" * 40, "A" * 40):
            assert await house.session(token) is None

    house(test)


def test_what_is_over_is_swept_away_by_what_comes_after_it(house):
    async def test(house):
        await house.entered()
        await house.ask(OTHER)
        await house.pool.execute("UPDATE mailroom.page_session SET until = now() - interval '1 s'")
        await house.pool.execute("UPDATE mailroom.code SET until = now() - interval '1 s'")
        await house.entered()
        assert await house.pool.fetchval("SELECT count(*) FROM mailroom.page_session") == 1
        assert await house.pool.fetchval("SELECT count(*) FROM mailroom.code") == 0

    house(test)
