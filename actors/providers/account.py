"""An account at an outside system, `[payments.NAME]` in the settings, and what a kind of them is.

    KIND = Kind("yookassa", "payment", YooKassaSettings, _opened, unique=("shop_id",))

is the end of the file of an outside system, and one line in `actors/account_kinds.py`. There may be many
accounts of a kind. Each has a name of its own: it stands in rows, in metrics, and in the address of its
webhook, `/webhook/FAMILY/NAME`. Nothing else knows a kind by name.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict

from mailroom.actors.providers.payments import minor_units

Family = Literal["payment", "crm", "sms", "mail"]
"""What accounts are for. Each is a part of an address, and no channel's name."""
SECTIONS: Mapping[Family, str] = {"payment": "payments", "crm": "crm", "sms": "sms", "mail": "mail"}
"""The table of the settings in which the accounts of a family stand."""
CHANNELS = frozenset({"telegram", "wazzup", "whatsapp"})
"""Chats come in by these, `/webhook/telegram/BOT`: no family and no account is called so."""
NAME_CHARS_MAX = 32
NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{NAME_CHARS_MAX}}}")
NAME_ADVICE = f"an account's name is part of an address: up to {NAME_CHARS_MAX} of A-Z a-z 0-9 _ -"


def variable_of(*where: str) -> str:
    """The variable that a setting of an account may come from: what is secret stays out of the file."""
    return "_".join(("MAILROOM", *where)).upper().replace("-", "_")


def _sums(value: dict[str, str]) -> dict[str, str]:
    minor_units(value)
    return value


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError(NAME_ADVICE)
    return value


SumsByCurrency = Annotated[dict[str, str], AfterValidator(_sums)]
"""What a contract says of the sums of a currency, where that is not the rule: `{ RUB = "410.00" }`."""


class AccountSettings(BaseModel):
    """What can be set of every account; a kind adds its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = ""
    """Which kind it is; the name says it where this does not."""
    formerly: tuple[Annotated[str, AfterValidator(_name)], ...] = ()
    """The names it had: what was written and what is sent under them is still its own."""

    def own(self) -> dict[str, Any]:
        """What its kind has added, by name."""
        return self.model_dump(exclude=set(AccountSettings.model_fields))


S = TypeVar("S", bound=AccountSettings)
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Opening(Generic[S]):
    """What an account is opened with, for the life of a process."""

    names: Sequence[str]
    """All that it is and was called, today's name first."""
    settings: S
    http: httpx.AsyncClient
    demo: bool = False
    """Whether a simulator stands in, on this machine."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[S, A]):
    """A kind of account: YooKassa's shops, Stripe's accounts."""

    name: str
    """Lower-case letters and digits: the name of an account too, where there is only one."""
    family: Family
    settings: type[S]
    open: Callable[[Opening[S]], A]
    """What is asked, and asks: for payments a `PaymentProvider`."""
    unique: tuple[str, ...]
    """The settings that say which account it is over there, and by which its notices are told apart: no two
    accounts may have the same.
    """
    notices: Literal["webhook", "updates"] = "webhook"
    """Where it tells what has happened: at the account's webhook, or among the updates of the bot that
    asked.
    """
    needs_bot: bool = False
    """Whether it asks through a bot, with its token and in its chats: then an account is one for each bot."""
    many_charges: bool = False
    """Whether one of its invoices may be paid again and again, each charge with a name of its own."""
