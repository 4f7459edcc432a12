"""Import aiogram in half a second instead of two and a half: its models are built when first used.

aiogram asks pydantic at import to build validators for all 440 types of the Bot API, one by one, each with
everything it refers to; a running bot uses a few of them, and `Update` brings most of those along. Here only
what the builds need from that moment, the resolved annotations, is made at import; pydantic builds the rest
by itself at the first use, exactly as it does for aiogram's methods anyway.

This uses pydantic's internals, so whatever is not as expected (another version, a class out of the ordinary)
falls back to the build at import. To be called before anything else imports aiogram; later it does nothing.
"""

import re
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel

from mailroom.ops.faults import CannotStartError

AIOGRAM_LEAST = "3.31"
"""The oldest aiogram that our hosting was written against; pyproject.toml names the same."""


def require_aiogram() -> None:
    """Refuse an aiogram that is too old: a bot's own requirements may have brought one back."""
    try:
        found = version("aiogram")
    except PackageNotFoundError:
        found = "none"
    if _numbers(found) < _numbers(AIOGRAM_LEAST):
        raise CannotStartError(
            f"Mailroom needs aiogram {AIOGRAM_LEAST} or newer, and {found} is installed:"
            f" pip install --upgrade 'aiogram>={AIOGRAM_LEAST}'"
        )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def import_aiogram() -> None:
    """Import aiogram, quickly where possible."""
    require_aiogram()
    if "aiogram" in sys.modules:
        return
    builds_now = BaseModel.__dict__["model_rebuild"]

    def build_later(
        cls: type[BaseModel], /, *, _types_namespace: Mapping[str, Any] | None = None, **options: Any
    ) -> bool | None:
        if options or _types_namespace is None or not resolve_fields(cls, _types_namespace):
            built: bool | None = builds_now.__func__(cls, _types_namespace=_types_namespace, **options)
            return built
        return None

    BaseModel.model_rebuild = classmethod(build_later)  # type: ignore[assignment]
    try:
        import aiogram.methods
        import aiogram.types
    finally:
        BaseModel.model_rebuild = builds_now  # type: ignore[method-assign]
    # Every bot needs these, and its first user should not wait for them.
    for model in (aiogram.types.Update, aiogram.types.Message, aiogram.methods.SendMessage):
        model.model_rebuild()


def resolve_fields(cls: type[BaseModel], namespace: Mapping[str, Any]) -> bool:
    """Resolve the annotations of a class, which is what its build needs the namespace for."""
    try:
        from pydantic._internal import _config, _fields, _generics, _namespace_utils

        if cls.__pydantic_complete__:
            return True
        if not cls.__pydantic_fields_complete__:
            fields, extra = _fields.rebuild_model_fields(
                cls,
                config_wrapper=_config.ConfigWrapper(cls.model_config, check=False),
                ns_resolver=_namespace_utils.NsResolver(parent_namespace=dict(namespace)),
                typevars_map=_generics.get_model_typevars_map(cls),
            )
            cls.__pydantic_fields__, cls.__pydantic_extra_info__ = fields, extra
        return bool(cls.__pydantic_fields_complete__)
    except Exception:
        return False
