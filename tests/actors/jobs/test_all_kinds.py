"""Every kind of job that there is: what is written of it in rows, who does it, and who may make one."""

import ast
from types import SimpleNamespace

import pytest

from mailroom.actors import notification, webpush
from mailroom.actors.accounts import account_handlers
from mailroom.actors.bots.shop.jobs import kinds as shop
from mailroom.actors.bots.shop.jobs.handlers import handlers as shop_handlers
from mailroom.actors.jobs import notify
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import name_in_room
from mailroom.actors.paying import kinds as paying
from mailroom.actors.payment import payment_handlers
from mailroom.actors.people import code
from mailroom.actors.people.send_code import code_handlers
from tests.imports import HERE, imports, modules

PUSHED = (
    '{"subscription":{"endpoint":"https://push.example/1","keys":{"p256dh":"BA","auth":"Cg"}},"payload":"x",'
    '"ttl_seconds":60,"urgency":"high","topic":null}'
)
TOLD = (
    '{"as":"event","text":null,"parse_mode":null,"silent":false,"button":null,"name":"shop.turned",'
    '"data":"{}","bot":"shop","chat":7}'
)
LOST = '{"provider":"aaio","provider_id":"7","by":"ann","why":"asked"}'
SUPPLIED = '{"order":1042,"supplier":3,"about":"replaced","item":5}'
APOLOGY = (
    '{"order":1042,"payment":7,"why":"twice","amount_minor":100,"currency":"RUB","over":true,'
    '"to_balance":false}'
)
CODE = (
    '{"bot":"shop","address":"mail:anna@example.com","sealed":"g","language":"en","title":"Shop",'
    '"door":"page"}'
)
WRITTEN = {
    "payment.noticed": ("accounts", 60, 12, '{"provider":"aaio","provider_id":"7","state":"paid"}', None),
    "payment.confirm": ("payment", 60, 12, '{"payment_id":7,"notified":true,"claims":"paid"}', None),
    "payment.reconcile": ("accounts", 30, 3, '{"older_minutes":5.0}', None),
    "payment.list": ("accounts", 1800, 8, '{"provider":null}', None),
    "payment.refund": ("payment", 120, 36, '{"payment_id":7,"why":"twice"}', "refund:7"),
    "payment.lost_back": ("accounts", 90, 36, LOST, None),
    "notify": ("notification", 30, 10, TOLD, None),
    "code": ("notification", 20, 100, CODE, None),
    "webpush": ("notification", 20, 10, PUSHED, None),
    "shop.deliver": ("delivery", 30, 36, '{"order":1042}', "order:1042"),
    "shop.receipt": ("delivery", 30, 36, '{"order":1042,"payment":7}', "order:1042"),
    "shop.bonus": ("delivery", 30, 36, '{"order":1042}', "order:1042"),
    "shop.rank": ("delivery", 30, 36, '{"order":1042}', "order:1042"),
    "shop.tell_supplier": ("delivery", 20, 36, SUPPLIED, "order:1042:supplier:3"),
    "shop.expire": ("delivery", 30, 20, '{"order":1042}', "order:1042"),
    "shop.apologise": ("delivery", 30, 36, APOLOGY, "order:1042"),
    "shop.take_back": ("delivery", 30, 36, '{"order":1042}', "order:1042"),
    "shop.erase": ("delivery", 30, 36, '{"erasure":3,"language":"ru"}', "erasure:3"),
    "shop.erase_usage": ("delivery", 30, 36, '{"bot":"shop","user_id":7,"nobody":-3}', None),
}
"""As jobs stand in their rows, and stood before kinds were values: such are in flight while a release goes
out.
"""
WRITTEN_BEFORE = {"payment.confirm": ['{"payment_id":7,"notified":true}']}
"""What the version before wrote otherwise: it is read as what is written now."""


def all_kinds() -> list[Kind]:
    everywhere = (paying, notify, webpush, code, shop)
    kinds = [one for module in everywhere for one in vars(module).values() if isinstance(one, Kind)]
    return list({kind.name: kind for kind in kinds}.values())


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)
def test_a_job_is_written_as_it_was_and_one_that_was_written_is_read(kind):
    queue, timeout_seconds, attempts_max, payload, key = WRITTEN[kind.name]
    bot = "shop" if kind.queue.of_bots and kind.bot_of is None else ""
    job = kind(kind.model.model_validate_json(payload), bot=bot)
    assert (name_in_room(job.queue), job.payload, job.key) == (queue, payload, key)
    assert (job.timeout_seconds, job.attempts_max) == (timeout_seconds, attempts_max)


@pytest.mark.parametrize(
    ("name", "payload"), [(name, one) for name, its in WRITTEN_BEFORE.items() for one in its]
)
def test_a_job_of_the_version_before_is_read_as_what_is_written_now(name, payload):
    (kind,) = [one for one in all_kinds() if one.name == name]
    assert kind.model.model_validate_json(payload).model_dump_json() == WRITTEN[name][3]


def test_no_kind_that_jobs_were_written_of_is_forgotten():
    assert {kind.name for kind in all_kinds()} == set(WRITTEN)


def test_every_kind_has_somebody_who_does_it():
    jobs = [
        account_handlers({}),
        payment_handlers("shop", {}, {}),
        notification.notification_handlers("shop"),
        webpush.webpush_handlers("shop", None, None),
        code_handlers("shop", None, ()),
    ]
    jobs.append(shop_handlers(SimpleNamespace(bot="shop", database=None)))
    assert sorted(name for one in jobs for name in one.names()) == sorted(WRITTEN)


def test_a_bots_kinds_import_nothing_of_their_bot():
    kinds = [
        name for name in modules() if name.startswith("mailroom.actors.bots.") and name.endswith("kinds")
    ]
    assert kinds
    assert [one for one in imports() if one.importer in kinds and ".bots." in one.imported] == []


def test_nobody_makes_a_job_but_by_calling_its_kind():
    """The benchmark does: it measures what lies below."""

    def makes_one(node):
        return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("NewJob")

    makers = {
        file
        for file in modules().values()
        if any(makes_one(node) for node in ast.walk(ast.parse((HERE / file).read_text())))
    }
    assert makers == {"actors/jobs/kind.py", "ops/bench/outbox/queues/mailroom.py"}
