"""Files that owners send: fetched from Telegram, within a limit; and reports that go back as files."""

from collections.abc import Sequence

from aiogram import Bot
from aiogram.types import BufferedInputFile, Document, Message, PhotoSize

from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.owner_texts import OwnerTexts
from mailroom.actors.bots.shop.routes.owner.screens import BAD_LINES_SHOWN_MAX
from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.kit.owners.tables.table import BadLine


async def fetch(bot: Bot, document: Document | PhotoSize, bytes_max: int) -> bytes:
    """The bytes of a document or a photo. Raises `OwnerError` for one that is too large, without asking."""
    if (document.file_size or 0) > bytes_max:
        raise refuse(TableFault.FILE_TOO_LARGE, bytes=document.file_size or 0, most=bytes_max)
    stream = await bot.download(document)
    return stream.read() if stream is not None else b""


async def send_bad_lines(message: Message, own: OwnerTexts, bad: Sequence[BadLine]) -> None:
    """All the bad lines as a table, where a message does not hold them."""
    if len(bad) <= BAD_LINES_SHOWN_MAX:
        return
    lines = [f"{one.line};{_quoted(problem(own.language, one.wrong))}" for one in bad]
    # With a byte order mark, by which spreadsheets know UTF-8.
    table = "\r\n".join([own.bad_lines_file, *lines]).encode("utf-8-sig")
    file = BufferedInputFile(table, "bad-lines.csv")
    await message.answer_document(file, protect_content=False)  # to be mended and sent again


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
