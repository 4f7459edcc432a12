"""What is no request we answer: refused while it is read, and the connection is closed."""


class RefusedError(Exception):
    """The client is at fault; `status` and the words go back to it, and its connection ends."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
