"""One thing that can be sold: a code, a link or a file."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["code", "link", "file"]
ITEM_BYTES_MAX = 5 * 1024 * 1024
"""A file is read whole into memory to be sent, and kept in a row; larger goods are sold as a link."""


class StockError(ValueError):
    """An item cannot be sold as it is; the message says what to change. The owner's fault."""


@dataclass(frozen=True)
class NewItem:
    """One thing to put into stock. `content` is the code, the link in UTF-8, or the bytes of the file."""

    kind: Kind
    content: bytes
    file_name: str | None = None

    def __post_init__(self) -> None:
        if not self.content or len(self.content) > ITEM_BYTES_MAX:
            raise StockError(f"an item has 1 to {ITEM_BYTES_MAX} bytes, this one {len(self.content)}")
        if (self.kind == "file") != bool(self.file_name):
            raise StockError("a file needs a name, and nothing else has one")
