"""Words of every screen that owners see."""

from mailroom.actors.texts.declared import Texts, Value, text


class SharedTexts(Texts):
    """Words of every screen that owners see."""

    @text
    def not_done(self, *, problem: Value) -> str: ...

    only_owners: str
    nothing_here: str
    needs_text: str

    @text
    def near(self, *, near: Value) -> str: ...

    @text
    def in_language(self, *, language: Value, name: Value) -> str: ...

    button_back: str
    button_refresh: str
    button_no: str
    button_previous: str
    button_next: str
