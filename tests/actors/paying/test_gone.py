"""Payments of a bot that was taken away or renamed are named: they would wait, and nobody notice."""

from structlog.testing import capture_logs

from mailroom.actors.paying.gone import name_gone, told_of_gone
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.payments import mark_canceled, mark_paid
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import Shop


def test_a_bot_that_is_not_configured_and_has_payments_under_way_is_named_with_what_to_do(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop()
        for number, bot in enumerate(["kept", "gone", "gone", "over", "over"]):
            id_ = await shop.open(queues, f"{number}", bot=bot)
        assert await aio(mark_canceled, queues.pool, id_)
        assert await aio(mark_paid, queues.pool, id_ - 1)
        with capture_logs() as logs:
            found = await aio(name_gone, queues.pool, ["kept"])
        (told,) = [one for one in logs if one["event"] == "payments_without_bot"]
        assert (told["bot"], told["under_way"]) == ("gone", 2)
        assert "configure a bot 'gone' again" in told["todo"]
        (warning,) = (await aio(told_of_gone, found)).values()
        assert "2 payments of 'gone'" in warning

    play(scenario)


def test_what_nobody_paid_for_a_week_is_forgotten_and_where_all_bots_are_there_nothing_is_told(play):  # noqa: F811
    async def scenario(queues):
        shop = Shop()
        await shop.open(queues, bot="shop")
        assert await aio(name_gone, queues.pool, ["shop"]) == []
        await queues.execute("UPDATE mailroom.payment SET created_at = now() - interval '8 days'")
        found = await aio(name_gone, queues.pool, [])
        assert (found, await aio(told_of_gone, found)) == ([], {})

    play(scenario)
