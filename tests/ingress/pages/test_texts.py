"""What the scripts of a page say is a module beside them, which a browser keeps until it is another."""

import json
from pathlib import Path

from werkzeug.datastructures import Headers

from mailroom.actors.pages.page import Page
from mailroom.ingress.asks.folder import Folder
from mailroom.ingress.pages.texts import written

WORDS = {"en": {"title": "Cart"}, "de": {"title": "Warenkorb"}}


def module(answer):
    return answer.response.data.decode()


def test_a_page_with_texts_has_them_as_a_module(tmp_path):
    folder = Folder(tmp_path, written(Page(files=tmp_path, asks=[], texts=WORDS)))
    found = folder.file("texts.js", Headers())
    assert found.content_type == "text/javascript; charset=utf-8"
    said = module(found).removeprefix("export const TEXTS = ").removesuffix(";\n")
    assert json.loads(said) == WORDS


def test_whoever_has_them_is_told_so_and_one_who_has_others_gets_them(tmp_path):
    def answer(words, known=""):
        folder = Folder(tmp_path, written(Page(files=tmp_path, asks=[], texts=words)))
        return folder.file("texts.js", Headers({"If-None-Match": known}))

    known = answer(WORDS).headers["ETag"]
    assert answer(WORDS, known).status_code == 304
    assert answer({**WORDS, "fr": {"title": "Panier"}}, known).status_code == 200


def test_a_page_without_texts_has_no_such_file(tmp_path):
    folder = Folder(tmp_path, written(Page(files=Path(tmp_path), asks=[])))
    assert folder.file("texts.js", Headers()) is None
