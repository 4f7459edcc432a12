"""Where somebody pays: what is asked of a provider, and what never is."""

from functools import partial

import pytest

from mailroom.actors.paying.link import made_at
from mailroom.actors.providers.payments import ProviderRefusedError
from mailroom.actors.providers.sums import Sums
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.storage.postgres.payments import open_payment
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures


@pytest.mark.parametrize(("takes", "asked"), [(Sums(1, 100), 0), (None, 0), (Sums(1, 10_000), 1)])
def test_a_provider_is_asked_for_the_sums_alone_that_it_takes(play, takes, asked):  # noqa: F811
    account = MemoryAccount()
    account.takes = takes

    async def scenario(queues):
        opening = partial(
            open_payment, queues.pool, bot="shop", provider=account.name, purpose="shop.order",
            reference="7", amount_minor=149, currency="RUB",
        )  # fmt: skip
        making = partial(
            made_at, account, await aio(opening), queues.pool, description="A game", return_url="https://x"
        )
        if asked:
            return await aio(making)
        with pytest.raises(ProviderRefusedError, match=r"does not take 1\.49 RUB"):
            await aio(making)
        return None

    play(scenario)
    assert len(account.orders) == asked
