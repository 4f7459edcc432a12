"""Who asks at `/ops`, and what they may."""

import pytest

from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, ON_CALL
from mailroom.ingress.ops.asker import Asker, NotAllowedError


def person(*roles):
    return Asker(False, "Anna", "tg:7001", roles=frozenset(roles))


def test_a_person_may_what_their_roles_may_and_on_call_may_everything() -> None:
    person("owner", "staff").require({"owner"})
    Asker(True, "Ben").require({"owner"})
    Asker(True, "Ben").require(ON_CALL)
    with pytest.raises(NotAllowedError, match=r"for owner; here you are staff"):
        person("staff").require({"owner"})
    with pytest.raises(NotAllowedError, match="for on-call; here you are nothing"):
        person().require(ON_CALL)


@pytest.mark.parametrize("may", [ON_CALL, KNOWN, ANYONE, BEARER])
def test_no_room_can_make_somebody_what_only_the_platform_says(may) -> None:
    assert not person(*may, "owner").may(may)


def test_the_audit_names_a_person_by_what_is_proved() -> None:
    assert person("owner").who == "tg:7001 Anna"
    assert Asker(True, "Ben").who == "Ben"
