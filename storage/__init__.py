if __name__ != "mailroom.storage":
    raise ImportError("This is a part of Mailroom: import mailroom.storage, not storage.", name=__name__)
