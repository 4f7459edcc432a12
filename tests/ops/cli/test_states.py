"""A state is called by one word, wherever the command line shows it, asks for it or counts it."""

import re
from typing import get_args

from mailroom.actors.bots.shop.texts.statuses import STATUSES
from mailroom.ops.cli.outbox.queues import STATES
from mailroom.storage.postgres.outbox.seen import State


def test_the_help_of_the_jobs_names_each_state_that_there_is_and_no_other(mailroom):
    said = mailroom("outbox", "list", "--help").stdout
    said = " ".join(said.split())
    told = re.search(r"Only (waiting.*?) ones\.", said)
    assert told is not None, said
    words = set(re.findall(r"[a-z]+", told[1].replace("(by its key)", ""))) - {"or", "by", "its", "key"}
    assert words == set(get_args(State))


def test_the_queues_are_counted_by_states_that_the_list_knows_and_the_shop_has_words_for():
    assert set(STATES) <= set(get_args(State))
    assert all(set(STATES) == set(words.job) for words in STATUSES)
