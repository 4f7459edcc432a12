"""Words about a table that was sent."""

from mailroom.actors.texts.declared import Texts, Value, text


class UploadTexts(Texts):
    """Words about a table that was sent."""

    @text
    def report(self, *, lines: Value) -> str: ...

    @text
    def report_bad(self, *, count: Value) -> str: ...

    @text
    def report_bad_line(self, *, line: Value, problem: Value) -> str: ...

    @text
    def report_more(self, *, count: Value) -> str: ...

    @text
    def report_ignored(self, *, columns: Value) -> str: ...

    @text
    def report_read_as(self, *, encoding: Value) -> str: ...

    bad_lines_file: str

    @text
    def lines(self, *, count: int) -> str: ...
