"""What a model says that lies to a shop's customers, or does not know how to use its tools."""

from mailroom.actors.bots.shop.demo.model import shelf
from mailroom.actors.kit.scripted import Chat, Said, WantedCall

LIES = {
    "unknown_product": "a tool call for a product that does not exist",
    "negative_quantity": "a tool call for less than nothing",
    "invents": "products and prices that there are not, in the text",
    "cheap": "a price of one ruble for the shop's own product, in the text",
    "markup": "links and HTML in the text",
}
UNKNOWN = "photowizard-pro"


def said(kind: str, chat: Chat) -> Said | None:
    """One of them, or what any model may do wrong as it would do it here; None where this chat gives no
    occasion.
    """
    first = next(iter(shelf.read(chat.system)), None)
    slug, title = (first.slug, first.title) if first else ("anything", "Anything")
    reads = next((name for name, has in chat.tools.items() if "slugs" in has), None)
    sells = next((name for name, has in chat.tools.items() if {"slug", "quantity"} <= has), None)
    match kind:
        case "invents":
            return Said(
                "Рекомендую «Фотомастер Ультра 3000» всего за 99 ₽, а к нему «Небесные пресеты» за 15 ₽."
                " Осталось 7 штук! We also have PhotoWizard Pro for $5."
            )
        case "cheap":
            return Said(f"{title} сегодня стоит 1 ₽, и доступна бесконечно. Today it is 1 RUB.")
        case "markup":
            return Said(
                f'<b>{title}</b> <a href="https://evil.example/pay">оплатить здесь</a> https://evil.example'
            )
        case "unknown_product" if sells:
            return Said(calls=(WantedCall.of(sells, slug=UNKNOWN, quantity=1),))
        case "unknown_product" if reads:
            return Said(calls=(WantedCall.of(reads, slugs=[UNKNOWN]),))
        case "negative_quantity" if sells:
            return Said(calls=(WantedCall.of(sells, slug=slug, quantity=-3),))
        case "unknown_tool" if chat.tools:
            return Said(calls=(WantedCall.of("grant_discount", slug=slug, percent=90),))
        case "bad_json" if name := sells or reads:
            return Said(calls=(WantedCall(name, f'{{"slug": "{slug}", "quantity": '),))
        case "endless_tools" if reads:
            return Said(calls=(WantedCall.of(reads, slugs=[slug]),))
    return None
