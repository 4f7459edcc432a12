"""Files that owners send: fetched within a limit; and what became of their lines, also as a file."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Protocol

from aiogram import Bot
from aiogram.types import BufferedInputFile, Document, Message, PhotoSize

from mailroom.actors.kit.owners.faults import TableFault
from mailroom.actors.kit.owners.lists import fitted, shortened
from mailroom.actors.kit.owners.refusals import Wrong, refuse
from mailroom.actors.kit.owners.tables.table import BadLine
from mailroom.actors.kit.owners.tables.text import ReadAs
from mailroom.actors.kit.owners.texts.uploads import UploadTexts

BAD_LINES_SHOWN_MAX = 12
"""What one reads in a chat; all of them are in the file that follows."""
COLUMNS_CHARS_MAX = 200

Said = Callable[[Wrong], str]
"""What is wrong, as plain text in the owner's language."""


class Uploaded(Protocol):
    """What a room has made of a table."""

    @property
    def bad(self) -> tuple[BadLine, ...]:
        """The lines that were not taken, in their order."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that mean nothing."""

    @property
    def read_as(self) -> ReadAs:
        """How its bytes were read."""


async def fetch_document(bot: Bot, document: Document | PhotoSize, bytes_max: int) -> bytes:
    """The bytes of a document or a photo. Raises `OwnerError` for one that is too large, without asking."""
    if (document.file_size or 0) > bytes_max:
        raise refuse(TableFault.FILE_TOO_LARGE, size=document.file_size or 0, most=bytes_max)
    stream = await bot.download(document)
    return stream.read() if stream is not None else b""


def upload_report(texts: UploadTexts, parts: Sequence[str], file: Uploaded, said: Said) -> str:
    """What became of a table, as HTML: what the room says of the lines it took, and then the others."""
    bad, parts = file.bad, list(parts)
    if file.read_as != "UTF-8":
        parts.append(texts.report_read_as(encoding=file.read_as))
    if bad:
        parts.append(texts.report_bad(count=len(bad)))
        shown = bad[:BAD_LINES_SHOWN_MAX]
        parts += [texts.report_bad_line(line=one.line, problem=escape(said(one.wrong))) for one in shown]
        if len(bad) > len(shown):
            parts.append(texts.report_more(count=len(bad) - len(shown)))
    if file.ignored:
        columns = escape(shortened(", ".join(file.ignored), COLUMNS_CHARS_MAX))
        parts.append(texts.report_ignored(columns=columns))
    return fitted(parts)


async def send_bad_lines(message: Message, texts: UploadTexts, bad: Sequence[BadLine], said: Said) -> None:
    """All the bad lines as a table, where a message does not hold them."""
    if len(bad) <= BAD_LINES_SHOWN_MAX:
        return
    lines = [f"{one.line};{_quoted(said(one.wrong))}" for one in bad]
    # With a byte order mark, by which spreadsheets know UTF-8.
    table = "\r\n".join([texts.bad_lines_file, *lines]).encode("utf-8-sig")
    file = BufferedInputFile(table, "bad-lines.csv")
    await message.answer_document(file, protect_content=False)  # to be mended and sent again


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
