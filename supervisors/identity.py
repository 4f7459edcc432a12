"""Who a process is, so that another one can tell whether it is gone.

A lease of a process that is gone need not be waited for: a service that was killed and is started again works
at once. To be wrong about it would take the chats from a living owner, so a name says more than host and
number, which two containers may share: the boot of the machine's kernel, the namespace that numbers its
processes, and when the process began by that kernel's clock. Only a process of the same kernel and namespace
can see whether it runs. Everybody else, and whoever runs on a system that tells less, waits for the lease.
"""

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "-"
"""What a system does not tell."""
BOOT_LETTERS = 12
"""Of the boot's 32 hexadecimal digits, these are plenty."""
DEAD_STATES = frozenset("ZXx")
"""What /proc/PID/stat says of a process that has ended and is not collected yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where process numbers mean the same process: a boot of a kernel, and a namespace of it."""

    boot: str
    namespace: str

    @property
    def known(self) -> bool:
        """Whether this system tells enough to judge by."""
        return UNKNOWN not in (self.boot, self.namespace)


def here() -> Place:
    """Where this process runs."""
    boot = namespace = UNKNOWN
    with suppress(OSError):
        text = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        boot = text.strip().replace("-", "")[:BOOT_LETTERS] or UNKNOWN
    with suppress(OSError):
        # "pid:[4026531836]"; a number is not used again while a process of its namespace lives.
        namespace = str(Path("/proc/self/ns/pid").readlink()).partition("[")[2].rstrip("]") or UNKNOWN
    return Place(boot, namespace)


def name_of_this_process() -> str:
    """`host:pid:began.boot.namespace`: the name that this process owns chats under."""
    place, pid = here(), os.getpid()
    began = _began(pid) or str(int(time.time()))
    return f"{socket.gethostname()}:{pid}:{began}.{place.boot}.{place.namespace}"


def is_gone(owner: str, place: Place | None = None) -> bool:
    """Whether an owner of this name has certainly ended. False also when we cannot know."""
    place = place or here()
    address, _, rest = owner.rpartition(":")
    pid = address.rpartition(":")[2]
    began, _, where = rest.partition(".")
    if not place.known or where != f"{place.boot}.{place.namespace}" or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # somebody else's, who is alive all the same
    now_there = _began(int(pid))
    return now_there is not None and now_there != began


def _began(pid: int) -> str | None:
    """When a process began, in ticks since the kernel did; "" for one that has ended. None: hidden from us.

    The wall clock would not do: a living process whose clock was set would look like another one.
    """
    try:
        # The second field is the program's name, which may hold anything, blanks and brackets too.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return "" if fields[0] in DEAD_STATES else fields[19]
