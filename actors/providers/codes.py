"""What all senders of one-time codes have in common: companies that carry mail, SMS, or a messenger's words.

CodeSenderError
├── AddressRefusedError   nobody can be reached there: not worth trying again, and nobody's fault
├── SenderRefusedError    the company takes nothing from us: our key, our contract, our balance; somebody
│                         has to look
└── SenderAwayError       it does not answer, or asks us to wait: try again, with the same key
"""

from collections.abc import Collection, Mapping
from typing import Literal, Protocol

AddressKind = Literal["mail", "phone"]

TEXT: Mapping[str, str] = {
    "en": "{code} is your code for {title}. It works for 10 minutes. Do not tell it to anybody.",
    "ru": "{code} — ваш код для «{title}». Он действует 10 минут. Никому его не сообщайте.",
}


class CodeSenderError(Exception):
    """A code was not sent; the message says why, without the code."""


class AddressRefusedError(CodeSenderError):
    """There is nobody at this address, or the company does not carry anything there."""


class SenderRefusedError(CodeSenderError):
    """Nothing will be carried before somebody has put the account in order."""


class SenderAwayError(CodeSenderError):
    """It may have been sent all the same: with the same key it is sent once."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """For how many seconds it asked us to wait, if it did."""


class CodeSender(Protocol):
    """An account at such a company. One of the family `mail` or `sms` is opened as this."""

    @property
    def name(self) -> str:
        """What the account is called in the configuration."""

    @property
    def takes(self) -> Collection[AddressKind]:
        """To what kinds of addresses it carries: `mail`, `phone`."""

    async def send(self, address: str, code: str, *, language: str, title: str, key: str) -> None:
        """Tell the code to whoever has an address, `mail:anna@example.com` or `phone:+79161234567`, in their
        language; `title` is what they know the bot by. Sent again with the same `key`, it is the same
        message. Raises `CodeSenderError`.
        """


def code_text(code: str, language: str, title: str) -> str:
    """What whoever carries any text is given to say. The code stands first: that is what a phone shows."""
    return TEXT.get(language, TEXT["en"]).format(code=code, title=title)
