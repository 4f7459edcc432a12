"""What `/ops` answers when it cannot: a status, and {"error": "whose fault, and what to do"}."""

from functools import partial
from typing import Any

from quart import Blueprint, current_app, jsonify, request
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from mailroom.ingress.ops.asked import BadRequestError
from mailroom.ingress.ops.asker import NotAllowedError
from mailroom.ingress.ops.guard import is_ops
from mailroom.ingress.ops.refusals import Refusals
from mailroom.storage.errors import StoreError
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError

STORE_RETRY_SECONDS = 1


def answer_problems(ops: Blueprint, refusals: Refusals) -> None:
    """Have every error that leaves a route, or keeps one from being found, answered in this form. Who asks
    for what is not theirs is written to the audit.
    """
    ops.app_errorhandler(NotAllowedError)(refusals.answer)
    ops.register_error_handler(BadRequestError, partial(_problem, 400))
    ops.register_error_handler(UnknownTargetError, partial(_problem, 404))
    ops.register_error_handler(OnCallError, partial(_problem, 409))
    ops.register_error_handler(StoreError, _store_problem)
    ops.app_errorhandler(HTTPException)(_http_problem)


async def _problem(status: int, error: Exception) -> ResponseReturnValue:
    return jsonify(error=str(error)), status


async def _store_problem(error: Exception) -> ResponseReturnValue:
    return jsonify(error=str(error)), 503, {"Retry-After": str(STORE_RETRY_SECONDS)}


async def _http_problem(error: HTTPException) -> Any:
    """Have what the framework itself refuses look like the rest; elsewhere it stays as it is."""
    code = error.code or 500
    if not is_ops(request.path) or code < 400:
        return error
    headers = {}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    words = {
        404: f"There is no {request.path}: GET /ops/ lists what there is.",
        405: f"{request.path} does not take {request.method}.",
        413: f"The body is larger than {current_app.config['MAX_CONTENT_LENGTH']} bytes.",
        500: "An error of ours: the log has its traceback.",
    }
    return jsonify(error=words.get(code, error.description or error.name)), code, headers
