"""TLS to Redis as the URL says, by redis-py's names: each option is honoured, or refused by its name.

What is passed over in silence is believed to hold: a certificate that we do not show, a check that we leave
out.
"""

import ssl
from collections.abc import Callable, Mapping
from typing import Any

from redis.asyncio.connection import parse_url

CERT_REQS = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
AUTHORITIES = {"cafile": "ssl_ca_certs", "capath": "ssl_ca_path", "cadata": "ssl_ca_data"}
LOADED_TOGETHER = (*AUTHORITIES.values(), "ssl_certfile", "ssl_keyfile", "ssl_password")


class TlsOptionError(ConnectionError, ValueError):
    """An option of the URL that cannot be honoured; the message names it, and never its value. There is no
    connection, then.
    """


def read_url(url: str) -> dict[str, Any]:
    """What a Redis URL says. Raises `TlsOptionError`."""
    try:
        options: dict[str, Any] = dict(parse_url(url))
    except ValueError as error:
        raise TlsOptionError(str(error)) from None
    for name in options:
        if name.startswith("ssl") and name not in _SET and name not in LOADED_TOGETHER:
            raise TlsOptionError(f"{name} is no option that is known here; those are {', '.join(known())}")
        if name.startswith("ssl") and not url.startswith("rediss:"):
            raise TlsOptionError(f"{name} says something of TLS, which only rediss:// has")
    return options


def known() -> list[str]:
    """The options that are honoured."""
    return sorted((*_SET, *LOADED_TOGETHER))


def context_of(options: Mapping[str, Any]) -> ssl.SSLContext:
    """What the connection is made with. Raises `TlsOptionError`."""
    authorities = {ours: options[name] for ours, name in AUTHORITIES.items() if options.get(name)}
    try:
        context = ssl.create_default_context(**authorities)
    except (OSError, ValueError) as error:
        raise TlsOptionError(
            f"{_named(options, *AUTHORITIES.values())} cannot be read: {_words(error)}"
        ) from None
    certificate, key = options.get("ssl_certfile"), options.get("ssl_keyfile")
    if key and not certificate:
        raise TlsOptionError("ssl_keyfile is of no use without ssl_certfile")
    if certificate:
        try:
            context.load_cert_chain(certificate, key, options.get("ssl_password") or "")
        except (OSError, ValueError) as error:
            names = _named(options, "ssl_certfile", "ssl_keyfile", "ssl_password")
            raise TlsOptionError(f"{names} cannot be used: {_words(error)}") from None
    for name, apply in _SET.items():
        if options.get(name) is not None:
            try:
                apply(context, options[name])
            except (KeyError, ValueError, TypeError, ssl.SSLError):
                raise TlsOptionError(f"{name} has a value that means nothing") from None
    return context


def _cert_reqs(context: ssl.SSLContext, value: str) -> None:
    wanted = CERT_REQS[value]
    if wanted == ssl.CERT_NONE:
        context.check_hostname = False  # which cannot be checked on a certificate that is not
    context.verify_mode = wanted


def _check_hostname(context: ssl.SSLContext, value: bool) -> None:
    context.check_hostname = value and context.verify_mode != ssl.CERT_NONE


def _min_version(context: ssl.SSLContext, value: int) -> None:
    context.minimum_version = ssl.TLSVersion(value)


def _ciphers(context: ssl.SSLContext, value: str) -> None:
    context.set_ciphers(value)


def _include(context: ssl.SSLContext, value: list[ssl.VerifyFlags]) -> None:
    for flag in value:
        context.verify_flags |= flag


def _exclude(context: ssl.SSLContext, value: list[ssl.VerifyFlags]) -> None:
    for flag in value:
        context.verify_flags &= ~flag


_SET: Mapping[str, Callable[[ssl.SSLContext, Any], None]] = {
    "ssl_cert_reqs": _cert_reqs,
    "ssl_check_hostname": _check_hostname,
    "ssl_min_version": _min_version,
    "ssl_ciphers": _ciphers,
    "ssl_include_verify_flags": _include,
    "ssl_exclude_verify_flags": _exclude,
}
"""In this order: whether a name can be checked depends on whether certificates are."""


def _named(options: Mapping[str, Any], *names: str) -> str:
    return ", ".join(name for name in names if options.get(name))


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__
