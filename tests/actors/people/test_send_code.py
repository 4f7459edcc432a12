"""The job that sends a code comes to its end in one of the ways there are."""

import json
from functools import partial

import pytest

from mailroom.actors.people.code import Codes, SendCode
from mailroom.actors.people.send_code import code_handlers
from mailroom.actors.providers.codes import AddressRefusedError, SenderAwayError, SenderRefusedError
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.vault import Vault

ANNA = "mail:anna@example.com"


class Company:
    """Carries mail, and raises what it is told to."""

    name = "company"
    takes = ("mail",)

    def __init__(self, *raises):
        self.raises = list(raises)
        self.sent = []

    async def send(self, address, code, *, language, title, key):
        if self.raises and (error := self.raises.pop(0)) is not None:
            raise error
        self.sent.append((address, code, language, title, key))


@pytest.fixture
def send(play):
    """A code for each address, sent by a company: the jobs' stories, what on-call sees of them, the codes."""

    def send(company, *addresses, before=""):
        async def scenario(queues):
            codes = Codes(Vault([Vault.new_key()]))
            for address in addresses:
                await aio(codes.issue, queues.pool, "shop", address, "ru", "Магазин")
            rows = await aio(queues.pool.fetch, "SELECT id, payload FROM mailroom.outbox_job ORDER BY id")
            if before:
                await queues.execute(before)
            await queues.start(code_handlers("shop", codes, [company]))
            ids = [row["id"] for row in rows]
            await queues.until_true(partial(over, queues, ids))
            made = [codes.unseal(SendCode(**json.loads(row["payload"]))) for row in rows]
            return [await queues.story(id_) for id_ in ids], [await queues.seen(id_) for id_ in ids], made

        async def over(queues, ids):
            return all([await queues.story(id_) for id_ in ids])

        return play(scenario)

    return send


def test_a_code_is_sent_with_a_key_that_stays_the_same(send):
    company = Company()
    stories, _, (code,) = send(company, ANNA)
    assert stories == [["done"]]
    ((address, sent, language, title, key),) = company.sent
    assert (address, sent, language, title) == (ANNA, code, "ru", "Магазин")
    assert key


def test_only_the_newest_code_of_an_address_is_sent(send):
    company = Company()
    stories, _, codes = send(company, ANNA, ANNA)
    assert stories == [["done"], ["done"]]
    assert [one[1] for one in company.sent] == [codes[1]]


def test_a_code_that_is_over_is_not_sent(send):
    company = Company()
    stories, _, _ = send(company, ANNA, before="UPDATE mailroom.code SET until = now()")
    assert (stories, company.sent) == ([["done"]], [])


def test_a_mistyped_address_is_no_dead_letter(send):
    company = Company(AddressRefusedError("no such mailbox"))
    assert send(company, ANNA)[0] == [["done"]]


def test_an_outage_is_tried_again_when_the_company_says(send):
    company = Company(SenderAwayError("429", retry_after=600))
    stories, (seen,), _ = send(company, ANNA)
    assert stories == [["retry"]]
    assert 590 < (seen.run_at - seen.created_at).total_seconds() < 630


def test_a_company_that_takes_nothing_from_us_is_a_dead_letter_that_tells_no_code(send):
    company = Company(SenderRefusedError("our key is not known there"))
    stories, (seen,), (code,) = send(company, ANNA)
    assert (stories, seen.state) == ([["dead"]], "dead")
    assert "our key" in seen.last_error
    assert code not in seen.payload


def test_an_address_that_nobody_takes_is_a_dead_letter(send):
    _, (seen,), _ = send(Company(), "phone:+79161234567")
    assert "nobody here sends codes to …67" in seen.last_error
