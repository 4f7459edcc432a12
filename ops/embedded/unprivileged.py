"""Run a program as another user, although it lives where only root may look.

Postgres refuses to run as root. This is a script of its own, replaced by the program it runs:
`python -I unprivileged.py UID GID DIRECTORY PROGRAM...`.
A checkout in /root is closed to every other user. Opening it up for everybody would change somebody's
machine behind their back, so the program keeps one right of root instead: to pass closed doors.
"""

import ctypes
import os
import sys

PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def main() -> None:
    """Become the user and then the program."""
    uid, gid, directory, *command = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    on_linux = sys.platform == "linux"
    if on_linux:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    # access() answers for the bare user, without the capabilities that we still hold.
    closed = not os.access(command[0], os.X_OK) or not os.access(directory, os.R_OK | os.W_OK | os.X_OK)
    if on_linux and closed:
        keep_passing_doors(libc)
    os.environ.update(HOME=directory, USER="postgres")
    os.execv(command[0], command)  # noqa: S606 - the command line comes from our own code


def keep_passing_doors(libc: ctypes.CDLL) -> None:
    """Hand on, through exec, whichever of the two rights about closed directories this root has."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice, for 64 bits
    if libc.capget(header, sets) != 0:
        return
    kept = sets[1] & (1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)
    if libc.capset(header, (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)) != 0:
        return
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if kept & 1 << capability:
            libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


if __name__ == "__main__":
    main()
