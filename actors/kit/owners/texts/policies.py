"""Terms and what is said about people's data."""

from collections.abc import Mapping
from typing import Literal

from mailroom.actors.texts.declared import Texts, Value, text


class PolicyTexts(Texts):
    """Terms and what is said about people's data."""

    heading: str
    names: Mapping[str, str]

    @text
    def in_some(self, *, name: Value, language: Value) -> str: ...

    whose: Mapping[Literal["owner", "options", "usual"], str]

    @text
    def ask(self, *, name: Value, most: Value) -> str: ...

    button_policy: str
    button_policy_off: str
