"""What a caller of the API did wrong, as one sentence and a status."""


class RefusalError(ValueError):
    """A request that cannot be done as it is. `status` is what it is answered with, the message the `error`
    beside it: what is wrong, and what to do.
    """

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status
