"""What people type, without what nobody can read or keep."""

import unicodedata


def printable(text: str) -> str:
    """Drop what a database cannot hold: control characters and halves of broken emoji; lines are kept."""
    return "".join(
        char for char in text if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs")
    ).strip()
