"""What all senders of one-time codes have in common: companies that carry mail, SMS, or a messenger's words.

CodeSenderError
├── AddressRefusedError   nobody can be reached there: not worth trying again, and nobody's fault
├── SenderRefusedError    the company takes nothing from us: our key, our contract, our balance; somebody
│                         has to look
└── SenderAwayError       it does not answer, or asks us to wait: try again, with the same key
"""

from typing import Protocol


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

    def takes(self, address: str) -> bool:
        """Whether it carries to an address: `mail:anna@example.com`, `phone:+79161234567`."""

    async def send(self, address: str, code: str, *, language: str, title: str, key: str) -> None:
        """Tell somebody the code, in their language; `title` is what the bot is called. Sent again with the
        same `key`, it is the same message. Raises `CodeSenderError`.
        """
