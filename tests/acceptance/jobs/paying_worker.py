"""A worker that is paid at an account of the test's: a program that the version before runs as well.

paying_worker.py CONFIG NAME    what it has done is in tables of the test's, under that name
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import BaseModel

from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.paying.kinds import PAYMENT
from mailroom.actors.payment import Follows, Purpose
from mailroom.actors.providers.payments import FetchedPayment, Money, ProviderRefusedError, Refund
from mailroom.ops import logs, service
from mailroom.ops.configuration import load

CONFIG, NAME = Path(sys.argv[1]), sys.argv[2]
PRICE = Money(1_000, "RUB")
BOTS = ("one", "two")


class Step(BaseModel):
    """One of a row of jobs with one key."""

    bot: str
    number: int
    row: str
    waits: bool = False
    """Until the file `go` is there."""


STEP = Kind("step", Step, Patience(timeout_seconds=200), queue=PAYMENT)


def connection_of(transaction: Any) -> Any:
    """The version before gives the connection itself."""
    return getattr(transaction, "connection", transaction)


async def step(wanted: Step, context: Any) -> None:
    began = datetime.now(UTC)
    while wanted.waits and not CONFIG.with_name("go").exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.05)
    async with context.ending() as ending:
        await connection_of(ending).execute(
            "INSERT INTO public.steps (row, number, began, by) VALUES ($1, $2, $3, $4)",
            wanted.row, wanted.number, began, NAME,
        )  # fmt: skip


class Account:
    """Whatever is asked for is paid; a refund is done. What is called bad is refused until it is mended."""

    name = kind = "till"
    names = (name,)
    test, can_refund, can_list, can_list_refunds, signs_notices = False, True, False, False, True
    database: asyncpg.Pool

    async def fetch(self, provider_id: str) -> FetchedPayment:
        if provider_id.startswith("bad") and not CONFIG.with_name("mended").exists():
            raise ProviderRefusedError("a wrong key")
        asked = "SELECT count(*) FROM public.refunds WHERE payment = $1"
        back = await self.database.fetchval(asked, provider_id)
        return FetchedPayment(provider_id, "refunded" if back else "paid", PRICE)

    async def refund(self, order: Any) -> Refund:
        await self.database.execute(
            "INSERT INTO public.refunds VALUES ($1, $2)", order.provider_id, order.idempotency_key
        )
        return Refund(f"r-{order.idempotency_key}", "done")


async def paid(transaction: Any, payment: Any) -> Follows:
    await connection_of(transaction).execute("INSERT INTO public.paid VALUES ($1, $2)", payment.id, NAME)
    return Follows(give_back="too_late" if payment.reference.endswith("3") else None)


async def given_back(_transaction: Any, _payment: Any, _back: Any) -> list[Any]:
    return []


ACCOUNT = Account()
PURPOSES = {(bot, "thing"): Purpose(paid=paid, mismatched=given_back, given_back=given_back) for bot in BOTS}
try:
    from mailroom.ops import process, queues
except ImportError:  # the version before the move put a process together elsewhere
    from mailroom.ops import outbox as queues
    from mailroom.ops import service as process
made, prepare = queues.payment_handlers, process.prepare


def with_steps(*whose: Any) -> Any:
    bot = [one for one in whose if isinstance(one, str)]  # a queue of all bots has none
    handlers = made(*bot, {ACCOUNT.name: ACCOUNT}, PURPOSES)
    handlers.job(STEP)(step)
    return handlers


async def prepared(settings: Any, services: Any) -> None:
    ACCOUNT.database = await asyncpg.create_pool(settings.database_url, min_size=1, max_size=2)
    await prepare(settings, services)


queues.payment_handlers = with_steps
if hasattr(queues, "account_handlers"):
    of_accounts = queues.account_handlers
    queues.account_handlers = lambda _accounts: of_accounts({ACCOUNT.name: ACCOUNT})
process.prepare = prepared
logs.configure("json")
service.serve(load(CONFIG), roles=["worker"], ready=lambda _url: print("READY", flush=True))
