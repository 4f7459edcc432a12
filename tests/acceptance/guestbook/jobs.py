"""The book's queue and its one kind of job."""

from pydantic import BaseModel

from mailroom import Kind, Limits, Queue


class Entry(BaseModel):
    """What somebody writes into the book."""

    chat: int
    name: str


INK = Queue("ink", Limits(concurrency=5))
SIGN = Kind("guestbook.sign", Entry, queue=INK, key_of=lambda entry: f"chat:{entry.chat}")
