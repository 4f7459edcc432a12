"""Albums as Telegram sends them, and a Telegram that takes its time."""

import asyncio
from typing import Any

from mailroom.actors.runtime.bridge import aio
from tests.actors.bot_process import FIRST_UPDATE_ID, BotProcess, Telegram

CALL_SECONDS = 0.01
READ_SECONDS = 0.03


class SlowTelegram(Telegram):
    """Answers after a while, as the real one does: what runs side by side meets."""

    async def post(self, bot: Any, method: Any, *rest: Any) -> tuple[int, bytes]:
        await asyncio.sleep(READ_SECONDS if method.__api_method__.startswith("get") else CALL_SECONDS)
        return await super().post(bot, method, *rest)

    def _result(self, name: str, args: dict[str, Any]) -> Any:
        person = {"id": 7, "is_bot": False, "first_name": "Ann"}
        match name:
            case "getChatMember":
                return {"status": "member", "user": person}
            case "getChat":
                more = {"accent_color_id": 0, "max_reaction_count": 1}
                gifts = (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                )
                return {"id": 7, "type": "private", **more, "accepted_gift_types": dict.fromkeys(gifts, True)}
            case "sendMediaGroup":
                message = super()._result
                return [message("sendPhoto", args) for _ in args["media"]]
        return super()._result(name, args)


def photo(update_id: int, *, chat_id: int = 7, group: str | None = "9", **more: Any) -> dict[str, Any]:
    """One part of an album, or with group None a photo that came alone."""
    person = {"id": chat_id, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    sizes = [{"file_id": f"f{update_id}", "file_unique_id": f"u{update_id}", "width": 1, "height": 1}]
    message = {
        "message_id": update_id,
        "date": 1,
        "chat": {"id": chat_id, "type": "private", "first_name": "Ann"},
        "from": person,
        "photo": sizes,
    }
    if group:
        message["media_group_id"] = group
    return {"update_id": update_id, "message": message | more}


def album(first: int = FIRST_UPDATE_ID, parts: int = 4, **more: Any) -> list[dict[str, Any]]:
    return [photo(first + n, **more) for n in range(parts)]


def tap(update_id: int, chat_id: int = 7) -> dict[str, Any]:
    """A button: of another of Telegram's queues."""
    person = {"id": chat_id, "is_bot": False, "first_name": "Ann"}
    return {
        "update_id": update_id,
        "callback_query": {"id": str(update_id), "from": person, "chat_instance": "1", "data": "x"},
    }


async def offer_all(process: BotProcess, updates: list[dict[str, Any]]) -> None:
    for update in updates:
        assert await process.offer(update) in ("accepted", "suspended")


async def keys_left(process: BotProcess) -> set[bytes]:
    """What the mailboxes hold besides what is to stay."""
    found = await aio(process.mailboxes._work.command, "KEYS", "mailroom:{*")
    stays = (b"}:fence", b"}:seen", b"}:seq", b"}:state")
    return {key for key in found if not any(one in key for one in stays)}
