import json
import re
import subprocess
import sys

DESCRIBE = """
import json, aiogram.types, aiogram.methods
from pydantic import BaseModel, ValidationError

def description(cls):
    try:
        cls.model_validate({"no_such_field": object()})
        faults = []
    except ValidationError as error:
        faults = [(fault["type"], fault["loc"]) for fault in error.errors()]
    fields = {
        name: (str(field.annotation), field.alias, repr(field.default))
        for name, field in cls.model_fields.items()
    }
    return [faults, fields, cls.__pydantic_complete__]

classes = {}
for module in (aiogram.types, aiogram.methods):
    for name in module.__all__:
        cls = getattr(module, name)
        if isinstance(cls, type) and issubclass(cls, BaseModel) and name != "TelegramMethod":
            classes[f"{module.__name__}.{name}"] = cls
order = sorted(classes, reverse=REVERSED)
print(json.dumps({name: description(classes[name]) for name in order}, sort_keys=True))
"""

TRY_UPDATE = """
from mailroom.ops.quick_aiogram import import_aiogram
import_aiogram()
from aiogram.types import Update
from pydantic import BaseModel
assert BaseModel.model_rebuild.__func__.__module__ == "pydantic.main"
update = Update.model_validate({"update_id": 1, "message": {
    "message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "hi",
    "from": {"id": 7, "is_bot": False, "first_name": "A"},
    "reply_to_message": {"message_id": 0, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "ho"}}})
assert update.message.reply_to_message.text == "ho"
assert Update.model_validate_json(update.model_dump_json()) == update
"""


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return re.sub(r" at 0x[0-9a-f]+", "", done.stdout)


def test_every_type_and_method_is_the_same_as_after_a_plain_import():
    plain = json.loads(run(DESCRIBE.replace("REVERSED", "False")))
    for order in ("False", "True"):
        quick = run(
            "from mailroom.ops.quick_aiogram import import_aiogram; import_aiogram()\n"
            + DESCRIBE.replace("REVERSED", order)
        )
        assert json.loads(quick) == plain
    assert len(plain) > 400


def test_an_update_is_read_at_once():
    run(TRY_UPDATE)


def test_most_models_are_really_left_for_later():
    count = run(
        "from mailroom.ops.quick_aiogram import import_aiogram; import_aiogram()\n"
        "import aiogram.types as t\n"
        "print(sum(getattr(getattr(t, n), '__pydantic_complete__', False) for n in t.__all__))"
    )
    assert int(count) < 20
