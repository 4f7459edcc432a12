"""The shop's counter: what a visitor of the page can see and do. All of it is awaited on the asyncio side.

Nothing is decided here: prices, stock, orders and payments are the shop's (`actors/bots/shop`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from structlog import get_logger

from mailroom.actors.bots.shop.balance import balances
from mailroom.actors.bots.shop.catalog import assortment, list_categories
from mailroom.actors.bots.shop.checkout import NotOffered, OrderClosed, PayLink, pay_link
from mailroom.actors.bots.shop.complaints import complain, find_complaint, tidy
from mailroom.actors.bots.shop.customers import Customer, find_customer, remember, set_contact
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX
from mailroom.actors.bots.shop.domain.contact import parse_contact, usual_contact
from mailroom.actors.bots.shop.domain.discounts import parse_promo_code
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.domain.referral import referrer_in
from mailroom.actors.bots.shop.jobs.kinds import DELIVERY
from mailroom.actors.bots.shop.order import recent_orders
from mailroom.actors.bots.shop.ordering import Refused, Wish
from mailroom.actors.bots.shop.orders import Buyer, cancel_order
from mailroom.actors.bots.shop.policies import POLICIES, policy
from mailroom.actors.bots.shop.stock import Goods, goods_of
from mailroom.actors.bots.shop.waiting import own_order
from mailroom.actors.jobs.notify import NOTIFICATION
from mailroom.actors.providers.payments import ProviderRefusedError, ProviderUnavailableError
from mailroom.ingress.pages.shop.asked import AskedComplaint, AskedOrder, AskedQuote
from mailroom.ingress.pages.shop.guard import Visit
from mailroom.ingress.pages.shop.problems import Problem
from mailroom.ingress.pages.shop.shops import Shops
from mailroom.ingress.pages.shop.shown import (
    Json,
    shown_catalogue,
    shown_order,
    shown_policy,
    shown_providers,
    shown_quote,
    shown_summary,
)
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import VaultError

log = get_logger("mailroom.mini_app")

PROVIDER_RETRY_SECONDS = 30.0
"""When a provider that is away is worth another try, if it has not said so itself."""


@dataclass(frozen=True, slots=True)
class _Person:
    """A visitor as the shop remembers people."""

    id: int
    full_name: str


class Counter:
    """Serves the visitors of all shops."""

    def __init__(self, shops: Shops) -> None:
        self._shops = shops

    async def start(self, visit: Visit) -> Json:
        """What a page begins with: who is here, what there is to choose from, and all that is on sale.

        Until a language is chosen here, it is the one that the customer speaks with the bot.
        """
        customer = await find_customer(self._data(visit.bot), visit.bot, visit.user_id)
        if customer is not None and not visit.chosen:
            visit = replace(visit, language=customer.language)
        if customer is None and referrer_in(visit.visitor.start_param or "") is not None:
            await self._remember(visit, None)
        name = visit.visitor.name or (customer.name if customer is not None else "")
        return {
            "visitor": {"id": visit.user_id, "name": name, "demo": visit.demo},
            "language": visit.language,
            "contact": customer.contact if customer is not None else "",
            "balances": await balances(self._data(visit.bot), visit.bot, visit.user_id),
            "providers": shown_providers(self._shops.till(visit.bot).ways.providers, visit.language),
            "lines_max": LINES_MAX,
            "quantity_max": QUANTITY_MAX,
            "catalogue": await self.catalogue(visit),
        }

    async def catalogue(self, visit: Visit) -> Json:
        """All that is on sale now."""
        categories = await list_categories(self._data(visit.bot), visit.language)
        return shown_catalogue(categories, await assortment(self._data(visit.bot), visit.language))

    async def policy(self, visit: Visit, name: str) -> Json:
        """The terms of sale, or what is kept of people, as the chat says it."""
        if name not in POLICIES:
            raise Problem(404, "not_found")
        html = await policy(
            self._data(visit.bot),
            visit.bot,
            self._shops.options[visit.bot],
            name,
            visit.language,
            consultant=self._shops.consultant,
        )
        return shown_policy(html)

    async def quote(self, visit: Visit, asked: AskedQuote) -> Json:
        """Today's prices for a cart, and what the visitor has to pay with."""
        code = parse_promo_code(asked.promo_code or "")
        return shown_quote(
            await self._shops.till(visit.bot).bill(visit.user_id, visit.language, asked.cart, code)
        )

    async def order(self, visit: Visit, asked: AskedOrder) -> Json:
        """Place an order, once for its key. Raises `Problem` with a new quote if it cannot be as agreed."""
        customer = await find_customer(self._data(visit.bot), visit.bot, visit.user_id)
        buyer = Buyer(
            bot=visit.bot,
            chat_id=visit.user_id,
            user_id=visit.user_id,
            language=visit.language,
            contact=_contact(visit, asked, customer),
            comment="",
        )
        # The shop knows its customers: only they have a balance, friends, and a chat that goods are sent to.
        await self._remember(visit, customer)
        if asked.contact:
            await set_contact(self._data(visit.bot), visit.bot, visit.user_id, buyer.contact)
        wish = Wish(
            asked.cart,
            asked.quote,
            asked.to_pay_minor,
            parse_promo_code(asked.promo_code or ""),
            use_balance=asked.use_balance,
        )
        effect_id = f"app:{visit.bot}:{visit.user_id}:{asked.key}"
        outcome = await self._shops.till(visit.bot).order(effect_id, buyer, wish)
        if isinstance(outcome, Refused):
            if outcome.why == "too_many_waiting":
                raise Problem(409, "too_many_waiting")
            code = "sold_out" if outcome.why == "sold_out" else "price_changed"
            raise Problem(409, code, quote=shown_quote(outcome.bill))
        order = outcome.order
        self._shops.wake(DELIVERY.of(visit.bot))
        log.info("mini_app_order", bot=visit.bot, user=visit.user_id, order=order.number, status=order.status)
        return await self._shown_order(visit, order)

    async def orders(self, visit: Visit) -> list[Json]:
        """The visitor's last orders."""
        found = await recent_orders(self._data(visit.bot), visit.bot, visit.user_id)
        return [shown_summary(one, visit.language) for one in found]

    async def one(self, visit: Visit, number: int) -> Json:
        """An order of the visitor's, and once it is delivered its goods."""
        return await self._shown_order(visit, await self._own(visit, number))

    async def file(self, visit: Visit, number: int, place: int) -> Goods:
        """A file among the goods of an order of the visitor's; `place` counts all its goods from 0."""
        goods = await self._goods(await self._own(visit, number)) or []
        if not place < len(goods) or goods[place].kind != "file":
            raise Problem(404, "not_found")
        return goods[place]

    async def pay(self, visit: Visit, number: int, provider: str) -> Json:
        """Where to pay an order of the visitor's."""
        link = await self._link(visit, await self._own(visit, number), provider)
        return {"provider": link.provider, "url": link.url}

    async def cancel(self, visit: Visit, number: int) -> Json:
        """Give an order up that waits for its payment."""
        await self._own(visit, number)
        canceled = await cancel_order(self._data(visit.bot), number, visit.user_id)
        now = await self._shown_order(visit, await self._own(visit, number))
        if not canceled and now["status"] != "canceled":
            raise Problem(409, "order_closed", order=now)
        return now

    async def complain(self, visit: Visit, number: int, asked: AskedComplaint) -> Json:
        """Tell the owners what is wrong with an order of the visitor's; the order with what was said."""
        order = await self._own(visit, number)
        if not tidy(asked.text):
            raise Problem(400, "malformed", fields=["text: must have something to read in it"])
        effect_id = f"app:{visit.bot}:{visit.user_id}:complaint:{asked.key}"
        owners = self._shops.options[visit.bot].owners
        taken = await complain(self._data(visit.bot), effect_id, order, asked.text, owners)
        if taken != "taken":
            raise Problem(409, "many_complaints" if taken == "too_many" else "no_complaint")
        self._shops.wake(NOTIFICATION.of(visit.bot))
        log.info("mini_app_complaint", bot=visit.bot, user=visit.user_id, order=number)
        return await self._shown_order(visit, order)

    def _data(self, bot: str) -> SchemaPool:
        return self._shops.databases[bot]

    async def _link(self, visit: Visit, order: Order, provider: str) -> PayLink:
        try:
            return await pay_link(
                self._data(visit.bot),
                self._shops.till(visit.bot).ways,
                order,
                provider,
                public_url=self._shops.public_url,
            )
        except OrderClosed:
            raise Problem(409, "order_closed", order=await self.one(visit, order.number)) from None
        except NotOffered:
            raise Problem(404, "no_provider") from None
        except ProviderUnavailableError as error:
            log.warning("mini_app_pay", order=order.number, provider=provider, why=str(error))
            seconds = error.retry_after or PROVIDER_RETRY_SECONDS
            raise Problem(503, "provider_away", retry_seconds=seconds) from None
        except ProviderRefusedError as error:
            log.error("mini_app_pay", order=order.number, provider=provider, why=str(error))
            raise Problem(503, "provider_refused") from None

    async def _own(self, visit: Visit, number: int) -> Order:
        order = await own_order(self._data(visit.bot), visit.bot, visit.user_id, number)
        if order is None:
            raise Problem(404, "no_order")
        return order

    async def _shown_order(self, visit: Visit, order: Order) -> Json:
        # Only a countdown is made of it; what counts is what the database says when somebody pays.
        offered = self._shops.till(visit.bot).payable_at(order)
        complaint = await find_complaint(self._data(visit.bot), order.number)
        return shown_order(
            order, datetime.now(UTC), await self._goods(order), list(offered), complaint, visit.language
        )

    async def _goods(self, order: Order) -> list[Goods] | None:
        """What was delivered. Not before: what is given back undelivered is sold again."""
        if order.status != "delivered":
            return None
        try:
            return await goods_of(self._data(order.bot), self._shops.vault, order.number)
        except VaultError as error:
            log.error("mini_app_goods", order=order.number, why=str(error))
            return None

    async def _remember(self, visit: Visit, customer: Customer | None) -> None:
        """Know the visitor from now on; whoever is a customer keeps the language spoken in the chat."""
        if customer is not None and visit.demo:
            return
        visitor = visit.visitor
        await remember(
            self._data(visit.bot),
            visit.bot,
            _Person(visitor.user_id, visitor.name),
            visit.user_id,
            customer.language if customer is not None else visit.language,
            referrer_in(visitor.start_param or ""),
        )


def _contact(visit: Visit, asked: AskedOrder, customer: Customer | None) -> str:
    """What the customer wrote; else what is known from last time, or the Telegram name. Empty if none is."""
    if text := (asked.contact or "").strip():
        contact = parse_contact(text)
        if contact is None:
            raise Problem(400, "bad_contact")
        return contact
    return usual_contact(customer.contact if customer is not None else "", visit.visitor.username)
