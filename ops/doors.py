"""The doors for others than Telegram and on-call: webhooks of accounts, and pages of bundled bots."""

from collections.abc import Callable, Mapping, Sequence

from quart import Blueprint

from mailroom.actors.account_kinds import kinds_of
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.ingress.accounts import account_doors
from mailroom.ingress.mini_app import mini_app
from mailroom.ingress.mini_app_shops import Shops
from mailroom.ingress.payments import PaymentDoor
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
    shops = {name: given for name, given in services.options.items() if isinstance(given, Options)}
    payments = PaymentDoor(_told_at_a_door(services.payments), enqueuer, database=services.database)
    return [
        account_doors({"payment": payments}, settings.trusted_proxies),
        mini_app(
            Shops(
                databases={name: services.database_of(name) for name in shops},
                payments={name: services.of(name).payments for name in shops},
                vault=services.vault,
                options=shops,
                tokens={name: settings.bots[name].token for name in shops},
                public_url=services.public_url,
                wake=services.wake,
                allowance=services.allowance,
                demo=settings.demo,
                chat_urls=dict.fromkeys(shops, chat_page) if chat_page else {},
                consultant=services.models is not None,
                held=held,
            )
        ),
    ]


def _told_at_a_door(accounts: Mapping[str, PaymentProvider]) -> dict[str, PaymentProvider]:
    """The accounts whose notices come by HTTP, and not among the updates of a bot."""
    kinds = kinds_of("payment")
    return {name: one for name, one in accounts.items() if kinds[one.kind].notices == "door"}
