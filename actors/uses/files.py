"""Files of a room: pictures, documents, what somebody has sent. They are in Postgres, kept and let go of with
the facts that they belong to, in one transaction; `ingress/asks/kept_file.py` shows them.
"""

from collections.abc import Awaitable, Callable

from mailroom.actors.uses.file_links import FileLinks
from mailroom.storage.postgres import files
from mailroom.storage.postgres.files import File
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.schemas import SchemaConnection, SchemaPool


class Files:
    """The files of the room whose tables `source` finds. Raises `TypeError` for a source that knows none."""

    def __init__(self, source: Source) -> None:
        if not isinstance(source, SchemaPool | SchemaConnection):
            raise TypeError("files belong to a room: ask by a connection that knows its schema")
        self._source = source
        self._schema = source.schema

    async def put(self, connection: Connection, content: bytes, mime_type: str) -> str:
        """Keep a file, once whoever puts it; its digest, which it is called by from now on."""
        return await files.put(connection, self._schema, content, mime_type)

    async def get(self, digest: str) -> File | None:
        """The file of this digest; None if there is none."""
        return await files.get(self._source, self._schema, digest)

    async def drop(self, connection: Connection, digest: str, is_used: Callable[[], Awaitable[bool]]) -> None:
        """Let go of a file that this transaction has stopped using, unless somebody else uses it."""
        await files.drop(connection, self._schema, digest, is_used)


class RoomFiles(Files):
    """The files of one bot: some are people's, and links lead to them."""

    def __init__(self, source: Source, links: FileLinks) -> None:
        super().__init__(source)
        self.links = links

    async def put(self, connection: Connection, content: bytes, mime_type: str, *, of: str = "") -> str:
        """Keep a file, once whoever puts it; its digest, which it is called by from now on. One `of` a person
        (`Visit.person`) goes when the last of those whose it is is forgotten (`Room.forget`); one that was
        put without saying whose it is stays until the room drops it.
        """
        if not of:
            return await super().put(connection, content, mime_type)
        return await files.put_of(connection, self._schema, content, mime_type, self.links.bot, of)

    def link(self, digest: str, *, seconds: float, name: str = "", inline: bool = False) -> str:
        """An address under which anybody may have the file for so long, saved by this `name`, or shown where
        it is asked for. It ends earlier with the file, and with nothing else. Empty where browsers do not
        reach this service. Raises `ValueError` for what is no digest, no such time, or too long a name.
        """
        return self.links.to(digest, seconds=seconds, name=name, inline=inline)
