"""The small requests that have no tools: what a message is about, and what a talk was about."""

import json
import re

from mailroom.actors.bots.shop.demo.model import patterns, words
from mailroom.actors.bots.shop.demo.model.patterns import one_of
from mailroom.actors.kit.scripted import Chat, Said, least

CHOICE = re.compile(r"^\s*[-•]?\s*([a-z_]{3,20})\s*[:—–-]\s+\S", re.MULTILINE)
INTENT = re.compile(r'"intent"')
SUMS_UP = one_of(r"sum up", r"summar", r"подведи", r"кратко перескажи")
SUMMARY_CHARS_MAX = 500

SIGNS = {
    "orders": one_of(
        r"мо(?:й|и|его|ему|их) (?:заказ|плат[её]ж|покуп)",
        r"заказ\w* (?:№|#|\d)",
        r"где (?:мой|мои|заказ|код|ключ)",
        r"не (?:пришёл|пришел|пришло|пришли|получил)",
        r"верн(?:ите|уть) деньги",
        r"возврат",
        r"статус заказ",
        r"я (?:уже )?(?:оплатил|заплатил)",
        r"my (?:order|payment|purchase)",
        r"order (?:#|number|\d)",
        r"where is my",
        r"refund",
        r"money back",
        r"did(?:n't| not) (?:get|arrive|receive)",
        r"i (?:have )?(?:already )?paid",
    ),
    "cart": one_of(r"корзин", r"\bcart\b", r"basket"),
    "help": one_of(
        r"оператор",
        r"челове(?:к|ка|ком)\b",
        r"поддержк",
        r"жалоб",
        r"как (?:это|тут|здесь|у вас) (?:работ|оплат|куп)",
        r"как (?:оплатить|заказать|работает)",
        r"помощь",
        r"human",
        r"support\b",
        r"operator",
        r"complain",
        r"how (?:does|do|can) (?:this|it|i|the shop) (?:work|pay|order)",
    ),
    "chat": one_of(
        r"привет",
        r"здравствуй",
        r"добр(?:ый|ое|ого)",
        r"спасибо",
        r"благодар",
        r"пока\b",
        r"до свидания",
        r"как дела",
        r"кто ты",
        r"погод",
        r"анекдот",
        r"hello\b",
        r"hi\b",
        r"hey\b",
        r"thank",
        r"bye",
        r"good (?:morning|evening|day)",
        r"how are you",
        r"weather",
        r"joke",
        r"who are you",
    ),
}


def is_one(chat: Chat) -> bool:
    """Whether a request is such a chore."""
    return (
        not chat.tools
        and not chat.calls
        and (chat.json or bool(INTENT.search(chat.system)) or _sums_up(chat))
    )


def answer(chat: Chat) -> Said:
    """Do it."""
    if _sums_up(chat):
        return Said(_summary(chat))
    if INTENT.search(chat.system) or "intent" in ((chat.schema or {}).get("properties") or {}):
        return Said(json.dumps({"intent": _intent(chat)}))
    return Said(json.dumps(least(chat.schema or {}), ensure_ascii=False))


def _sums_up(chat: Chat) -> bool:
    return not chat.json and bool(SUMS_UP.search(chat.system))


def _intent(chat: Chat) -> str:
    choices = CHOICE.findall(chat.system) or [*SIGNS, "products"]
    question = chat.question
    # What is asked of the goods is about the goods, however kindly it begins.
    about_goods = (
        patterns.BUYS.search(question) or words.asked_for(question) & _GOODS or patterns.promo_in(question)
    )
    for intent in ("orders", "cart", "help"):
        if intent in choices and SIGNS[intent].search(question):
            return intent
    if "chat" in choices and SIGNS["chat"].search(question) and not about_goods:
        return "chat"
    return "products" if "products" in choices else choices[0]


_GOODS = frozenset().union(*(map(words.stem, concept.split()) for concept in words.CONCEPTS))


def _summary(chat: Chat) -> str:
    talk = re.findall(r"^(?:Customer|Покупатель|Клиент): (.+)$", chat.question, re.MULTILINE)
    before = re.search(r"^The summary so far: (.+)$", chat.question, re.MULTILINE)
    asked = " / ".join(line.strip()[:80] for line in talk[-5:]) or chat.question[:200]
    russian = bool(re.search(r"[а-яё]", asked, re.IGNORECASE))
    now = f"Покупатель спрашивал: {asked}" if russian else f"The customer asked: {asked}"
    return (f"{before[1]} {now}" if before else now)[-SUMMARY_CHARS_MAX:]
