"""What a bot says, in files by language: declared as types, read when it starts.

`ops/docs/texts.md` says how a file is written and how a language is added. Nothing within imports from here.
"""

from mailroom.actors.texts.data import as_data
from mailroom.actors.texts.declared import DeclarationError, Texts, Value, text
from mailroom.actors.texts.language import Language
from mailroom.actors.texts.reading import Spoken, TextsError, read_texts

__all__ = [
    "DeclarationError",
    "Language",
    "Spoken",
    "Texts",
    "TextsError",
    "Value",
    "as_data",
    "read_texts",
    "text",
]
