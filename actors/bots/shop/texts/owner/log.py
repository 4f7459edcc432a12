"""Who did what."""

from collections.abc import Mapping

from mailroom.actors.texts.declared import Texts, Value, text


class LogTexts(Texts):
    """Who did what."""

    heading: str

    @text
    def row(self, *, at: Value, who: Value, action: Value, target: Value) -> str: ...

    none: str
    actions: Mapping[str, str]
