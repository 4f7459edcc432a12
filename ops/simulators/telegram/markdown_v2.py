"""Telegram's MarkdownV2, parsed into entities.

Rules and wording: `parse_markdown_v2` of `td/telegram/MessageEntity.cpp` in tdlib. Entities nest; a quotation
is as many lines in a row as begin with `>`, and one that ends in `||` is folded up until it is tapped.
"""

from typing import Final

from .links import linked, pictured
from .markdown import Entities, Text, address, cannot, code, unfinished

RESERVED: Final = frozenset("_*[]()~`>#+-=|{}.!")
MARKS: Final = (
    ("__", "underline"),
    ("||", "spoiler"),
    ("*", "bold"),
    ("_", "italic"),
    ("~", "strikethrough"),
)
OPENINGS: Final = (("![", "custom_emoji"), ("[", "text_link"))
QUOTE: Final = ">"


def parse_markdown_v2(text: str) -> tuple[str, Entities]:
    """Parse MarkdownV2: every reserved character must be escaped or mean something."""
    return _Parser(text).parse()


class _Parser:
    """One text, read from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.shown = Text()
        self.open: list[tuple[str, str, int, int]] = []
        """Mark, kind, where its entity begins, and where the mark stands in the source."""
        self.line_start = True
        self.i = 0

    def parse(self) -> tuple[str, Entities]:
        text = self.text
        while self.i < len(text):
            character = text[self.i]
            if character == "\\" and self.i + 1 < len(text) and ord(text[self.i + 1]) < 127:
                self._show(text[self.i + 1], 2)
            elif character == "\n" and self._quoting() and not text.startswith(QUOTE, self.i + 1):
                self._end_quote("blockquote")
                self._show("\n", 1)
            elif character == QUOTE and self.line_start:
                if not self._quoting():
                    self._begin(QUOTE, "blockquote")
                else:
                    self.i += 1
                self.line_start = False
            elif character == "`":
                self.i = code(text, self.i, self.shown, escapes=True)
                self.line_start = False
            elif not self._bracket() and not self._mark():
                if character in RESERVED:
                    raise cannot(
                        f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
                    )
                self._show(character, 1)
        if self._quoting():
            self._end_quote("blockquote")
        if self.open:
            raise unfinished(self.open[-1][1], text, self.open[-1][3])
        return self.shown.done()

    def _show(self, piece: str, taken: int) -> None:
        self.shown.add(piece)
        self.line_start = piece == "\n"
        self.i += taken

    def _begin(self, mark: str, kind: str) -> None:
        self.open.append((mark, kind, self.shown.units, self.i))
        self.i += len(mark)

    def _on_top(self) -> str:
        return self.open[-1][0] if self.open else ""

    def _quoting(self) -> bool:
        return any(mark == QUOTE for mark, *_ in self.open)

    def _end_quote(self, kind: str) -> None:
        mark, inner, begin, place = self.open.pop()
        if mark != QUOTE:
            raise unfinished(inner, self.text, place)
        self.shown.note(begin, {"type": kind})

    def _bracket(self) -> bool:
        for mark, kind in OPENINGS:
            if self.text.startswith(mark, self.i):
                self._begin(mark, kind)
                return True
        if self.text[self.i] != "]" or self._on_top() not in ("[", "!["):
            return False
        mark, _, begin, _ = self.open.pop()
        url, self.i = address(self.text, self.i + 1)
        if mark == "![":
            entity = pictured(url)
            if entity is None:
                raise cannot("Custom emoji URL must have the form tg://emoji?id=<custom emoji identifier>")
            self.shown.note(begin, entity)
        elif url:
            self.shown.note(begin, linked(url))
        return True

    def _mark(self) -> bool:
        for mark, kind in MARKS:
            if not self.text.startswith(mark, self.i):
                continue
            if self._on_top() == mark:
                self.shown.note(self.open.pop()[2], {"type": kind})
                self.i += len(mark)
            elif mark == "||" and self._on_top() == QUOTE and self._ends_quote(self.i + 2):
                self._end_quote("expandable_blockquote")
                self.i += len(mark)
            else:
                self._begin(mark, kind)
            return True
        return False

    def _ends_quote(self, place: int) -> bool:
        """Whether the text ends here, or the next line is no longer of the quotation."""
        rest = self.text[place : place + 2]
        return rest == "" or (rest[0] == "\n" and rest[1:] != QUOTE)
