"""What the job and the event carry of somebody who wants to be forgotten."""

from pydantic import BaseModel

from mailroom.actors.texts.language import Language


class Wish(BaseModel):
    """A wish to be forgotten, and the language in which its end is told."""

    erasure: int
    language: Language
