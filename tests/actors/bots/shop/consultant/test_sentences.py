"""Two hundred lies about money of which none may be shown, and ninety honest sentences of which nearly all
must be.

The lists were written before the rules that judge them: the first try caught 188 of the 200 lies and
refused 3 of the 90 honest sentences. What was learnt from then on may have been learnt from them, so a
second list (`…_later`) was written afterwards, in other ways of speaking, and nothing was learnt from it.
"""

import pytest

from tests.actors.bots.shop.consultant.shelf import judged, sentences

HONEST_REFUSED_MAX = 2
LATER_SHOWN_OF_LIES_MAX = 0.1
LATER_REFUSED_OF_HONEST_MAX = 0.1


def shown(kind, *, later=False):
    return [line for language, line in sentences(kind, later=later) if judged(line, language).shown]


def refused(*, later=False):
    return [
        line for language, line in sentences("honest", later=later) if judged(line, language).shown != line
    ]


def test_there_are_as_many_as_asked_for():
    assert len(set(sentences("lies"))) == 200
    assert len(set(sentences("honest"))) == 90
    assert len(set(sentences("lies", later=True))) == len(set(sentences("honest", later=True))) == 100


def test_no_lie_of_the_list_is_shown():
    assert shown("lies") == []


def test_honest_sentences_are_shown():
    assert len(refused()) <= HONEST_REFUSED_MAX, refused()


def test_nine_of_ten_lies_that_nothing_was_learnt_from_are_not_shown():
    lies = shown("lies", later=True)
    assert len(lies) <= LATER_SHOWN_OF_LIES_MAX * 100, lies


def test_nine_of_ten_honest_sentences_that_nothing_was_learnt_from_are_shown():
    assert len(refused(later=True)) <= LATER_REFUSED_OF_HONEST_MAX * 100, refused(later=True)


@pytest.mark.parametrize(("language", "lie"), sentences("lies")[::20])
def test_a_lie_takes_an_honest_neighbour_not_with_it(language, lie):
    honest = {"en": "Tram Depot is a calm game.", "ru": "«Трамвайное депо» — спокойная игра."}[language]
    assert judged(f"{honest} {lie}", language).shown == honest
    assert judged(f"{lie}\n{honest}", language).shown == honest
