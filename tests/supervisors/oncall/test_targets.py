"""What people write into a target is found, or answered with what they may have meant."""

import pytest

from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.targets import Known, Target, covering, find_target, refuse_unstoppable

PATHS = {
    "stores", "stores/redis", "oncall", "chats", "chats/work", "chats/work/timers", "chats/bots",
    "chats/bots/shop", "telegram", "telegram/shop", "pay", "pay/retries", "mail", "mail/retries", "night",
}  # fmt: skip
KNOWN = Known({"shop", "stars", "pay"}, PATHS)
NOBODY = Known((), (), nobody=True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("everything", Target("everything")),
        (" shop ", Target("bot", "shop")),
        ("shop:123", Target("chat", "shop:123")),
        ("shop:-100:4", Target("chat", "shop:-100:4")),
        ("chats/work/timers", Target("node", "chats/work/timers")),
        ("timers", Target("node", "chats/work/timers")),
        ("night", Target("node", "night")),
        ("bot/shop", Target("bot", "shop")),
        ("chat/shop:123", Target("chat", "shop:123")),
        ("node/pay", Target("node", "pay")),
        ("node/chats/bots/shop", Target("node", "chats/bots/shop")),
    ],
)
def test_a_target_is_found(written, meant):
    assert find_target(written, KNOWN) == meant


def test_a_bot_comes_before_the_nodes_that_are_called_after_it():
    assert find_target("shop", KNOWN) == Target("bot", "shop")


def test_a_name_that_is_a_bot_and_a_node_must_be_written_in_full():
    with pytest.raises(OnCallError, match="write bot/pay or node/pay") as caught:
        find_target("pay", KNOWN)
    assert not isinstance(caught.value, UnknownTargetError)


def test_a_last_word_of_two_paths_must_be_written_in_full():
    with pytest.raises(OnCallError, match="write node/mail/retries or node/pay/retries"):
        find_target("retries", KNOWN)


QUEUES = {
    "jobs", "jobs/accounts", "jobs/shop.payment", "jobs/shop.delivery", "jobs/shop.notification",
    "jobs/stars.notification",
}  # fmt: skip
WITH_QUEUES = Known({"shop", "stars"}, QUEUES)


@pytest.mark.parametrize("written", ["delivery", "jobs/delivery", "node/jobs/delivery", "shop.delivery"])
def test_a_queue_is_found_by_what_it_was_called_when_bots_shared_it(written):
    assert find_target(written, WITH_QUEUES) == Target("node", "jobs/shop.delivery")


@pytest.mark.parametrize("written", ["accounts", "jobs/accounts"])
def test_the_queue_of_all_bots_has_the_name_that_it_has(written):
    assert find_target(written, WITH_QUEUES) == Target("node", "jobs/accounts")
    assert find_target("payment", WITH_QUEUES) == Target("node", "jobs/shop.payment")


@pytest.mark.parametrize("written", ["notification", "jobs/notification", "node/jobs/notification"])
def test_a_queue_that_several_bots_have_must_say_whose_it_is(written):
    with pytest.raises(OnCallError, match=r"node/jobs/shop\.notification or node/jobs/stars\.notification"):
        find_target(written, WITH_QUEUES)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("shpo", "Did you mean shop?"),
        ("SHOP", "Did you mean shop?"),
        ("timrs", "Did you mean chats/work/timers"),
        ("chats/work/tmers", "Did you mean chats/work/timers"),
        ("shpo:123", "Did you mean shop:123?"),
        ("chat/shpo:123", "Did you mean shop:123?"),
        ("bot/star", "Did you mean stars?"),
        ("node/nigth", "Did you mean night?"),
        ("xyzzy:1", 'No bot is called "xyzzy". There is: pay, shop, stars.'),
        ("shop:", "write it like shop:123456"),
        ("shop:1 2", "write it like shop:123456"),
        ("xyzzy", "There is: everything, chats, "),
        ("bot/", "Nothing is called"),
        ("x" * 301, "over 300 characters"),
    ],
)
def test_a_name_that_is_none_is_answered_with_the_nearest(written, said):
    with pytest.raises(UnknownTargetError) as caught:
        find_target(written, KNOWN)
    assert said in str(caught.value)


def test_a_name_of_another_kind_is_not_suggested():
    with pytest.raises(UnknownTargetError) as caught:
        find_target("bot/timers", KNOWN)
    assert "chats/work" not in str(caught.value)


def test_no_target_at_all_says_what_there_could_be():
    with pytest.raises(OnCallError, match="name everything, a bot, a chat"):
        find_target("  ", KNOWN)


@pytest.mark.parametrize("written", ["everything", "bot/shop", "shop:1", "chat/shop:1", "node/chats/timers"])
def test_while_no_process_runs_what_is_written_in_full_is_taken_at_its_word(written):
    assert str(find_target(written, NOBODY)) in written


def test_while_no_process_runs_a_bare_name_must_be_written_in_full():
    with pytest.raises(UnknownTargetError, match="no process is running"):
        find_target("shop", NOBODY)


@pytest.mark.parametrize("path", ["stores", "stores/redis", "oncall", "above"])
def test_what_brings_the_order_to_resume_cannot_be_put_aside(path):
    known = Known((), {*PATHS, "above", "above/oncall"})
    with pytest.raises(OnCallError, match="cannot be suspended or drained"):
        refuse_unstoppable(Target("node", path), known)


@pytest.mark.parametrize("target", [Target("node", "chats"), Target("bot", "oncall"), Target("everything")])
def test_everything_else_can(target):
    refuse_unstoppable(target, KNOWN)


@pytest.mark.parametrize("stored", ["everything", "bot/shop", "chat/shop:1", "node/chats/timers"])
def test_the_stored_form_is_read_as_it_was_written(stored):
    assert Target.stored_as(stored).stored == stored


@pytest.mark.parametrize("stored", ["", "shop", "everything/x", "bot/", "partition/7"])
def test_a_stored_form_of_another_version_is_refused(stored):
    with pytest.raises(ValueError, match="no stored target"):
        Target.stored_as(stored)


def test_targets_cover_their_chats_and_no_others():
    chats = [Chat("shop", "1"), Chat("shop", "11"), Chat("stars", "1")]

    def covered(*targets):
        return [str(chat) for chat in chats if covering(targets)(chat)]

    assert covered(Target("everything")) == ["shop:1", "shop:11", "stars:1"]
    assert covered(Target("bot", "shop")) == ["shop:1", "shop:11"]
    assert covered(Target("chat", "shop:1")) == ["shop:1"]
    assert covered(Target("node", "shop")) == []
    assert covered(Target("chat", "shop:11"), Target("bot", "stars")) == ["shop:11", "stars:1"]
