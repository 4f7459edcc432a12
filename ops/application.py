"""What a process that listens answers: the way in for updates, and the application for everything else."""

import asyncio
from contextlib import suppress

from mailroom.actors.hosting.bot import SHED_NOTICE, HostedBot
from mailroom.actors.hosting.notice import Addressee
from mailroom.ingress.app import create_app
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.ingress.ops.people import People
from mailroom.ingress.telegram.intake import Intake
from mailroom.ingress.telegram.webhook import Webhook
from mailroom.ops.endpoints import endpoints, pages_of, sections
from mailroom.ops.front import Front
from mailroom.ops.process import Process
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.oncall import OnCall


def front_of(process: Process, oncall: OnCall) -> Front:
    """The listener of a process, with all that is behind it. Bots that Telegram sends updates to take nothing
    in before their line is up.
    """
    settings, stores, services, chat_worker = (
        process.settings,
        process.stores,
        process.services,
        process.chat_worker,
    )
    intake = Intake(
        stores.mailboxes,
        process.bots,
        chat_worker.arrived,
        _Shed(process).told,
        chat_worker.unsure,
        chat_worker.eager,
    )
    webhook = Webhook(intake, {name: one.secret for name, one in settings.bots.items()})
    pages, of_bots = pages_of(process), sections(process)
    staff = {bot: its.staff for bot, its in of_bots.items()}
    shown: dict[str, object] = {
        "bots": {name: one.kind or one.router or "" for name, one in settings.bots.items()},
        "pages": {one.room.bot for one in pages},
        "chat_page": settings.chat_page,
        "courier_page": settings.courier_url,
        "console": settings.ops_token is not None or bool(of_bots),
    }
    doing = Doing(lambda: stores.pairing.held is not None)
    people = People(stores.database, staff) if staff else None
    access = Access(
        settings.ops_token, services.allowance, settings.trusted_proxies, people, services.senders
    )
    app = create_app(
        stores.readiness.check,
        webhook,
        shown,
        Operations(oncall, access, of_bots, doing, process.stopping),
        endpoints(process, pages, doing),
    )
    front = Front(settings, intake, webhook, app)
    if settings.reachable:
        for bot in process.bots.values():
            front.hold(bot)
    return front


class _Shed:
    """Tells people that a message of theirs was dropped. Said from here and not by the chats' host: the
    mailbox is full, and a process that listens may host no chats.
    """

    def __init__(self, process: Process) -> None:
        self._bots = process.bots
        self._telling: set[asyncio.Task[None]] = set()

    def told(self, chat: Chat, to: Addressee | None) -> None:
        """Tell whoever wrote in this chat; nobody waits for it."""
        task = asyncio.ensure_future(_tell_shed(self._bots[chat.bot], to))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


async def _tell_shed(bot: HostedBot, to: Addressee | None) -> None:
    with suppress(Exception):  # a courtesy: nothing depends on it
        await bot.tell(to, SHED_NOTICE)
