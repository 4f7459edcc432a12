"""The doors for others than Telegram and on-call: payment providers' webhooks, and pages of bundled bots."""

from collections.abc import Callable, Sequence

from quart import Blueprint

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.services import BotServices
from mailroom.ingress.mini_app import mini_app
from mailroom.ingress.mini_app_shops import Shops
from mailroom.ingress.payments import payment_webhook
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
    return [
        payment_webhook(services.payments, enqueuer, settings.trusted_proxies, database=services.database),
        mini_app(
            Shops(
                databases={name: services.database_of(name) for name in shops},
                payments=services.payments,
                vault=services.vault,
                options=shops,
                tokens={name: settings.bots[name].token for name in shops},
                public_url=services.public_url,
                wake=services.wake,
                demo=settings.demo,
                chat_urls=dict.fromkeys(shops, chat_page) if chat_page else {},
                consultant=services.models is not None,
                held=held,
            )
        ),
    ]
