"""Payments at an account that is not configured are named: they would wait for ever, and nobody notice."""

from structlog.testing import capture_logs

from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.paying.orphans import name_orphans, told_of
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.payments import mark_canceled, mark_paid
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import MemoryProvider, Shop


def test_an_account_that_was_renamed_without_a_word_is_named_with_what_to_do(play):  # noqa: F811
    async def scenario(queues):
        accounts = [MemoryProvider(name) for name in ("kept", "renamed", "sold")]
        shop = Shop(*accounts)
        for account in accounts:
            for number in range(3):
                id_ = await shop.open(queues, f"{number}", provider=account, create=False)
            assert await aio(mark_paid, queues.pool, id_)
        assert await aio(mark_canceled, queues.pool, id_ - 1)
        with capture_logs() as logs:
            now = Accounts([MemoryProvider("kept"), MemoryProvider("new", formerly=["renamed"])])
            found = await aio(name_orphans, queues.pool, now)
        (told,) = [one for one in logs if one["event"] == "payments_without_account"]
        assert (told["account"], told["payments"], told["under_way"]) == ("sold", 3, 1)
        assert 'formerly = ["sold"]' in told["todo"]
        (warning,) = (await aio(told_of, found)).values()
        assert "3 payments at 'sold', 1 under way" in warning

    play(scenario)


def test_where_all_accounts_are_there_nothing_is_told(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop(MemoryProvider("kept"))
        assert await aio(name_orphans, queues.pool, shop.providers) == [], "no payment at all"
        await shop.open(queues)
        found = await aio(name_orphans, queues.pool, shop.providers)
        assert (found, await aio(told_of, found)) == ([], {})

    play(scenario)
