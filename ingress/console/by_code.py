"""How people get into the console who have no Telegram: by a code that comes to an address of theirs."""

from quart import Blueprint, request
from quart.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mailroom.actors.people.address import TYPED_CHARS_MAX, AddressError, hinted, parse_address
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.console.entering import NOBODY, login_page, not_a_page_of_its_own, to_the_page
from mailroom.ingress.console.own_form import NOT_OWN, is_own, own_form
from mailroom.ingress.ops.access import Access, is_page_of_its_own
from mailroom.ingress.ops.logged_in import SESSION_SECONDS
from mailroom.ingress.ops.people import NobodyHereError
from mailroom.ingress.ops.staff_codes import StaffCodes

WRONG = "That is not the code, or not any more. Ask for a new one."


def add_by_code(page: Blueprint, access: Access, codes: StaffCodes) -> None:
    """Build the routes."""

    async def wanted(words: str = "", status: int = 200) -> ResponseReturnValue:
        return await own_form("console_code.html", status, words=words, bots=codes.bots)

    @page.get("/code")
    async def ask_for_code() -> ResponseReturnValue:
        """Where somebody says which address is theirs."""
        return await wanted() if is_page_of_its_own(request) else not_a_page_of_its_own()

    @page.post("/code")
    async def send_code() -> ResponseReturnValue:
        """Have a code sent to it, if somebody of that address works there."""
        form = await request.form
        if not is_own(form):
            return await wanted(NOT_OWN, 403)
        try:
            address = _address(form)
        except AddressError as error:
            return await wanted(f"That is no address: {error}.", 400)
        language = request.accept_languages.best_match(("en", "ru"), "en") or "en"
        network = access.guesses.address(request)
        seconds = await aio(codes.send, form.get("bot", ""), address, language, network)
        if seconds > 0:
            return await wanted(f"Too many codes were asked for. Wait {int(seconds / 60) + 1} min.", 429)
        return await own_form(
            "console_code.html", bot=form.get("bot", ""), address=form["address"], sent_to=hinted(address)
        )

    @page.post("/code/enter")
    async def enter_code() -> ResponseReturnValue:
        """Exchange a code for a session, once."""
        form = await request.form
        if not is_own(form):
            return await wanted(NOT_OWN, 403)
        if (seconds := await access.guesses.wait_seconds(request)) > 0:
            return await login_page(access, "Too many failed attempts.", 429, retry_seconds=int(seconds) + 1)
        try:
            code = "".join(filter(str.isalnum, form.get("code", "")))
            cookie = await aio(codes.enter, form.get("bot", ""), _address(form), code)
        except AddressError:
            cookie = None
        except NobodyHereError:
            return await login_page(access, NOBODY, 403)
        if cookie is None:
            await access.guesses.wrong(request, "console_code_wrong")
            return await wanted(WRONG, 401)
        return to_the_page(cookie, SESSION_SECONDS)


def _address(form: MultiDict[str, str]) -> str:
    return parse_address(form.get("address", "")[: TYPED_CHARS_MAX + 1])
