"""`/ops/payments`: what it asks of on-call's functions, and what it answers."""

from mailroom.supervisors.oncall.payments import LostReport
from mailroom.supervisors.oncall.reports import By, Outcome

API = By("api", "it is broken")
REF = "m7k2p9x4qd0-01kb8r3e0vj2m5c8h1t6w9z4y7"


def test_lost_payments_are_shown(ask, oncall):
    oncall.payments.lost.return_value = [
        LostReport(REF, "aaio", REF, "paid", "1.00 RUB", {"for": "<x>"}, 1, 2)
    ]
    (found,) = ask("GET", "/ops/payments/lost?all=true").json
    assert (found["ref"], found["about"], found["found_ms"]) == (REF, {"for": "<x>"}, 2)
    oncall.payments.lost.assert_awaited_once_with(ended_too=True)
    assert ask("GET", "/ops/payments/lost?every=1").status == 400


def test_a_lost_payment_is_ended_with_a_reason(ask, oncall):
    oncall.payments.end.return_value = Outcome(REF, "done")
    answer = ask("POST", f"/ops/payments/lost/{REF}/end", {"ending": "credited", "why": "it is broken"})
    assert (answer.status, answer.json["says"]) == (200, "done")
    oncall.payments.end.assert_awaited_once_with(REF, "credited", API)
    assert ask("POST", f"/ops/payments/lost/{REF}/end", {"ending": "credited"}).status == 400


def test_lost_payments_go_back_only_where_it_is_said_which(ask, oncall):
    oncall.payments.give_back.return_value = Outcome(REF, "on its way")
    path, why = "/ops/payments/lost/give-back", {"why": "it is broken"}
    assert ask("POST", path, {"refs": [REF], **why}).json["says"] == "on its way"
    assert ask("POST", path, {"all": True, **why}).status == 200
    for wrong in ({}, {"refs": [REF], "all": True}, {"refs": []}):
        assert ask("POST", path, {**wrong, **why}).status == 400
    assert [call.args for call in oncall.payments.give_back.await_args_list] == [([REF], API), ([], API)]
