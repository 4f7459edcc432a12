"""What the shop says of its terms and of people's data, unless its owner has written something else."""

from mailroom.actors.texts.declared import Texts, Value, text


class PolicyTexts(Texts):
    """Terms, privacy, and the deletion of one's data."""

    @text
    def terms(self, *, minutes: Value) -> str: ...
    @text
    def seller(self, *, seller: Value) -> str: ...
    @text
    def privacy(self, *, consultant: Value) -> str: ...

    privacy_consultant: str
    ask: str

    @text
    def ask_balance(self, *, amount: Value) -> str: ...
    @text
    def ask_awaiting(self, *, orders: Value) -> str: ...
    @text
    def ask_unfinished(self, *, orders: Value) -> str: ...

    @text
    def asked_waits(self, *, orders: Value) -> str: ...

    button_terms: str
    button_privacy: str
