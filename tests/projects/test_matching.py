"""Comparing texts comes to an end, whatever they are: the work is counted, and what is too much is told as a whole."""

import random
import time
from itertools import pairwise

import pytest
import reversion
from django.urls import reverse

from ground.forms import MAX_TEXT
from projects import history
from projects.forms.merging import questions
from projects.history import Piece, pieces
from projects.matching import PER_PAGE, PER_TEXT, Effort, TooMuch, blocks, changes, opcodes
from projects.merge import merge
from projects.models import FormDraft, Project
from tests.projects.sending import fields

EDIT = "/en/projects/s-net-24-50/edit/"
LONG = ("description_en", "description_lt", "objectives_en", "objectives_lt", "results_en", "results_lt")


def odd(signs, length=MAX_TEXT, seed=0):
    """A text of few different words or lines, as long as a text may be."""
    dice = random.Random(seed)
    return "".join(dice.choice(signs) for _sign in range(length // 2))


def seconds(run):
    start = time.process_time()
    run()
    return time.process_time() - start


def whole(found):
    return max((len(piece.words) for piece in found if piece.went or piece.came), default=0)


def test_one_word_over_and_over_is_compared_in_a_moment():
    mixed = " ".join("a" if i % 2 else f"b{i}" for i in range(1400))
    assert seconds(lambda: pieces("a " * 1400, mixed)) < 1


def test_texts_of_a_page_share_what_there_is_to_spend():
    pairs = [(odd(["a ", "b "], seed=i), odd(["a ", "b "], seed=-i - 1)) for i in range(60)]
    effort = Effort()
    found = []
    assert seconds(lambda: found.extend(pieces(old, new, effort) for old, new in pairs)) < 4
    assert 0 <= effort.left < PER_PAGE / 4
    assert all(whole(told) > 1000 for told in found)


def test_one_odd_text_does_not_use_up_what_the_others_need():
    effort = Effort()
    pieces(odd(["a ", "b "]), odd(["a ", "b "], seed=1), effort)
    assert effort.left >= PER_PAGE - PER_TEXT
    assert pieces("one two", "one three", effort) == [
        Piece("one "), Piece("two", went=True), Piece("three", came=True),
    ]  # fmt: skip


def test_when_nothing_is_left_the_whole_text_went_and_the_other_came():
    assert pieces("one two", "one three", Effort(0)) == [
        Piece("one two", went=True), Piece("one three", came=True),
    ]  # fmt: skip


def test_long_prose_is_told_word_by_word_sentence_by_sentence():
    dice = random.Random(5)
    words = [f"w{dice.randrange(300)}" + "." * (i % 15 == 14) for i in range(3000)]
    other = [f"new{i}" if i % 100 == 50 else word for i, word in enumerate(words)]
    found = pieces(" ".join(words), " ".join(other))
    assert [p.words for p in found if p.came] == [f"new{i}" for i in range(50, 3000, 100)]
    assert len([p for p in found if p.went]) == 30


@pytest.mark.parametrize("signs", [["a ", "b ", "c. "], ["a ", "b ", "c ", "d ", "e\n"], ["a. "]])
def test_what_is_told_makes_the_one_text_the_other(signs):
    for seed in range(40):
        one, other = (odd(signs, length, seed + length).split() for length in (1200, 900))
        found = changes(one, other, Effort())
        assert [w for tag, i, j, _k, _m in found if tag != "insert" for w in one[i:j]] == one
        assert [w for tag, _i, _j, k, m in found if tag != "delete" for w in other[k:m]] == other
        assert all(one[i:j] == other[k:m] for tag, i, j, k, m in found if tag == "equal")
        assert all((x[0], y[0]) != ("equal", "equal") for x, y in pairwise(found))


def test_steps_are_counted_before_they_are_taken():
    effort = Effort(1000)
    with pytest.raises(TooMuch):
        blocks(["a"] * 900 + ["b"], ["c", *["a"] * 900], effort)
    with pytest.raises(TooMuch):
        opcodes(["a", *["b"] * 10], ["c", *["b"] * 9, "d"], Effort(60))
    assert effort.left >= 0


def test_lines_over_and_over_are_not_merged_for_ever():
    texts = [odd(["a\n", "b\n"], seed=i) for i in range(3)]

    def run():
        with pytest.raises(TooMuch):
            merge(*texts, ("m", "t"), Effort())

    assert seconds(run) < 2


def write(project, **values):
    with reversion.create_revision():
        for name, value in values.items():
            setattr(project, name, value)
        project.version += 1
        project.save()
        reversion.add_to_revision(project)


@pytest.fixture
def page_in_time(monkeypatch):
    """The time that the texts of one answer may take, however many there are."""
    return lambda client, *asked: seconds(lambda: client.get(*asked)) < 8


@pytest.mark.django_db
def test_history_of_odd_texts_opens_in_a_moment(client, project, dainius, page_in_time):
    for i in range(8):
        write(project, **{name: odd(["a ", "b "], seed=10 * i + j) for j, name in enumerate(LONG)})
    client.force_login(dainius)
    page = reverse("projects:history", args=[project.key])
    assert page_in_time(client, page)
    revisions = list(history.revisions_of(project).order_by("pk").values_list("pk", flat=True))
    compare = reverse("projects:history_compare", args=[project.key])
    assert page_in_time(client, compare, {"old": revisions[-2], "new": revisions[-1]})


@pytest.mark.django_db
def test_odd_texts_of_two_are_asked_about_without_a_merge(client, project, dainius):
    write(project, **{name: odd(["a\n", "b\n"], seed=i + 20) for i, name in enumerate(LONG)})
    client.force_login(dainius)
    opened = fields(client.get(EDIT))
    mine = opened | {name: odd(["a\n", "b\n"], seed=i) for i, name in enumerate(LONG)}
    write(project, **{name: odd(["a\n", "b\n"], seed=-i - 1) for i, name in enumerate(LONG)})
    answers = []
    assert seconds(lambda: answers.append(client.post(EDIT, mine))) < 8
    (answer,) = answers
    assert answer.status_code == 409
    asked = {question.name: question for question in answer.context["conflict"].questions}
    assert {f"keep-{name}" for name in LONG} == set(asked)
    assert {tuple(o.value for o in question.options) for question in asked.values()} == {("mine", "theirs")}


@pytest.mark.django_db
def test_what_was_typed_is_kept_before_it_is_compared(client, project, dainius, monkeypatch):
    client.force_login(dainius)
    mine = fields(client.get(EDIT)) | {"description_en": "Mine, and long in the making."}
    write(project, description_en="Theirs.")

    def dies(*_given):
        raise MemoryError

    monkeypatch.setattr(questions, "merge", dies)
    client.raise_request_exception = False
    assert client.post(EDIT, mine).status_code == 500
    kept = dict(FormDraft.objects.get(user=dainius, project=project).content)
    assert kept["description_en"] == "Mine, and long in the making."
    assert Project.objects.get().description_en == "Theirs."
