"""What a model says that lies, babbles, or does not know how to use its tools."""

import json

from . import shelf
from .chat import Chat, Said, WantedCall
from .faults import Rule

BABBLE_TIMES = 5_000


def said(chat: Chat, rule: Rule) -> Said | None:
    """The answer that a rule puts in the place of the script's; None if it leaves that alone."""
    things = shelf.read(chat.system)
    slug = things[0].slug if things else "anything"
    title = things[0].title if things else "Anything"
    reads = next((name for name, has in chat.tools.items() if "slugs" in has), None)
    sells = next((name for name, has in chat.tools.items() if {"slug", "quantity"} <= has), None)
    match rule.kind:
        case "no_text":
            return Said("")
        case "babble":
            return Said("И ещё одно важное обстоятельство. " * BABBLE_TIMES)
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
        case "says":
            return Said(rule.text)
        case "calls":
            return Said(calls=tuple(WantedCall(str(call["name"]), _arguments(call)) for call in rule.calls))
        case "unknown_tool" if chat.tools:
            return Said(calls=(WantedCall.of("grant_discount", slug=slug, percent=90),))
        case "bad_json" if name := sells or reads:
            return Said(calls=(WantedCall(name, f'{{"slug": "{slug}", "quantity": '),))
        case "unknown_product" if sells or reads:
            unknown = "photowizard-pro"
            if sells:
                return Said(calls=(WantedCall.of(sells, slug=unknown, quantity=1),))
            return Said(calls=(WantedCall.of(reads or "", slugs=[unknown]),))
        case "negative_quantity" if sells:
            return Said(calls=(WantedCall.of(sells, slug=slug, quantity=-3),))
        case "endless_tools" if reads:
            return Said(calls=(WantedCall.of(reads, slugs=[slug]),))
    return None


def _arguments(call: dict[str, object]) -> str:
    given = call.get("arguments", {})
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
