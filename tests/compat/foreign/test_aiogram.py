"""aiogram's own tests, of the version installed here, with what a hosted bot gets from us in its place."""

import pytest

NEEDS = [
    "aiohttp-socks==0.12.0",
    "aresponses==3.0.0",
    "pytz==2026.6",
    "python-socks==3.2.1",
    "pytest-aiohttp==1.1.0",
    "pytest-asyncio==1.3.0",
    "pytest-mock==3.15.1",
]
OURS = [
    "tests/test_api/test_client",
    "tests/test_dispatcher",
    "tests/test_filters",
    "tests/test_flags",
    "tests/test_fsm",
    "tests/test_handler",
    "tests/test_issues",
    "tests/test_webhook",
    "tests/test_utils/test_callback_answer.py",
    "tests/test_utils/test_chat_action.py",
]
"""What meets a storage, a dispatcher or a session; the rest is methods, types and text."""

DIFFERENCES = {
    "tests/test_fsm/test_context.py::TestFSMContext::test_address_mapping": (
        "it looks into the dictionary of a MemoryStorage, where ours has fields of a chat"
    ),
}


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("within", ["turn", "committed"])
def test_aiograms_own_tests_pass_over_our_hosting_but_for_what_is_said(run_theirs, within):
    options = ["-o", "asyncio_default_fixture_loop_scope=function", "-k", "not mongo and not redis"]
    passed = run_theirs(
        "aiogram",
        "on_hosting",
        needs=NEEDS,
        differences=DIFFERENCES,
        words=[*OURS, *options],
        environment={"WITHIN": within},
    )
    assert passed > 1000
