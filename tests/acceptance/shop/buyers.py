"""People who buy: each goes from the product's card to the code, and tries again while something is away."""

import asyncio
import json
import re
from collections import Counter
from math import inf
from typing import Any

import aiohttp

from tests.acceptance.shop.shop_service import TOKEN

LOOK_SECONDS = 0.25
AGAIN_SECONDS = 4.0
CODE = re.compile(r"CODE-\d+")


class Buyer:
    """One person. `end` is what came of it: `bought` or `sold out`."""

    def __init__(self, crowd: "Crowd", number: int) -> None:
        self._crowd = crowd
        self.id = 10_000 + number
        self.end = ""
        self.stage = "coming"

    async def buy(self, referrer: str = "") -> None:
        """The whole way."""
        await self._writes(f"/start {referrer}".strip())
        menu = await self._sees(_has_buttons)
        await self._taps(menu, f"card:{self._crowd.product}:0")
        self.stage = "looking"
        found = await self._sees(lambda one: _button(one, "buy:") or "sold out" in one["text"].lower())
        if _button(found, "buy:"):
            await self._taps(found, _button(found, "buy:"))
            self.stage = "ordering"
            found = await self._sees(lambda one: _button(one, "pay:") or self._was_refused(one))
        if not _button(found, "pay:"):
            self.end = "sold out"
            return
        self.stage = "going to pay"
        link = None
        while link is None:  # a gateway that is away is said to be: then one presses again
            await self._taps(found, _button(found, "pay:"))
            link = await self._sees(_link, AGAIN_SECONDS)
        await self._pays(_link(link).rpartition("/")[2])
        self.stage = "paid"
        await self._sees(lambda one: CODE.search(one["text"]))
        self.end = "bought"

    @property
    def codes(self) -> Counter[str]:
        """All codes that this person was shown, and how often."""
        return Counter(code for one in self._crowd.chats[self.id] for code in CODE.findall(one["text"]))

    def _was_refused(self, message: dict[str, Any]) -> bool:
        return not _button(message, "buy:") and "sold out" in json.dumps(message).lower()

    async def _writes(self, text: str) -> None:
        await self._crowd.telegram("send", {**self._me, "text": text})

    async def _taps(self, message: dict[str, Any], data: str) -> None:
        await self._crowd.telegram(
            "tap", {**self._me, "message_id": message["message_id"], "data": data, "force": True}
        )

    async def _pays(self, payment: str) -> None:
        await self._crowd.gateways("act", {"id": payment, "act": "pay"})

    async def _sees(self, wanted: Any, seconds: float = inf) -> Any:
        """The newest message of the bot that is as wanted, once there is one; None if it takes longer."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while loop.time() < deadline:
            chat = await self._crowd.telegram(f"chat?token={self._crowd.token}&chat_id={self.id}&limit=50")
            messages = [one for one in chat["messages"] if one.get("from", {}).get("is_bot")]
            self._crowd.chats[self.id] = messages
            for message in reversed(messages):
                if wanted(message):
                    return message
            await asyncio.sleep(LOOK_SECONDS)
        return None

    @property
    def _me(self) -> dict[str, Any]:
        return {
            "token": self._crowd.token,
            "chat_id": self.id,
            "first_name": f"B{self.id}",
            "language_code": "en",
        }


class Crowd:
    """Buyers, and the simulators that they go through."""

    def __init__(
        self, telegram_url: str, gateways_url: str, product: int, buyers: int, token: str = TOKEN
    ) -> None:
        self.token = token
        self._urls = (telegram_url, gateways_url)
        self.product = product
        self.chats: dict[int, list[dict[str, Any]]] = {}
        self.buyers = [Buyer(self, number) for number in range(buyers)]

    async def telegram(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return await self._ask(self._urls[0], path, body)

    async def gateways(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return await self._ask(self._urls[1], path, body)

    async def buy(self, at_once: int, referrer: str = "") -> None:
        """Everybody buys, so many at once."""
        room = asyncio.Semaphore(at_once)

        async def one(buyer: Buyer) -> None:
            async with room:
                await buyer.buy(referrer)

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as self._http:
            await asyncio.gather(*map(one, self.buyers))

    async def _ask(self, url: str, path: str, body: dict[str, Any] | None) -> Any:
        while True:
            try:
                data = None if body is None else json.dumps(body)
                method = "GET" if body is None else "POST"
                async with self._http.request(method, f"{url}/sim/{path}", data=data) as answer:
                    found = await answer.json(content_type=None)
                    if answer.status == 200 or "already" in str(found):
                        return found
            except (aiohttp.ClientError, TimeoutError):
                pass  # killed just now
            await asyncio.sleep(LOOK_SECONDS)


def _button(message: dict[str, Any], prefix: str) -> str:
    """What a button of this kind carries; empty if there is none."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return next(
        (button["callback_data"] for row in rows for button in row
         if button.get("callback_data", "").startswith(prefix)), ""
    )  # fmt: skip


def _link(message: dict[str, Any]) -> str:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return next((button["url"] for row in rows for button in row if "/pay/" in button.get("url", "")), "")


def _has_buttons(message: dict[str, Any]) -> bool:
    return bool(message.get("reply_markup"))
