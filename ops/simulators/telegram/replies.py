"""Reading a method out of a webhook's multipart answer, the form in which stock aiogram gives it."""

from .arguments import Args
from .wire import Answer


def multipart_fields(answer: Answer) -> Args:
    """Return the plain fields; files in such an answer are ignored."""
    boundary = answer.content_type.partition("boundary=")[2].partition(";")[0].strip('" ').encode()
    fields: Args = {}
    for part in answer.body.split(b"--" + boundary)[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0]
        if name and b"filename=" not in head:
            fields[name.decode("utf-8", "replace")] = content.removesuffix(b"\r\n").decode("utf-8", "replace")
    return fields
