"""The command by which those who work in a bot's section of the console log in there: `/console`, said to the
bot, is answered with a link that works once. For everybody else there is no such command, whatever the bot
makes of it.

The link leads to a page that has to be pressed, and its token stands where no browser sends it by itself:
what opens links to look at them uses none up.
"""

from secrets import token_hex
from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import LinkPreviewOptions, Message

from mailroom.actors.cause import TELEGRAM
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.visit import Proof
from mailroom.storage.postgres.console_people import Proved, add_link

COMMAND = "console"
ENTER = "/console/enter"
LINK_SECONDS = 600.0
LINKS_MAX = 5
"""Of one person at once, and in `LINK_SECONDS` from then on."""
NAME_CHARS_MAX = 100

LINK = {
    "ru": "Вход в консоль:\n{url}\n\nСсылка одноразовая и действует 10 минут. Кто её откроет, войдёт"
    " под вашим именем: никому её не пересылайте.",
    "en": "Log in to the console:\n{url}\n\nThe link works once, for 10 minutes. Whoever opens it is logged"
    " in as you: do not pass it on.",
}
NO_ADDRESS = {
    "ru": "У консоли нет адреса, который открылся бы у вас. Попросите того, кто обслуживает бота, задать"
    " PUBLIC_URL.",
    "en": "The console has no address that would open for you. Ask whoever runs the bot to set PUBLIC_URL.",
}
TOO_MANY = {
    "ru": "Слишком много ссылок подряд. Воспользуйтесь последней или попросите новую через {minutes} мин.",
    "en": "Too many links at once. Use the last one, or ask for a new one in {minutes} min.",
}


def put_console_command(router: Router, staff: Staff) -> None:
    """Have a bot's router answer the command, before anything of its own does."""

    async def works_here(message: Message) -> bool | dict[str, Any]:
        return {"proved": proved} if (proved := await _who(message, staff)) is not None else False

    async def link(message: Message, proved: Proved) -> None:
        await _send_link(message, staff, proved)

    command = Command(COMMAND, ignore_case=True, ignore_mention=True)
    router.message.register(link, command, works_here)
    handlers = router.message.handlers
    handlers.insert(0, handlers.pop())  # before its own, where it is a Dispatcher of the room


async def _who(message: Message, staff: Staff) -> Proved | None:
    """Whoever says this here, if they work here: in a chat with the bot alone, where nobody else reads it."""
    user = message.from_user
    if user is None or message.chat.type != "private" or message.chat.id != user.id:
        return None
    proof = Proof("telegram", f"{TELEGRAM}{user.id}", user.username)
    if not await staff.roles(frozenset({proof})):
        return None
    name = "".join(filter(str.isprintable, user.full_name)).strip()[:NAME_CHARS_MAX]
    return Proved(proof.way, proof.address, proof.username, name)


async def _send_link(message: Message, staff: Staff, proved: Proved) -> None:
    """Answer with a link. Where the answer is made again it is another one, and the first is as good."""
    room, address = staff.room, staff.room.public_url.rstrip("/")
    if not address:
        return await _say(message, NO_ADDRESS)
    wait = await room.allowance.take("console_links", proved.address, most=LINKS_MAX, seconds=LINK_SECONDS)
    if wait > 0:
        return await _say(message, TOO_MANY, minutes=int(wait / 60) + 1)
    token = token_hex(32)  # letters and digits alone: whatever else ends an address is cut off it in a chat
    await add_link(room.database, token, proved, LINK_SECONDS)
    return await _say(message, LINK, url=f"{address}{ENTER}#{token}")


async def _say(message: Message, words: dict[str, str], **more: object) -> None:
    language = message.from_user.language_code if message.from_user else None
    text = words["ru" if (language or "").startswith("ru") else "en"].format(**more)
    preview = LinkPreviewOptions(is_disabled=True)
    await message.answer(text, parse_mode=None, link_preview_options=preview, protect_content=True)
