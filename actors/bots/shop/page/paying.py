"""Where a visitor pays an order."""

from structlog import get_logger

from mailroom.actors.bots.shop.checkout import NotOffered, OrderClosed, pay_link
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page.asked import Payment
from mailroom.actors.bots.shop.page.shown import Json
from mailroom.actors.bots.shop.page.visits import ordering, own, show
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Visit
from mailroom.actors.providers.payments import ProviderRefusedError, ProviderUnavailableError

log = get_logger("mailroom.mini_app")

PROVIDER_RETRY_SECONDS = 30.0
"""When a provider that is away is worth another try, if it has not said so itself."""


async def pay(room: Room[Options], visit: Visit, asked: Payment) -> Json:
    """Where to pay an order of the visitor's. The page goes there itself: it is told how the visitor came."""
    order = await own(room, visit, asked.number)
    try:
        link = await pay_link(room, visit, ordering(room).ways, order, asked.provider)
    except OrderClosed:
        now = await own(room, visit, order.number)
        raise Problem("order_closed", order=await show(room, visit, now)) from None
    except NotOffered:
        raise Problem("no_provider", "absent") from None
    except ProviderUnavailableError as error:
        log.warning("mini_app_pay", order=order.number, provider=asked.provider, why=str(error))
        seconds = error.retry_after or PROVIDER_RETRY_SECONDS
        raise Problem("provider_away", "later", retry_seconds=seconds) from None
    except ProviderRefusedError as error:
        log.error("mini_app_pay", order=order.number, provider=asked.provider, why=str(error))
        raise Problem("provider_refused", "later") from None
    return {"provider": link.provider, "url": link.url}
