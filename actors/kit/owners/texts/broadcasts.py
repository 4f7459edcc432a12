"""Words about broadcasts."""

from collections.abc import Mapping

from mailroom.actors.texts.declared import Texts, Value, text
from mailroom.storage.postgres.broadcasts import Status


class BroadcastTexts(Texts):
    """Words about broadcasts."""

    ask: str

    @text
    def preview(self, *, total: Value, some: Value) -> str: ...

    @text
    def preview_without_news(self, *, count: Value) -> str: ...

    @text
    def to_some(self, *, language: Value, count: Value) -> str: ...

    draft_gone: str
    dropped: str
    heading: str

    @text
    def row(self, *, number: Value, status: Value, sent: Value, total: Value) -> str: ...

    @text
    def page(self, *, number: Value, status: Value, sent: Value, total: Value) -> str: ...

    @text
    def left(self, *, left: Value) -> str: ...

    @text
    def failed(self, *, count: Value) -> str: ...

    statuses: Mapping[Status, str]
    button_broadcast: str
    button_broadcasts: str

    @text
    def button_send_all(self, *, count: Value) -> str: ...

    @text
    def button_send_some(self, *, language: Value, count: Value) -> str: ...

    button_pause: str
    button_resume: str
    button_stop: str
