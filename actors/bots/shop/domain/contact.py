"""What a customer may type into the order form: how to be reached, and a comment."""

import re

from mailroom.actors.kit.speech.printable import printable

COMMENT_LENGTH_MAX = 500  # a paragraph; a longer story does not fit the summary beside ten order lines
EMAIL_LENGTH_MAX = 254  # RFC 5321: a longer address cannot be delivered to

# E.164 has at most 15 digits; fewer than 7 is not a number one can call from elsewhere.
PHONE = re.compile(r"\+?[0-9]{7,15}")
PHONE_PUNCTUATION = re.compile(r"[\s()./‐-―-]")
USERNAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")


def parse_contact(text: str) -> str | None:
    """Recognise a phone number, a Telegram @username or an e-mail address; None if it is none of them."""
    text = text.strip()
    phone = PHONE_PUNCTUATION.sub("", text)
    if PHONE.fullmatch(phone):
        return phone
    if USERNAME.fullmatch(text):
        return text
    if len(text) <= EMAIL_LENGTH_MAX and EMAIL.fullmatch(text) and ".." not in text:
        return text
    return None


def usual_contact(known: str, username: str | None) -> str:
    """How to reach somebody who was not asked: as last time, or by their Telegram name, or not."""
    return known or parse_contact(f"@{username or ''}") or ""


def parse_comment(text: str) -> str | None:
    """Clean a comment for storage; None if it is longer than we keep."""
    comment = printable(text)
    return comment if len(comment) <= COMMENT_LENGTH_MAX else None
