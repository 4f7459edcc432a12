"""Payments at accounts that are not configured: an account was renamed, or taken out of the settings.

Nobody asks what became of them, gives their money back, or listens to their notices. Told at the start of
each process, and on `/readyz` as long as it runs.
"""

from collections.abc import Mapping, Sequence

import asyncpg
from structlog import get_logger

from mailroom.actors.providers.payments import PaymentProvider
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.payments import Orphans, payments_elsewhere

log = get_logger("mailroom.payment")

ADVICE = (
    'say `formerly = ["{name}"]` at the account that it is now, or set [payments.{name}] again: until then'
    " nobody asks for them, and no money of theirs goes back"
)


async def name_orphans(database: asyncpg.Pool, accounts: Mapping[str, PaymentProvider]) -> Sequence[Orphans]:
    """Tell of each account that has payments and is not configured. To be awaited on the asyncio side."""
    known = [name for one in accounts.values() for name in one.names]
    with answering():
        found = await payments_elsewhere(database, known)
    for one in found:
        log.warning(
            "payments_without_account",
            account=one.account,
            payments=one.payments,
            under_way=one.under_way,
            todo=ADVICE.format(name=one.account),
        )
    return found


async def told_of(found: Sequence[Orphans]) -> dict[str, str]:
    """The same as a warning of `/readyz`; none if there is nothing to tell."""
    told = [
        f"{one.payments} payment{'s' * (one.payments != 1)} at {one.account!r}, {one.under_way} under way"
        for one in found
    ]
    advice = 'say `formerly = ["…"]` at the account that it is now, or set it again'
    return {"warning_accounts": f"no such account is configured: {'; '.join(told)}; {advice}"} if told else {}
