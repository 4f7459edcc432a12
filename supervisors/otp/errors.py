"""What goes wrong with supervisors and their children.

OtpError ├── FailedToStartError  a child did not start, so its supervisor did not
         ├── GaveUp              children crashed too often: for whoever is above
         └── AdminError          a request that cannot be met; nothing has changed
             ├── NotFoundError ── AlreadyStartedError ── AlreadyPresentError
             ├── StillRunningError ── RestartingError ── NotRunningError ── AsideError
             └── StuckError         done, as far as it could be
"""

from mailroom.supervisors.otp.child import Shutdown, one_line


class FailedToStartError(Exception):
    """A child failed to start while its supervisor did; `error` is what it raised."""

    def __init__(self, path: str, error: BaseException | None) -> None:
        super().__init__(f"{path} did not start: {one_line(error) if error else 'no reason given'}")
        self.path = path
        self.error = error


class GaveUp(Shutdown):
    """A supervisor restarted its children more often than it may; it ends with OTP's reason shutdown."""

    def __init__(self, message: str, error: BaseException | None) -> None:
        super().__init__(message)
        self.error = error


class AdminError(Exception):
    """A supervisor cannot do what it was asked; nothing has changed."""


class NotFoundError(AdminError):
    """It has no child with this id."""


class AlreadyStartedError(AdminError):
    """A child with this id runs already."""


class AlreadyPresentError(AdminError):
    """A child with this id is there and does not run: restart it, or delete it first."""


class StillRunningError(AdminError):
    """The child runs: terminate it first."""


class RestartingError(AdminError):
    """The child is about to be restarted."""


class NotRunningError(AdminError):
    """The supervisor itself does not run, so nobody can do it."""


class AsideError(AdminError):
    """The child is suspended or parked: resume it."""


class StuckError(AdminError):
    """The child will not be started again, but its task does not end."""
