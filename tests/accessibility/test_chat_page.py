"""The chat page of the Telegram simulator: everything that a bot and a person can have on it."""

import json

import aiohttp
import pytest

from tests.ingress.browser import Page, connected
from tests.ops.simulators.conftest import TOKEN, play  # noqa: F401 - a fixture

ANNA, BEN = 7001, 7002
WORDS = {
    "ru": ("Здравствуйте!", "Оплатить", "Что у вас есть?", "Заказ 5: оплачен", "Открыть", "Чем помочь?"),
    "en": ("Hello!", "Pay", "What do you have?", "Order 5: paid", "Open", "How can I help?"),
}
FORMATTED = (
    "<b>bold</b> <i>italic</i> <u>under</u> <s>struck</s> <code>CODE-1</code> "
    "<tg-spoiler>hidden</tg-spoiler> "
    '<a href="https://example.com">a link</a> /help https://example.com <blockquote>quoted</blockquote>'
    '<pre><code class="language-python">print(1)</code></pre>'
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "a7d605ab0000000049454e44ae426082"
)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_axe_finds_nothing_on_the_chat_page(play, chromium, sight, language):  # noqa: F811
    async def scenario(bot):
        async with connected(chromium) as talk:
            page = await Page.open(talk, bot.url)
            await page.until("!document.querySelector('#empty').hidden")
            await sight.look(page, "no bot yet")
            username = (await bot.result("getMe"))["username"]
            role = {"ru": "покупатель", "en": "a customer"}[language]
            told = {"id": BEN, "name": "Ben", "language": "en", "role": role, "hint": role}
            bot.simulation.bot(TOKEN).people = [told]
            people = [
                {"id": ANNA, "name": "Анна", "language": language},
                {"id": BEN, "name": "Ben", "language": "en"},
            ]
            kept = json.dumps(json.dumps(people))
            await page.run(f"localStorage.setItem('people/{TOKEN}', {kept})")
            await page.goto(bot.url)
            await page.sees("Start")
            await sight.look(page, "an empty chat")
            await bot.result(
                "setMyCommands", commands=[{"command": "help", "description": WORDS[language][5]}]
            )
            await talked(bot, WORDS[language])
            await page.sees(WORDS[language][3])
            await page.until("!document.querySelector('.menu').hidden")
            await sight.look(page, "a talk")
            await page.click(".menu")
            await sight.look(page, "its commands")
            await page.press("Escape")
            await bot.sim("block", chat_id=ANNA, blocked=True)
            await page.sees("has blocked the bot")
            await sight.look(page, "the bot is blocked")
            await bot.sim("block", chat_id=ANNA, blocked=False)
            await answered(bot, page, sight)
            await bot.result("sendMessage", chat_id=ANNA, text=f"https://t.me/{username}?start=5")
            await page.click(f".selected a[href*='{username}']")
            await page.until("document.querySelector('#follow').open")
            await sight.look(page, "whose link is it?")

    play(scenario)


async def talked(bot, words):
    """A message of every kind, from both sides."""
    hello, pay, question, order, press, _ = words
    asked = await bot.sim("send", chat_id=ANNA, text=question, first_name="Анна")
    await bot.sim("send", chat_id=ANNA, text="https://example.com")
    say = {"chat_id": ANNA}
    await bot.result("sendMessage", **say, text=hello, reply_parameters={"message_id": asked["message_id"]})
    await bot.result("sendMessage", **say, text=FORMATTED, parse_mode="HTML")
    styles = [
        {"text": f"{press} {style}", "callback_data": style, "style": style}
        for style in ("danger", "success", "primary")
    ]
    keyboard = [
        [{"text": press, "callback_data": "toast"}, {"text": press, "callback_data": "alert"}],
        [{"text": press, "url": "https://example.com"}],
        styles,
    ]
    sent = await bot.result("sendMessage", **say, text=order, reply_markup={"inline_keyboard": keyboard})
    await bot.result(
        "editMessageText",
        **say,
        message_id=sent["message_id"],
        text=f"{order}.",
        reply_markup={"inline_keyboard": keyboard},
    )
    await bot.result("sendPoll", **say, question=question, options=[{"text": "1"}, {"text": "2"}])
    await bot.result("sendDice", **say)
    await bot.result("sendContact", **say, phone_number="+70000000000", first_name="Anna")
    await bot.result("sendVenue", **say, latitude=55.7, longitude=37.6, title=hello, address=order)
    await bot.result("sendLocation", **say, latitude=55.7, longitude=37.6)
    await bot.result(
        "sendInvoice", **say, title=order, description=hello, payload="5", currency="XTR",
        prices=[{"label": pay, "amount": 5}],
    )  # fmt: skip
    for method, field, name in (("sendPhoto", "photo", "one.png"), ("sendDocument", "document", "one.txt")):
        form = aiohttp.FormData({"chat_id": str(ANNA), "caption": order})
        form.add_field(field, PIXEL, filename=name)
        async with bot.http.post(f"{bot.url}/bot{TOKEN}/{method}", data=form) as response:
            assert response.status == 200, await response.text()
    reply = [[{"text": press}, {"text": pay, "request_contact": True}], [{"text": hello, "style": "primary"}]]
    await bot.result("sendMessage", **say, text=order, reply_markup={"keyboard": reply})
    await bot.result("sendChatAction", **say, action="typing")


async def answered(bot, page, sight):
    """What a tap is answered with lies above the talk."""
    for kind, alert in (("toast", False), ("alert", True)):
        places = "[...document.querySelectorAll('.selected .inline button')]"
        await page.run(f"{places}[{1 if alert else 0}].click()")
        query = await tapped(bot, kind)
        await bot.result("answerCallbackQuery", callback_query_id=query, text=kind, show_alert=alert)
        await page.until(f"!document.querySelector('.selected .{kind}').hidden")
        await sight.look(page, f"an answer as {kind}")


async def tapped(bot, data):
    """The id of the tap on that button, once it has come."""
    offset = 0
    while True:
        for update in await bot.result("getUpdates", timeout=5, offset=offset):
            offset = update["update_id"] + 1
            if update.get("callback_query", {}).get("data") == data:
                return update["callback_query"]["id"]
