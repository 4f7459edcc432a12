"""Gateways are asked for all that they have: ours goes on, what is lost is noted, the rest is counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from mailroom.actors.paying.kinds import CONFIRM, LIST, Confirm, ListPayments
from mailroom.actors.paying.listing import FIRST, OVERLAP, list_all, list_payments
from mailroom.actors.providers.payments import Money, ProviderRefusedError, ProviderUnavailableError
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.lost_payments import listed_to, lost_payments
from mailroom.storage.postgres.payments import find_payment
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.paying.memory_provider import PRICE, MemoryProvider, Shop

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def shop():
    return Shop()


def test_each_payment_of_a_list_is_ours_lost_or_unclaimed_and_only_ours_goes_on(play, shop):  # noqa: F811
    async def scenario(queues):
        gone = await shop.open(queues, "of the night")
        ref = (await aio(find_payment, queues.pool, gone)).ref
        await queues.execute("TRUNCATE mailroom.payment RESTART IDENTITY CASCADE")  # the backup is older
        shop.provider.becomes(f"p-{gone}", "paid")
        shop.provider.payments["p-gone"] = replace(
            shop.provider.payments.pop(f"p-{gone}"), provider_id="p-gone"
        )
        missed, known, open_ = [await shop.open(queues, word) for word in ("missed", "known", "open")]
        shop.provider.becomes(f"p-{known}", "paid")
        await shop.work(queues, CONFIRM(Confirm(payment_id=known), bot="shop"))
        shop.provider.becomes(f"p-{missed}", "paid")
        shop.provider.put("theirs", "paid", reference="1")
        shop.provider.put("by hand", "paid")
        shop.provider.put("theirs, open", "pending", reference="2")
        for _ in range(2):  # as often as anybody likes
            listing = await aio(list_payments, queues.pool, shop.provider, YESTERDAY)
            assert (listing.payments, listing.missed, listing.lost, listing.unclaimed) == (7, 1, 1, 2)
        await shop.work(queues)
        listing = await aio(list_payments, queues.pool, shop.provider, YESTERDAY)
        assert (listing.missed, listing.lost) == (0, 1)
        assert [await shop.status(queues, id_) for id_ in (missed, known, open_)] == [
            "paid",
            "paid",
            "pending",
        ]
        assert len(await shop.told(queues)) == 2
        (lost,) = await aio(lost_payments, queues.pool)
        assert (lost.ref, lost.state) == (ref, "paid")
        assert shop.provider.refund_calls == []

    play(scenario)


def test_a_night_lists_from_the_night_before_and_a_day_back(play, shop):  # noqa: F811
    async def scenario(queues):
        begun = datetime.now(UTC)
        night = LIST(ListPayments())
        assert await shop.work(queues, night) == [["done"]]
        first = await aio(listed_to, queues.pool, ["yoomoney"])
        assert begun <= first <= datetime.now(UTC)
        await queues.execute("DELETE FROM mailroom.outbox_dedup")
        assert await shop.work(queues, night) == [["done"]]
        ago, again = shop.provider.listed_since
        assert begun - FIRST <= ago <= first - FIRST
        assert again == first - OVERLAP

    play(scenario)


@pytest.mark.parametrize(
    ("trouble", "ends"), [(ProviderUnavailableError("503"), "done"), (ProviderRefusedError("403"), "dead")]
)
def test_a_list_that_was_not_had_whole_does_not_count(play, shop, trouble, ends):  # noqa: F811
    async def scenario(queues):
        shop.provider.on_list.answers.append(trouble)
        night = LIST(ListPayments(provider="yoomoney"))
        (job,) = await queues.enqueue(night)
        await shop.work(queues)
        if ends == "dead":
            assert (await queues.seen(job)).state == "dead"
        assert (await aio(listed_to, queues.pool, ["yoomoney"]) is None) == (ends == "dead")
        assert len(shop.provider.listed_since) == (1 if ends == "dead" else 2)

    play(scenario)


def test_a_gateway_without_a_list_says_so(play):  # noqa: F811
    async def scenario(queues):
        aaio = MemoryProvider("aaio")
        aaio.can_list = False
        providers = {"yoomoney": MemoryProvider(), "aaio": aaio}
        found = await aio(partial(list_all, queues.pool, providers, YESTERDAY))
        assert [(one.provider, one.listable, one.payments) for one in found] == [
            ("yoomoney", True, 0),
            ("aaio", False, 0),
        ]
        assert aaio.listed_since == []
        assert await aio(listed_to, queues.pool, ["aaio"]) is None

    play(scenario)


def test_what_comes_for_a_lost_payment_is_never_given_to_the_next_customer_of_its_number(play, shop):  # noqa: F811
    async def scenario(queues):
        id_ = await shop.open(queues, "1042")
        shop.provider.payments.pop(f"p-{id_}")
        ref = (await aio(find_payment, queues.pool, id_)).ref
        shop.provider.put("p-gone", "paid", Money(149_000, "RUB"), reference=ref)
        await queues.execute("TRUNCATE mailroom.payment RESTART IDENTITY CASCADE")
        assert await shop.open(queues, "1042") == id_
        await aio(list_payments, queues.pool, shop.provider, YESTERDAY)
        await shop.work(queues)
        assert await shop.status(queues, id_) == "pending"
        assert await shop.told(queues) == []
        assert [lost.amount_minor for lost in await aio(lost_payments, queues.pool)] == [PRICE.amount_minor]

    play(scenario)
