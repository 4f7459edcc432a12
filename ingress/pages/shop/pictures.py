"""`/app/shop/pictures/DIGEST`: what products look like. An `<img>` cannot say who asks, so all may see it.

A picture is named by its content, so whoever has it once need never ask again. Only so many are read from the
database at a time, and those asked for last are at hand.
"""

import re
from collections import OrderedDict

import trio
from quart import Blueprint, Response, request
from structlog import get_logger

from mailroom.actors.pages import answer
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.files import Files
from mailroom.ingress.asks.kept_file import kept_file
from mailroom.ingress.pages.shop.shops import Shops
from mailroom.storage.postgres.database import UNAVAILABLE
from mailroom.storage.postgres.files import File

log = get_logger("mailroom.mini_app")

PATH = "/shop/pictures"
DIGEST = re.compile(r"[0-9a-f]{32}")
READ_AT_ONCE_MAX = 4
READ_SECONDS_MAX = 10.0
AT_HAND_BYTES_MAX = 16 * 2**20


class Pictures:
    """The pictures of all shops of a process."""

    def __init__(self, shops: Shops) -> None:
        # A picture's name is made of its content: whichever shop has it, it is the same.
        self._databases = list({one.schema: one for one in shops.databases.values()}.values())
        self._reading = trio.CapacityLimiter(READ_AT_ONCE_MAX)
        self._at_hand: OrderedDict[str, File] = OrderedDict()
        self._bytes = 0

    async def find(self, digest: str) -> File | None:
        """A picture; None if there is none of this name. Raises what keeps it from being read."""
        if DIGEST.fullmatch(digest) is None:
            return None
        if (found := self._at_hand.get(digest)) is not None:
            self._at_hand.move_to_end(digest)
            return found
        with trio.fail_after(READ_SECONDS_MAX):
            async with self._reading:
                found = await aio(self._look, digest)
        if found is not None:
            self._keep(digest, found)
        return found

    async def _look(self, digest: str) -> File | None:
        for database in self._databases:
            if (found := await Files(database).get(digest)) is not None:
                return found
        return None

    def _keep(self, digest: str, found: File) -> None:
        if digest in self._at_hand:
            return
        self._at_hand[digest] = found
        self._bytes += len(found.content)
        while self._bytes > AT_HAND_BYTES_MAX:
            _, oldest = self._at_hand.popitem(last=False)
            self._bytes -= len(oldest.content)


def add_pictures(page: Blueprint, shops: Shops) -> None:
    """Add the route to the page's blueprint."""
    pictures = Pictures(shops)

    @page.get(f"{PATH}/<digest>")
    async def picture(digest: str) -> Response:
        """A picture, to be kept for good."""
        try:
            found = await pictures.find(digest)
        except (*UNAVAILABLE, trio.TooSlowError) as error:
            log.warning("picture_unavailable", why=str(error) or type(error).__name__)
            return Response("", 503, content_type="text/plain")
        if found is None:
            return Response("", 404, content_type="text/plain")
        picture = answer.File(found.content, found.type, inline=True, digest=found.digest)
        return kept_file(picture, request.headers, anyone=True)
