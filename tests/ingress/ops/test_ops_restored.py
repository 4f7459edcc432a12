"""`/ops/restored`: what it asks of on-call's functions, and what it answers."""

from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.reports import By, Outcome
from mailroom.supervisors.oncall.restored import RestoredReport

API = By("api", "payments compared")


def test_what_went_back_is_shown(ask, oncall):
    oncall.restored.state.return_value = RestoredReport(
        "m7k2p9x4qd", True, "<b>", 5, gateways={"aaio": "impossible"}
    )
    found = ask("GET", "/ops/restored").json
    assert (found["held"], found["says"], found["gateways"]) == (True, "<b>", {"aaio": "impossible"})


def test_go_takes_a_reason_and_is_refused_while_a_gateway_was_not_asked(ask, oncall):
    oncall.restored.go_on.return_value = Outcome("stores", "Chats and jobs go on.")
    answer = ask("POST", "/ops/restored/go", {"why": "payments compared"})
    assert (answer.status, answer.json["says"]) == (200, "Chats and jobs go on.")
    oncall.restored.go_on.assert_awaited_once_with(API, unasked=False)
    oncall.restored.go_on.side_effect = OnCallError("gateways are still to be asked")
    assert ask("POST", "/ops/restored/go", {"why": "x", "unasked": True}).status == 409
    assert ask("POST", "/ops/restored/go", {"unasked": True}).status == 400
