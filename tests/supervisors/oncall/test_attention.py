"""What needs on-call, over real stores and real processes."""

import signal

from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall import registry
from mailroom.supervisors.oncall.need import concerns
from tests.supervisors.oncall.station import eventually


def test_a_hundred_suspended_chats_do_not_hide_the_one_that_waits(start, desk, box):
    start()
    for number in range(100):
        chat = Chat("shop", str(number))
        box.own(chat=chat)
        box.accept(number + 1, chat=chat)
        box.accept(number + 1001, chat=chat)
        box.call(box.suspensions.put(f"chat/{chat}", "ann", "a flood"))
    waiting = Chat("shop", "1000")
    box.accept(5000, chat=waiting)
    assert desk.look.top("age", 20)[0].suspended
    assert [one.chat for one in desk.look.top("age", 20, suspended_too=False)] == [waiting]
    assert [one.chat for one in desk.look.top("depth", 20, suspended_too=False)] == [waiting]
    assert desk.attention.long_waits().number == 0, "it has not waited for long"
    box.raw.zadd(box.key("ready", waiting), {str(waiting): 1000})
    found = desk.attention.long_waits()
    assert (found.number, [one.chat for one in found.longest]) == (1, [waiting])

    def both():
        found = [one for one in desk.attention.concerns() if one.kind in ("chats", "suspensions")]
        return found if len(found) == len(("chats", "suspensions")) else None

    chats, suspensions = eventually(both)  # a busy machine may not answer in time for the first screen
    assert [thing.name for thing in chats.things] == [str(waiting)]
    assert suspensions.number == 100


def test_where_everything_is_suspended_no_chat_waits_for_long(start, desk, box):
    start()
    box.accept(1)
    box.raw.zadd(box.key("ready", box.chat), {str(box.chat): 1000})
    assert desk.attention.long_waits().number == 1
    desk.act.suspend("everything", desk.by)
    assert desk.attention.long_waits().number == 0


def test_a_process_that_is_killed_is_missed_until_another_has_taken_its_place(
    process, desk, start, monkeypatch
):
    monkeypatch.setattr(registry, "GONE_SECONDS", 0.3)
    process.kill()
    process.wait()
    desk.runner.run(desk.line.command("PEXPIRE", "mailroom:node:other:1:1", 1))
    (missed,) = eventually(desk.attention.missed)
    assert missed.process.id == "other:1:1"
    assert [one.kind for one in desk.attention.concerns()][:1] == ["process"]
    eventually(lambda: desk.attention.missed()[0].silent_seconds > 0.5)
    start("next:2:2")
    assert desk.attention.missed() == []


def test_a_process_that_stands_still_is_named_first(process, desk, start):
    start("one:1:1")
    assert desk.attention.concerns() == []
    process.send_signal(signal.SIGSTOP)
    (silent,) = desk.attention.concerns()
    assert (silent.kind, silent.things[0].name) == ("process", "worker other:1:1")
    process.send_signal(signal.SIGCONT)
    assert eventually(lambda: desk.attention.concerns() == [])


def test_one_that_signs_off_is_not_missed(start, desk, no_farewell):
    start().close()
    eventually(lambda: desk.look.tree() == [])
    assert desk.attention.missed() == []


def test_a_list_without_anything_is_no_trouble():
    from mailroom.supervisors.oncall.need import Seen

    assert concerns(Seen()) == []
