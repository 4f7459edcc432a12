"""What bundled bots build on, opened for the life of a process: payment providers, models, the vault."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import trio

from mailroom.actors.account_kinds import kinds_of
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.providers.account import AccountSettings, Opening
from mailroom.actors.providers.chat_requests import OPENAI_BASE_URL
from mailroom.actors.providers.codes import CodeSender
from mailroom.actors.providers.openai import Models
from mailroom.actors.providers.webpush import RefusedError, WebPush
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cache import Cache
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.events import Events
from mailroom.actors.uses.http import CONNECTIONS, TIMEOUT, Http
from mailroom.actors.uses.limiter import Limiter
from mailroom.actors.uses.signals import Signals
from mailroom.ops.bundled import parts_of
from mailroom.ops.embedded.courier import DemoCodeSender
from mailroom.ops.faults import StartError
from mailroom.ops.keys import open_vault
from mailroom.ops.outbox import Outbox
from mailroom.ops.room_options import options_of
from mailroom.ops.schemas import schemas_of
from mailroom.ops.settings import Settings
from mailroom.ops.stores import Stores
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.room_events import RoomEventRows
from mailroom.storage.redis.air import Air
from mailroom.storage.redis.allowances import Allowances
from mailroom.storage.redis.caches import Caches
from mailroom.storage.redis.paces import Paces

THIS_MACHINE = ("127.0.0.0/8", "::1")
"""Where a demo's own simulators answer."""


@asynccontextmanager
async def open_bot_services(settings: Settings, stores: Stores, outbox: Outbox) -> AsyncIterator[BotServices]:
    """Open them, and close their connections at the end."""
    vault = open_vault(settings)
    http = httpx.AsyncClient(timeout=TIMEOUT, limits=CONNECTIONS, follow_redirects=False)
    typed = Http(settings.private_networks + (THIS_MACHINE if settings.demo else ()))
    cpu = Cpu()
    events = Events(RoomEventRows(stores.database))
    signals = Signals(Air(stores.redis_url, stores.line))
    models = models_of(settings)
    try:
        yield BotServices(
            database=stores.database,
            payments=payment_accounts(settings.payments, http, demo=settings.demo),
            models=models,
            vault=vault,
            http=typed,
            allowance=Allowance(Allowances(stores.line)),
            cpu=cpu,
            cache=Cache(Caches(stores.line)),
            limiter=Limiter(Paces(stores.line)),
            events=events,
            signals=signals,
            public_url=settings.address,
            wake=outbox.wake,
            options=options_of(settings),
            schemas=schemas_of(settings),
            senders=code_senders(settings, typed),
            web_push=web_push_of(settings, typed),
            erasing=lambda bot: parts_of(settings, bot).forget,
            clock=Clock(timedelta(seconds=settings.clock_ahead_seconds)),
            demo=settings.demo,
        )
    finally:
        with trio.CancelScope(shield=True):
            await aio(http.aclose)
            await aio(typed.aclose)
            await aio(cpu.stop)
            await aio(signals.close)
            await aio(events.close)
            if models is not None:
                await aio(models.close)


def code_senders(settings: Settings, http: Http) -> Sequence[CodeSender]:
    """Who carries one-time codes: in a demo the stand-in for mail and SMS."""
    return () if settings.courier_url is None else (DemoCodeSender(settings.courier_url, http),)


def web_push_of(settings: Settings, http: Http) -> WebPush | None:
    """The way to people's browsers; None without a key of ours. Raises `StartError` for one that is none."""
    if (pushed := settings.web_push) is None:
        return None
    try:
        return WebPush(pushed.private_key, pushed.contact, http)
    except RefusedError as error:
        raise StartError(f"web_push: {error}") from None


def models_of(settings: Settings) -> Models | None:
    """Whom bots ask; a key without an address is OpenAI's, and shown to nobody else."""
    if settings.openai_api_key is None:
        return None
    return Models(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url or OPENAI_BASE_URL,
        app_url=settings.public_url,
        app_title="Mailroom",
    )


def payment_accounts(
    settings: Mapping[str, AccountSettings], http: httpx.AsyncClient, *, demo: bool = False
) -> Accounts:
    """The configured accounts, in the order of the settings."""
    kinds = kinds_of("payment")
    return Accounts(
        kinds[one.kind].open(Opening((name, *one.formerly), one, http, demo))
        for name, one in settings.items()
    )
