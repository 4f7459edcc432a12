"""The endpoints for others than Telegram and on-call: webhooks of accounts, pages and sections of bots."""

from collections.abc import Mapping, Sequence

from quart import Blueprint

from mailroom.actors.account_kinds import kinds_of
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.hooks.routes import bot_hooks, hooks
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.file_links import file_links
from mailroom.ingress.pages.routes import pages
from mailroom.ingress.payments.accounts import account_webhooks
from mailroom.ingress.payments.notices import PaymentWebhook
from mailroom.ops.bundled import parts_of, rooms
from mailroom.ops.process import Process
from mailroom.storage.postgres.outbox.coalesce import Enqueuer


def endpoints(process: Process, pages_of_bots: Sequence[BotPage], doing: Doing) -> Sequence[Blueprint]:
    """All of them, for the application. What changes something is `doing`'s."""
    settings, services = process.settings, process.services
    enqueuer = Enqueuer(process.stores.database, process.outbox.notifier)
    payments = PaymentWebhook(_told_by_webhook(services.payments), enqueuer, database=services.database)
    return [
        account_webhooks({"payment": payments}, settings.trusted_proxies),
        pages(
            pages_of_bots,
            services.allowance,
            doing=doing,
            closing=process.stopping,
            trusted_proxies=settings.trusted_proxies,
        ),
        hooks(
            [bot_hooks(services.of(name), parts_of(settings, name).hooks) for name in rooms(settings)],
            settings.trusted_proxies,
        ),
        file_links(services.of(name).files for name in rooms(settings)),
    ]


def pages_of(process: Process) -> list[BotPage]:
    """The pages of its bots."""
    settings, services = process.settings, process.services
    parts = {name: parts_of(settings, name) for name in rooms(settings)}
    return [
        BotPage(
            room=services.of(name),
            page=its.page,
            kind=settings.bots[name].kind or "",
            token=settings.bots[name].token,
            roles=its.roles,
            chat_url=settings.chat_page,
            senders=services.senders,
            codes_seen_at=settings.courier_url,
            web_push=services.web_push,
        )
        for name, its in parts.items()
        if its.page is not None
    ]


def _told_by_webhook(accounts: Mapping[str, PaymentProvider]) -> dict[str, PaymentProvider]:
    """The accounts whose notices come by HTTP, and not among the updates of a bot."""
    kinds = kinds_of("payment")
    return {name: one for name, one in accounts.items() if kinds[one.kind].notices == "webhook"}


def sections(process: Process) -> dict[str, BotSection]:
    """What its bots show in the console, by their names."""
    settings, services = process.settings, process.services
    found = {name: Staff.of(services.of(name), parts_of(settings, name)) for name in rooms(settings)}
    return {
        name: BotSection(staff, settings.bots[name].kind or "")
        for name, staff in found.items()
        if staff is not None
    }
