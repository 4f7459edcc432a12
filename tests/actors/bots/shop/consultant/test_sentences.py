"""Two hundred lies about money of which none may be shown, and ninety honest sentences of which nearly all
must be.

The lists were written before the rules that judge them: the first try caught 188 of the 200 lies and
refused 3 of the 90 honest sentences. What was learnt from then on may have been learnt from them.
`…_compound` hides a short lie in a long honest sentence: half were shown before sentences were judged in
their parts, too. `…_later` was written afterwards, in other ways of speaking (slang, idioms, politeness,
then plain ones again): at the first try 85 of its first 100 lies and 37 of the next 40 were caught, 96 of
100 and 37 of 40 honest sentences shown. `…_fresh` came last, in plain words: all of its 100 lies were caught
and 89 of its 100 honest sentences shown at the first try. Sentences like those that were missed have been
learnt since, so only the first tries say what to expect of lists that nobody has seen.
"""

import pytest

from tests.actors.bots.shop.consultant.shelf import judged, sentences

HONEST_REFUSED_MAX = 2
WRONG_MAX = 0.1


def shown(which=""):
    return [line for language, line in sentences("lies", which) if judged(line, language).shown]


def refused(which=""):
    return [line for language, line in sentences("honest", which) if judged(line, language).shown != line]


def test_there_are_as_many_as_asked_for():
    assert len(set(sentences("lies"))) == 200
    assert len(set(sentences("honest"))) == 90
    assert len(set(sentences("lies", "later"))) == len(set(sentences("honest", "later"))) == 140


def test_no_lie_of_the_list_is_shown():
    assert shown() == []


def test_honest_sentences_are_shown():
    assert len(refused()) <= HONEST_REFUSED_MAX, refused()


@pytest.mark.parametrize("which", ["later", "compound", "fresh"])
def test_nine_of_ten_lies_of_another_kind_are_not_shown(which):
    assert len(shown(which)) <= WRONG_MAX * len(sentences("lies", which)), shown(which)


@pytest.mark.parametrize("which", ["later", "compound", "fresh"])
def test_nine_of_ten_honest_sentences_of_another_kind_are_shown(which):
    assert len(refused(which)) <= WRONG_MAX * len(sentences("honest", which)), refused(which)


@pytest.mark.parametrize(("language", "lie"), sentences("lies")[::20])
def test_a_lie_takes_an_honest_neighbour_not_with_it(language, lie):
    honest = {"en": "Tram Depot is a calm game.", "ru": "«Трамвайное депо» — спокойная игра."}[language]
    assert judged(f"{honest} {lie}", language).shown == honest
    assert judged(f"{lie}\n{honest}", language).shown == honest
