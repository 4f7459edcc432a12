"""Run a program as a user that is not root, although root started it and all its files are root's.

Postgres refuses to run as root. This is a script of its own, replaced by the program it runs:
`python -I unprivileged.py private|shared UID GID DIRECTORY PROGRAM...`.

`private`: in a user namespace that knows one user only, whose number outside is root's. The program sees that
it is not root; its files are root's own, closed to everybody else; and it has no right beyond them, for the
namespace ends with the exec that takes all capabilities. A checkout in /root is no obstacle.

`shared`: as an ordinary user, where the kernel gives no namespace (a container without that right), or where
the files are that user's. In a folder that is closed to him the program keeps one right of root: to pass
closed folders. Opening it up for everybody would change somebody's machine behind their back.
"""

import ctypes
import os
import sys
from pathlib import Path

PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CLONE_NEWUSER = 0x10000000
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def main() -> None:
    """Become the user and then the program."""
    way, uid, gid, directory, *command = sys.argv[1:]
    os.umask(0o077)
    os.setgroups([])
    if way == "private":
        enter_namespace(int(uid), int(gid))
    else:
        become(int(uid), int(gid), command[0], directory)
    os.environ.update(HOME=directory, USER="postgres")
    os.execv(command[0], command)  # noqa: S606 - the command line comes from our own code


def enter_namespace(uid: int, gid: int) -> None:
    """Be this user in a namespace of one's own, and root's files' owner still. Raises `OSError` where the
    kernel does not let us.
    """
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outside_uid} 1"),
        ("gid_map", f"{gid} {outside_gid} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)


def become(uid: int, gid: int, program: str, directory: str) -> None:
    """Be this user everywhere."""
    libc = ctypes.CDLL(None, use_errno=True)
    on_linux = sys.platform == "linux"
    if on_linux:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgid(gid)
    os.setuid(uid)
    # access() answers for the bare user, without the capabilities that we still hold.
    closed = not os.access(program, os.X_OK) or not os.access(directory, os.R_OK | os.W_OK | os.X_OK)
    if on_linux and closed:
        keep_passing_folders(libc)


def keep_passing_folders(libc: ctypes.CDLL) -> None:
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
