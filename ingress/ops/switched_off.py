"""What answers at on-call's addresses where no token is set: that they are off, and how to switch them on."""

from quart import Blueprint, Response, jsonify
from quart.typing import ResponseReturnValue

OFF = "Off: set MAILROOM_OPS_TOKEN to 16 or more visible characters, and start again."
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


def switched_off() -> Blueprint:
    """Build the routes."""
    off = Blueprint("switched_off", __name__)

    @off.route("/console", defaults={"rest": ""}, methods=METHODS)
    @off.route("/console/<path:rest>", methods=METHODS)
    async def console(rest: str) -> ResponseReturnValue:  # noqa: ARG001 - any address below it
        """For a person."""
        return Response(OFF + "\n", 404, content_type="text/plain; charset=utf-8")

    @off.route("/ops", defaults={"rest": ""}, methods=METHODS)
    @off.route("/ops/<path:rest>", methods=METHODS)
    async def ops(rest: str) -> ResponseReturnValue:  # noqa: ARG001
        """For a program."""
        return jsonify(error=OFF), 404

    return off
