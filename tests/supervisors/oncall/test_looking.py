"""What on-call sees: trees, chats in need of care, one chat with its actor, suspensions, the audit."""

import pytest

from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.reports import By
from tests.supervisors.oncall.fake_process import Chats


def test_the_trees_of_all_processes_are_shown(start, oncall):
    start("one:1:1")
    start("two:2:2", roles=("web",))
    first, second = oncall.look.tree()
    assert (first.id, first.roles, first.why) == ("one:1:1", ("worker",), "")
    assert (first.root.strategy, len(first.root.children)) == ("one_for_one", 7)
    assert (second.id, second.roles) == ("two:2:2", ("web",))


def test_where_there_is_no_process_there_is_no_tree(oncall):
    assert oncall.look.tree() == []


def test_chats_are_ranked_by_what_waits_and_by_how_long(start, oncall, box):
    start()
    deep = Chat("stars", "9")
    box.accept(1)
    for order in (2, 3):
        box.accept(order, chat=deep)
    oncall.act.suspend("stars", oncall.by)
    first, second = oncall.look.top("depth")
    assert (first.chat, first.depth, first.suspended) == (deep, 2, "stars")
    assert (second.chat, second.depth, second.suspended) == (box.chat, 1, "")
    (oldest,) = oncall.look.top("age", 1)
    assert oldest.chat == box.chat
    assert 0 <= oldest.age_seconds < 60
    assert oncall.dead.totals().messages_waiting == 3


def test_a_chat_is_shown_with_its_mailbox_and_its_actor(start, oncall, box):
    start("one:1:1", chats=Chats({"shop:7": 1}))
    start("web:2:2", roles=("web",))
    receipt = box.accept(1, payload=b"x" * 5000)
    box.begin(receipt)
    report = oncall.look.chat("shop:7")
    assert (report.chat, report.depth, report.epoch, report.owner) == (box.chat, 1, 5, "one:1:1")
    assert report.actor == {"running": [4], "crashes": 1}
    (waiting,) = report.waiting
    assert (waiting.order, waiting.attempts, len(waiting.payload)) == (1, 1, 2000)
    assert report.suspended == ""


def test_a_chat_that_nobody_owns_is_shown_without_an_owner(start, oncall):
    start("idle:1:1")
    report = oncall.look.chat("chat/shop:7")
    assert (report.owner, report.actor, report.depth) == ("", {}, 0)


def test_what_holds_a_chat_is_named_as_its_suspension_is(start, oncall):
    start()
    for target in ("everything", "shop", "shop:7"):
        oncall.act.suspend(target, oncall.by)
        assert oncall.look.chat("shop:7").suspended == target
    assert [one.target for one in oncall.look.suspensions()] == ["shop:7", "shop", "everything"]


def test_only_a_chat_is_shown_as_a_chat(start, oncall):
    start()
    with pytest.raises(OnCallError, match="shop is no chat: write it as bot:chat_id"):
        oncall.look.chat("shop")
    with pytest.raises(UnknownTargetError, match="Did you mean shop:7"):
        oncall.look.chat("shpo:7")


def test_the_audit_is_read_from_the_latest_back(start, oncall):
    start()
    for number in range(3):
        oncall.act.resume("shop", By("ann", f"reason {number}"))
    assert [one.why for one in oncall.look.audit(2)] == ["reason 2", "reason 1"]
    assert oncall.look.audit(2)[0].at_ms > 1_600_000_000_000
