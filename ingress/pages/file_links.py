"""`/app/BOT/f/TOKEN`: a file that a link leads to. The link says all that it takes, so anybody may follow it.

A file is read whole from the database, so only so many are at a time; whoever comes then waits a moment.
"""

from collections.abc import Iterable

import trio
from quart import Blueprint, Response, request
from structlog import get_logger

from mailroom.actors.pages.address import APP
from mailroom.actors.pages.answer import File
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.file_links import AT
from mailroom.actors.uses.files import RoomFiles
from mailroom.ingress.asks.kept_file import kept_file
from mailroom.ingress.pages.nowhere import nowhere
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.database import UNAVAILABLE

log = get_logger("mailroom.files")

READ_AT_ONCE_MAX = 4
READ_SECONDS_MAX = 10.0
AGAIN_SECONDS = 5


def file_links(of_bots: Iterable[RoomFiles]) -> Blueprint:
    """Build the routes to the files of these bots."""
    blueprint = Blueprint("file_links", __name__, url_prefix=APP)
    by_name = {one.links.bot: one for one in of_bots}
    reading = trio.CapacityLimiter(READ_AT_ONCE_MAX)

    @blueprint.get(f"/<name>/{AT}/<token>")
    async def linked(name: str, token: str) -> Response:
        """The file, or part of it; 404 where the link is no good, or the file is gone."""
        files = by_name.get(name)
        link = files.links.read(token) if files is not None else None
        if files is None or link is None:
            return nowhere(request)
        try:
            with trio.fail_after(READ_SECONDS_MAX):
                async with reading:
                    found = await aio(files.get, link.digest)
        except (*UNAVAILABLE, StoreUnavailable, trio.TooSlowError) as error:
            log.warning("file_unavailable", bot=name, why=str(error) or type(error).__name__)
            return Response("", 503, {"Retry-After": str(AGAIN_SECONDS)}, content_type="text/plain")
        if found is None:
            return nowhere(request)
        fresh = max(1, int(link.seconds_left))
        file = File(found.content, found.type, link.name, inline=link.inline, fresh_seconds=fresh)
        return kept_file(file, request.headers)

    return blueprint
