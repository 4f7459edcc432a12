"""What needs on-call, over real stores and real processes."""

import signal

from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall import registry
from mailroom.supervisors.oncall.need import concerns
from tests.supervisors.oncall.fake_process import eventually


def test_a_hundred_suspended_chats_do_not_hide_the_one_that_waits(start, oncall, box):
    start()
    for number in range(100):
        chat = Chat("shop", str(number))
        box.own(chat=chat)
        box.accept(number + 1, chat=chat)
        box.accept(number + 1001, chat=chat)
        box.call(box.suspensions.put(f"chat/{chat}", "ann", "a flood"))
    waiting = Chat("shop", "1000")
    box.accept(5000, chat=waiting)
    assert oncall.look.top("age", 20)[0].suspended
    assert [one.chat for one in oncall.look.top("age", 20, suspended_too=False)] == [waiting]
    assert [one.chat for one in oncall.look.top("depth", 20, suspended_too=False)] == [waiting]
    assert oncall.attention.long_waits().number == 0, "it has not waited for long"
    box.raw.zadd(box.key("ready", waiting), {str(waiting): 1000})
    found = oncall.attention.long_waits()
    assert (found.number, [one.chat for one in found.longest]) == (1, [waiting])

    def both():
        found = [one for one in oncall.attention.concerns() if one.kind in ("chats", "suspensions")]
        return found if len(found) == len(("chats", "suspensions")) else None

    chats, suspensions = eventually(both)  # a busy machine may not answer in time for the first screen
    assert [thing.name for thing in chats.things] == [str(waiting)]
    assert suspensions.number == 100


def test_where_everything_is_suspended_no_chat_waits_for_long(start, oncall, box):
    start()
    box.accept(1)
    box.raw.zadd(box.key("ready", box.chat), {str(box.chat): 1000})
    assert oncall.attention.long_waits().number == 1
    oncall.act.suspend("everything", oncall.by)
    assert oncall.attention.long_waits().number == 0


def test_a_process_that_is_killed_is_missed_until_another_has_taken_its_place(
    process, oncall, start, monkeypatch
):
    monkeypatch.setattr(registry, "GONE_SECONDS", 0.3)
    process.kill()
    process.wait()
    oncall.runner.run(oncall.line.command("PEXPIRE", "mailroom:node:other:1:1", 1))
    (missed,) = eventually(oncall.attention.missed)
    assert missed.process.id == "other:1:1"
    assert [one.kind for one in oncall.attention.concerns()][:1] == ["process"]
    eventually(lambda: oncall.attention.missed()[0].silent_seconds > 0.5)
    start("next:2:2")
    assert oncall.attention.missed() == []


def test_a_process_that_stands_still_is_named_first(process, oncall, start):
    start("one:1:1")
    assert oncall.attention.concerns() == []
    process.send_signal(signal.SIGSTOP)
    (silent,) = oncall.attention.concerns()
    assert (silent.kind, silent.things[0].name) == ("process", "worker other:1:1")
    process.send_signal(signal.SIGCONT)
    assert eventually(lambda: oncall.attention.concerns() == [])


def test_one_that_signs_off_is_not_missed(start, oncall, no_farewell):
    start().close()
    eventually(lambda: oncall.look.tree() == [])
    assert oncall.attention.missed() == []


def test_a_list_without_anything_is_no_trouble():
    from mailroom.supervisors.oncall.need import Seen

    assert concerns(Seen()) == []
