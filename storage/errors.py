"""What can go wrong with the stores, by whose fault it is and whether it is worth trying again.

StoreError ├── StoreUnavailable   nobody answers, or refuses for now: try again, nothing is known about the
outcome of a call in flight └── Fenced             another owner has taken over: stop, and write nothing more
"""


class StoreError(Exception):
    """A store did not do what was asked."""


class StoreUnavailable(StoreError):  # noqa: N818 - it is named after the state it tells of, like trio.BrokenResourceError
    """The store cannot be reached, or cannot write now (read-only, full). Try again later.

    A call that was in flight may have had its effect: only calls that are safe to repeat may be repeated.
    """


class Fenced(StoreError):  # noqa: N818
    """The partition is no longer ours: an owner with a higher epoch has taken over, or the store
    lost its fence.

    Nothing was written. Stop working the partition; to go on, acquire it anew with a larger epoch.
    """

    def __init__(self, message: str, epoch: int = 0, standing: int = 0) -> None:
        super().__init__(message)
        self.epoch = epoch
        """The epoch that was refused: what is said to a past ownership does not end the present one."""
        self.standing = standing
        """The epoch that stands in the store, where it is known."""
