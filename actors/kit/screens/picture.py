"""Pictures that a bot shows: kept by us, and shown by Telegram under a name of its own.

Telegram's name for a file (`file_id`) is good for one bot, and a stand-in forgets it; then the bytes are sent
again, and the new name is noted, in the room's table `picture_files`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aiogram.types import BufferedInputFile

from mailroom.actors.uses.files import Files
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("picture.sql"))

NAMES = {"image/jpeg": "picture.jpg", "image/png": "picture.png"}


class Picture(Protocol):
    """What is shown above a text: one of the room's files, or what is drawn where it is to be sent."""

    @property
    def file_id(self) -> str | None:
        """What Telegram calls it, where this bot has sent it before."""

    async def upload(self) -> BufferedInputFile | None:
        """Its bytes, to be sent; None if it is gone since."""

    async def note(self, file_id: str) -> None:
        """What Telegram calls it from now on."""


@dataclass(frozen=True, slots=True)
class FilePicture:
    """One of the room's files, as a bot shows it."""

    database: Source
    bot: str
    digest: str
    file_id: str | None
    """What Telegram calls it, where this bot has sent it before."""

    async def upload(self) -> BufferedInputFile | None:
        """Its bytes, to be sent; None if it is gone since."""
        found = await Files(self.database).get(self.digest)
        return BufferedInputFile(found.content, NAMES[found.type]) if found is not None else None

    async def note(self, file_id: str) -> None:
        """What Telegram calls it from now on."""
        await self.database.execute(SQL["note"], self.bot, self.digest, file_id)


async def picture_of(database: Source, bot: str, digest: str | None) -> FilePicture | None:
    """The picture of this digest (`room.files`), for a bot; None where there is none."""
    if not digest:
        return None
    return FilePicture(database, bot, digest, await database.fetchval(SQL["file_id"], bot, digest))
