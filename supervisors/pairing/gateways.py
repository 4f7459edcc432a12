"""The gateways, asked what a store that went back has forgotten: payments that bear our name and have no row.

They are asked after a fault of the pair, and after a silence in which both stores may have been restored from
one night, which nothing in them tells. (Every night they are listed by a job.) Every process that works may
ask; to ask twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
from structlog import get_logger

from mailroom.actors.paying.listing import list_payments
from mailroom.actors.providers.payments import PaymentProvider, PaymentProviderError
from mailroom.storage.postgres.lost_payments import LostPayment, lost_payments
from mailroom.supervisors.pairing.kept import Asked

log = get_logger("mailroom.pairing")

OVERLAP = timedelta(hours=1)
"""How long before the last beat a payment may have been made that is paid after it: as long as most pay for.
Older ones are among those that pending rows ask for.
"""


class Gateways:
    """The payment providers of this installation. To be awaited in asyncio."""

    def __init__(self, database: asyncpg.Pool, providers: Mapping[str, PaymentProvider]) -> None:
        self._database = database
        self._providers = providers

    async def ask(self, since: datetime, answered: Mapping[str, Asked]) -> Mapping[str, Asked]:
        """List each gateway that has not answered yet, from an hour before a moment on."""
        asked = {}
        for name, provider in self._providers.items():
            before = answered.get(name)
            if before is not None and before.state == "listed":
                asked[name] = before
            elif not provider.can_list:
                asked[name] = Asked("impossible")
            else:
                asked[name] = await self._list(provider, since - OVERLAP)
        return asked

    async def lost_since(self, moment: datetime) -> Sequence[LostPayment]:
        """The payments found lost since then that wait for a person."""
        return [lost for lost in await lost_payments(self._database) if lost.found_at > moment]

    async def _list(self, provider: PaymentProvider, since: datetime) -> Asked:
        try:
            await list_payments(self._database, provider, since)
        except PaymentProviderError as error:
            log.warning("gateway_not_asked", account=provider.name, why=str(error))
            return Asked("not_yet", str(error))
        return Asked("listed")
