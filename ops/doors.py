"""The doors for others than Telegram and on-call: webhooks of accounts, pages and sections of bots."""

from collections.abc import Callable, Mapping, Sequence

from quart import Blueprint

from mailroom.actors.account_kinds import kinds_of
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.pages.file_links import file_links
from mailroom.ingress.pages.shop.page import mini_app
from mailroom.ingress.pages.shop.shops import Shops
from mailroom.ingress.payments.accounts import account_doors
from mailroom.ingress.payments.notices import PaymentDoor
from mailroom.ops.bundled import parts_of, rooms
from mailroom.ops.settings import Settings
from mailroom.storage.postgres.outbox.coalesce import Enqueuer


def doors(
    settings: Settings,
    services: BotServices,
    enqueuer: Enqueuer,
    chat_page: str | None,
    held: Callable[[], bool],
) -> Sequence[Blueprint]:
    """All of them, for the application. `chat_page` is that of the demo; while something is `held` they take
    and store, and do nothing else.
    """
    payments = PaymentDoor(_told_at_a_door(services.payments), enqueuer, database=services.database)
    return [
        account_doors({"payment": payments}, settings.trusted_proxies),
        mini_app(
            Shops.of(
                services,
                tokens={name: one.token for name, one in settings.bots.items()},
                chat_page=chat_page,
                held=held,
            )
        ),
        file_links(services.of(name).files for name in rooms(settings)),
    ]


def _told_at_a_door(accounts: Mapping[str, PaymentProvider]) -> dict[str, PaymentProvider]:
    """The accounts whose notices come by HTTP, and not among the updates of a bot."""
    kinds = kinds_of("payment")
    return {name: one for name, one in accounts.items() if kinds[one.kind].notices == "door"}


def sections(settings: Settings, services: BotServices) -> dict[str, BotSection]:
    """What the bots of a configuration show in the console, by their names."""
    found = {name: Staff.of(services.of(name), parts_of(settings, name)) for name in rooms(settings)}
    return {
        name: BotSection(staff, settings.bots[name].kind or "")
        for name, staff in found.items()
        if staff is not None
    }
