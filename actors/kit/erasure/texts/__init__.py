"""What is said while somebody has their data deleted, and the buttons; what is deleted the room says."""

from pathlib import Path

from mailroom.actors.texts.declared import Texts

ERASURE_FOLDER = Path(__file__).parent
"""Where it is, by language; a room has others come first: `read_texts(…, theme="erasure", over=…)`."""


class ErasureTexts(Texts):
    """The deletion of one's data, in one language."""

    ask_sure: str
    asked: str
    asked_already: str
    erased: str
    button_erase: str
    button_erase_yes: str
    button_keep: str
