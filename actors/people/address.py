"""Addresses that somebody types to prove that they are theirs, and how each is written."""

import re

from mailroom.actors.providers.codes import AddressKind

TYPED_CHARS_MAX = 320
"""As long as an address of a mailbox can be."""
MAIL_CHARS_MAX = 254
"""What a mail server takes (RFC 5321)."""

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_FILLING = re.compile(r"[\s().\-\u2010-\u2015\u00a0]+")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_RUSSIAN_MOBILE = re.compile(r"[78](9[0-9]{9})")


class AddressError(ValueError):
    """Nobody can be reached at this."""


def parse_address(typed: str) -> str:
    """What somebody typed as it is kept: `mail:anna@example.com`, `phone:+79161234567`. However it is
    written, an address is the same one. Raises `AddressError`.
    """
    typed = typed.strip()
    if len(typed) > TYPED_CHARS_MAX:
        raise AddressError("too long")
    return f"mail:{_mail(typed)}" if "@" in typed else f"phone:{_phone(typed)}"


def kind_of(address: str) -> AddressKind:
    """What stands before the colon."""
    return "mail" if address.startswith("mail:") else "phone"


def bare(address: str) -> str:
    """The address as others know it."""
    return address.partition(":")[2]


def hinted(address: str) -> str:
    """Enough of an address to see which one it is, for whoever knows it: `a…@example.com`, `…67`."""
    written = bare(address)
    local, at, domain = written.partition("@")
    return f"{local[0]}…@{domain}" if at else f"…{written[-2:]}"


def _mail(typed: str) -> str:
    local, _, domain = typed.rpartition("@")
    # Servers that tell `Anna@` from `anna@` are not to be found; people who type both are.
    local = local.lower()
    try:
        domain = domain.lower().encode("idna").decode()
    except UnicodeError:
        raise AddressError("the part behind @ is no name of a server") from None
    labels = domain.split(".")
    if len(local) > 64 or _LOCAL.fullmatch(local) is None:
        raise AddressError("the part before @ is none of a mailbox")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise AddressError("the part behind @ is no name of a server")
    if len(written := f"{local}@{domain}") > MAIL_CHARS_MAX:
        raise AddressError("too long")
    return written


def _phone(typed: str) -> str:
    digits = _FILLING.sub("", typed)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif found := _RUSSIAN_MOBILE.fullmatch(digits):
        # No country has the code 89, and 79 can only be this one: nobody else is meant.
        digits = f"+7{found[1]}"
    if _PHONE.fullmatch(digits) is None:
        raise AddressError("a phone number is written with its country: +7 916 123-45-67")
    return digits
