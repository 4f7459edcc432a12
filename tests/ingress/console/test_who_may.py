"""Who may what in the console: every ask of every bundled section, by each role and by none; and a person of
one bot at every address of the others and of on-call, as the application itself lists them.
"""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.staff import Staff
from mailroom.ops.bundled import bundled_bots, room
from tests.ingress.console.people import ANNA, work_fixture  # noqa: F401 - a fixture

SECTIONS = {kind: section for kind in bundled_bots() if (section := room(kind).parts().section) is not None}
THE_WAY_IN = {
    "/console",
    "/console/login",
    "/console/logout",
    "/console/enter",
    "/console/code",
    "/console/code/enter",
    "/console/static/<path:filename>",
}
"""For whoever comes by: they say nothing of what there is."""
FOR_EVERYBODY = {"/", "/healthz", "/readyz", "/metrics", "/webhook/telegram/<bot>"}
FILLED = {"<bot>": "other", "<path:rest>": "orders", "<path:name>": "section.js"}


def with_section(kind, roles):
    """A bot of a kind whose functions only say that they were asked, where Anna has these roles."""

    async def told(_room, visit, _asked):
        asked.append(visit)

    async def of_anna(_room, _proofs):
        return frozenset(roles)

    asked = []
    asks = [replace(ask, function=told, changes=ask.changes) for ask in SECTIONS[kind].asks]
    section = replace(SECTIONS[kind], asks=asks)
    staff = Staff.of(SimpleNamespace(bot="mine"), Parts(answers=lambda: None, section=section, roles=of_anna))
    return staff, asked


def address(ask):
    path = ask.path
    for field in ask.in_path:
        path = path.replace(f"{{{field}}}", "1")
    return f"/ops/bots/mine{path}"


@pytest.mark.parametrize("kind", SECTIONS)
@pytest.mark.parametrize("alone", [True, False])
def test_each_ask_of_a_bundled_section_is_for_the_roles_that_it_names_and_for_nobody_else(
    work, kind, alone
) -> None:
    async def test(at):
        roles = sorted(SECTIONS[kind].roles) if alone else [None]
        assert roles
        for role in roles:
            staff, asked = with_section(kind, {role} if role else ())
            at.staff["mine"] = staff
            at.serve()
            one = await at.browser(ANNA if role else at.nobody_of("mine"))
            for ask in SECTIONS[kind].asks:
                at.oncall.refused.reset_mock()
                asked.clear()
                answer = await one.asks(ask.method, address(ask))
                if role in ask.may:
                    assert answer.status_code not in (401, 403), (role, ask.name)
                    continue
                assert answer.status_code == 403, (role, ask.name)
                assert answer.json_["error"], (role, ask.name)
                assert [what for _, what, _ in at.refused] == [f"{ask.method} {address(ask)}"]
                assert asked == [], (role, ask.name)

    work(test)


def test_a_person_of_one_bot_is_refused_at_every_address_of_the_others_and_of_on_call(work) -> None:
    async def test(at):
        one = await at.browser(ANNA)
        for method, rule in every_address(at.app):
            path = rule
            for field, value in FILLED.items():
                path = path.replace(field, value)
            path = "/".join("1" if part.startswith("<") else part for part in path.split("/"))
            at.oncall.reset_mock()
            answer = await one.asks(method, path)
            assert answer.status_code == 403, (method, rule)
            ((who, what, _),) = at.refused
            assert (who, what) == ("tg:7001 Анна", f"{method} {path}")
            assert [name for name, *_ in at.oncall.method_calls] == ["refused"], (method, rule)

    work(test)


def every_address(app):
    """Each that is not for everybody: a new one is tried here without anybody thinking of it."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule not in THE_WAY_IN | FOR_EVERYBODY]
    assert {rule.rule.split("/")[1] for rule in rules} == {"ops", "console"}
    found = [(method, rule.rule) for rule in rules for method in sorted(rule.methods - {"OPTIONS"})]
    assert len(found) > 60
    return found
