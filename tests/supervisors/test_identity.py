"""Who a process is, and whether it is gone: a living owner must never be taken for a dead one."""

import os
import subprocess
import sys

import pytest

from mailroom.supervisors.identity import UNKNOWN, Place, here, is_gone, name_of_this_process

pytestmark = pytest.mark.skipif(not here().known, reason="this system does not tell enough")


@pytest.fixture
def ended():
    """The name of a process that ran here and has been killed."""
    command = [
        sys.executable,
        "-c",
        "from mailroom.supervisors import identity as i; print(i.name_of_this_process(), flush=1); input()",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        assert not is_gone(name), "it is alive"
        child.kill()
    return name


def test_a_process_of_this_machine_that_was_killed_is_gone(ended):
    assert is_gone(ended)


def test_one_that_nobody_has_collected_yet_is_gone_too():
    # `kill -9` of a child whose parent does not wait leaves an entry that looks like a process.
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    name = name_of_this_process().replace(f":{os.getpid()}:", f":{pid}:")
    try:
        assert is_gone(name)
    finally:
        os.waitpid(pid, 0)


def test_we_ourselves_are_not_gone():
    assert not is_gone(name_of_this_process())


def test_a_process_that_was_given_the_number_of_one_that_ended_does_not_keep_it_alive():
    name = name_of_this_process()
    earlier = name.replace(f":{os.getpid()}:", f":{os.getpid()}:1")
    assert is_gone(earlier)


@pytest.mark.parametrize("other", ["boot", "namespace"])
def test_two_containers_with_one_hostname_and_process_number_do_not_take_from_each_other(ended, other):
    # Seen: both were "host:1:…", each held the other for an earlier life of itself, and took its chats.
    there = Place(**{"boot": here().boot, "namespace": here().namespace, other: "4026530000"})
    assert is_gone(ended, here())
    assert not is_gone(ended, there)


def test_where_a_system_tells_too_little_nobody_is_gone(ended):
    nowhere = Place(UNKNOWN, UNKNOWN)
    _, _, where = ended.rpartition(":")[2].partition(".")
    assert not is_gone(ended.replace(where, f"{UNKNOWN}.{UNKNOWN}"), nowhere)


@pytest.mark.parametrize("name", ["", "elsewhere:a", "host:1:1764530000", "host:one:1.a.b", ":::"])
def test_an_owner_whose_name_says_too_little_is_waited_for(name):
    assert not is_gone(name)
