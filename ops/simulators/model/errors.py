"""The one way a request is refused for what it says."""


class RequestRefusedError(Exception):
    """The request is none: the caller's mistake, answered with 400."""
