if __name__ != "mailroom.ops":
    raise ImportError("This is a part of Mailroom: import mailroom.ops, not ops.", name=__name__)
