"""A call that carries files: its form, and whether it failed at a file of its own.

aiohttp reads the files while it sends, and whatever a file raises (a missing path, an address that is dead)
comes out as if the connection had broken. So it is noted here where it was raised.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from aiogram import Bot
from aiogram.types import InputFile
from aiohttp import FormData


class Upload:
    """The fields and files of one call. `unreadable` is what a file raised."""

    def __init__(
        self, fields: Mapping[str, Any], files: Mapping[str, InputFile], dumps: Callable[[Any], str]
    ) -> None:
        self.unreadable: Exception | None = None
        self._fields = fields
        self.files = files
        self._dumps = dumps

    def form(self, bot: Bot) -> FormData:
        """The form, as aiogram makes it; a new one for each try, as aiohttp sends one once."""
        self.unreadable = None
        form = FormData(quote_fields=False)
        for name, value in self._fields.items():
            form.add_field(name, value if isinstance(value, str) else self._dumps(value))
        for key, file in self.files.items():
            form.add_field(key, self._read(file, bot), filename=file.filename or key)
        return form

    async def _read(self, file: InputFile, bot: Bot) -> AsyncIterator[bytes]:
        try:
            async for chunk in file.read(bot):
                yield chunk
        except Exception as error:
            self.unreadable = error
            raise
