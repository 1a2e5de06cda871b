"""Calls written by their coordinators: what is kept, what is refused, what may change once a call has opened."""

import contextlib
import datetime as dt
import threading
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members.models.exchange import year_of, year_on
from mobility import actions
from mobility.editing import changes, content, offering
from mobility.models import Call, Place
from notifications.models import Message
from tests import factories
from tests.members import agreeing
from tests.mobility.test_actions_applying import run_at_once

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(days=2)
MONTH = dt.timedelta(days=30)


@pytest.fixture
def year():
    return year_of(int(year_on(clock.today("Europe/Vilnius"))[:4]) + 1)


@pytest.fixture
def agreed(ktu, aveiro, ruta, bruno, year):
    """KTU sends two people for studies to Aveiro (`agreeing.STUDIES`)."""
    return agree(ktu, aveiro, ruta, bruno, year, places=2)


def agree(sending, receiving, by, other, year, places):
    years = {"first_year": year, "last_year": year_of(int(year[:4]) + 2)}
    return agreeing.agreed(
        sending, receiving, by, other, replace(agreeing.STUDIES, places=places, **years), **years
    )


@pytest.fixture
def new(agreed, ktu, ruta, year):
    """A draft that lacks nothing: all seats of the agreement are in it."""
    call = actions.create_call(ktu, by=ruta, kind="student_studies", academic_year=year, title_en="Studies")
    after = content.read(call)
    source = offering.sources(call)[0]
    after["places"] = [place(source)]
    decided = call.closes_at.date() + SOON
    after |= {"decision_on": decided, "reviewers_wanted": 0}
    return actions.edit_call(call, by=ruta, version=1, after=after)


def place(source, **more):
    row = {"key": "", "origin": source.origin, "condition": source.condition, "field_id": "", "level": "",
           "term_code": "", "language": "en", "language_level": "B2", "capacity": source.left,
           "is_offered": True}  # fmt: skip
    return row | more


def change(call, by, note=None, **changed):
    return actions.edit_call(call, by=by, version=call.version, after=content.read(call) | changed, note=note)


@pytest.fixture
def opened(new, ruta):
    call = actions.publish_call(new, by=ruta)
    Call.objects.update(opens_at=clock.now() - SOON, closes_at=clock.now() + MONTH)
    Call.objects.update(decision_on=clock.today("UTC") + 2 * MONTH)
    return Call.objects.get(pk=call.pk)


def test_a_new_call_is_a_draft_with_its_own_address_and_trail(ktu, ruta, year):
    made = [
        actions.create_call(ktu, by=ruta, kind="student_studies", academic_year=year, title_lt="Studijos")
        for _ in range(2)
    ]
    first = f"{ktu.slug}-studijos-{year[:4]}"
    assert [call.slug for call in made] == [first, f"{first}-2"]
    assert {call.publication for call in made} == {"draft"}
    assert Event.objects.filter(verb="mobility.create_call").count() == 2


@pytest.mark.parametrize("who", ["bruno", "ana", "jonas", "egle"])
def test_nobody_else_writes_the_calls_of_a_university(who, request, new, ktu, year):
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        actions.create_call(ktu, by=person, kind="student_studies", academic_year=year)
    for verb in (actions.publish_call, actions.copy_call, actions.archive_call):
        with pytest.raises(PermissionDenied):
            verb(new, by=person)
    with pytest.raises(PermissionDenied):
        change(new, person, title_en="Mine")


def test_places_come_from_the_agreement_and_what_is_left_of_it(new, ktu, ruta, aveiro, year):
    offered = new.places.get()
    assert (offered.host, offered.capacity, str(offered.origin)) == (aveiro, 2, str(offered.condition.origin))
    other = factories.CallFactory(university=ktu, academic_year=year, publication="draft")
    assert offering.sources(other)[0].left == 2  # nobody may apply for the seats of a draft
    for publication in ("published", "archived"):
        Call.objects.filter(pk=new.pk).update(publication=publication)
        assert offering.sources(other)[0].left == 0
    assert offering.sources(new)[0].left == 2
    Place.objects.update(is_offered=False)
    assert offering.sources(other)[0].left == 2
    Place.objects.update(taken=1)
    assert offering.sources(other)[0].left == 1  # what was given of a withdrawn place is gone


def test_seats_are_told_with_the_calls_that_offer_them_and_drafts_only_to_those_who_see_them(
    new, ktu, ruta, ana, year
):
    other = factories.CallFactory(university=ktu, academic_year=year, publication="draft", title_en="Other")

    def told(reader=None):
        return [(use.call, use.seats, use.counts) for use in offering.sources(other, reader=reader)[0].uses]

    assert told(ruta) == [(new, 2, False)]
    assert told(ana) == told() == []
    Call.objects.filter(pk=new.pk).update(publication="published")
    assert told(ruta) == told(ana) == told() == [(new, 2, True)]


def test_what_is_refused_for_want_of_seats_names_the_call_that_has_them(new, ktu, ruta, year):
    actions.publish_call(new, by=ruta)
    other = actions.create_call(ktu, by=ruta, kind="student_studies", academic_year=year, title_en="Other")
    told = {"places": [place(offering.sources(other)[0], capacity=1)], "reviewers_wanted": 0}
    other = change(other, ruta, decision_on=other.closes_at.date() + SOON, **told)
    with pytest.raises(actions.Unready) as refusal:
        actions.publish_call(other, by=ruta)
    assert refusal.value.missing == [
        f"{Place.objects.first().host.name_shown}: seats offered here: 1; left of the agreement: 0."
        " Other calls offer the rest: “Studies”: 2 seats."
    ]


def test_a_call_is_not_published_with_more_seats_than_are_left(new, ruta):
    Place.objects.update(capacity=3)
    with pytest.raises(actions.Unready) as told:
        actions.publish_call(new, by=ruta)
    assert "offered here: 3" in told.value.missing[0]


def test_a_call_is_published_whole_and_once(new, ruta):
    assert actions.publish_call(new, by=ruta).publication == "published"
    with pytest.raises(NotPossible):
        actions.publish_call(new, by=ruta)
    assert actions.unpublish_call(new, by=ruta).publication == "draft"
    Call.objects.update(decision_on=None)
    Place.objects.all().delete()
    with pytest.raises(actions.Unready) as told:
        actions.publish_call(new, by=ruta)
    assert len(told.value.missing) == 2


def test_saving_over_what_somebody_else_saved_is_refused_and_the_same_again_is_fine(new, ruta):
    before = content.read(new)
    saved = change(new, ruta, summary_en="First.")
    with pytest.raises(actions.Stale):
        actions.edit_call(new, by=ruta, version=new.version - 1, after=before | {"summary_en": "Second."})
    again = actions.edit_call(new, by=ruta, version=new.version - 1, after=before | {"summary_en": "First."})
    assert again.version == saved.version
    assert Call.objects.get().summary_en == "First."


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("closes_at", -1), ("kind", "student_traineeship"), ("minimum_ects", 90), ("levels", [7]), ("max_wishes", 1),
        ("tie_break_en", "By lot."), ("opens_at", 1), ("fields_of_education", ["06"]), ("most_earlier_months", 3),
        ("languages", [{"key": "", "language": "de", "level": "A1"}]), ("may_take_back", False),
        ("documents", [{"key": "", "name_en": "CV", "name_lt": "", "hint_en": "", "hint_lt": "", "is_required": True}]),
        ("places", []),
    ],
)  # fmt: skip
def test_what_harms_is_refused_once_the_call_has_opened(part, value, opened, ruta):
    factories.FieldFactory(code="06")
    if isinstance(value, int) and part.endswith("_at"):
        value = getattr(opened, part) + value * dt.timedelta(hours=1)
    with pytest.raises(actions.Refused) as told:
        change(opened, ruta, **{part: value})
    assert list(told.value.places) == [part]
    assert Call.objects.get().version == opened.version


def test_what_cant_harm_is_written_and_those_with_drafts_are_told(opened, ruta, ana, tomas):
    factories.ApplicationFactory(call=opened, applicant=ana)
    factories.ApplicationFactory(
        call=opened, applicant=tomas, status="submitted", submitted_at=clock.now(), snapshot={},
        snapshot_sha256="0" * 64,
    )  # fmt: skip
    row, condition = content.read(opened)["places"][0], Place.objects.get().condition
    later = opened.closes_at + MONTH
    note = {"en": "A month more.", "lt": "Dar mėnuo."}
    saved = change(
        opened, ruta, note, closes_at=later, minimum_ects=None, decision_on=later.date() + SOON,
        places=[row | {"is_offered": False}, row | {"key": "", "capacity": 1, "condition": condition}],
    )  # fmt: skip
    assert saved.closes_at == later
    told = Message.objects.get(kind="mobility.call_changed")
    assert (told.recipient, told.context["note_en"]) == (f"user:{ana.uuid}", "A month more.")
    change_told = saved.changes.get()
    assert (change_told.note_lt, set(change_told.parts)) == (
        "Dar mėnuo.", {"closes_at", "decision_on", "places"},
    )  # fmt: skip
    assert [p.is_offered for p in saved.places.order_by("pk")] == [False, True]


def test_every_part_of_a_call_stands_in_the_table_of_changes(new):
    assert set(content.read(new)) == set(changes.TABLE)


def test_a_wish_for_a_place_that_was_withdrawn_is_refused(opened, ruta, ana):
    from mobility import parts

    draft = factories.complete_application(ana, opened.places.get())
    Place.objects.update(is_offered=False)
    with pytest.raises(actions.Incomplete) as told:
        actions.submit_application(draft, by=ana)
    assert [one.field for one in told.value.missing] == ["wish_1"]
    with pytest.raises(NotPossible):
        actions.save_part(draft, parts.WISHES, by=ana, values=[opened.places.get().uuid], seen="")


def test_a_copy_moves_a_year_on_and_takes_what_is_left(opened, ruta, year):
    factories.QuestionFactory(call=opened, text_en="Why?")
    Call.objects.update(title_en=f"Studies {year}")
    copy = actions.copy_call(opened, by=ruta)
    assert (copy.publication, copy.copied_from, copy.last_number) == ("draft", opened, 0)
    assert copy.academic_year == year_of(int(year[:4]) + 1)
    assert copy.title_en == f"Studies {copy.academic_year}"
    assert (copy.places.get().capacity, copy.questions.get().text_en) == (2, "Why?")
    assert copy.closes_at.year == opened.closes_at.year + 1


def test_an_open_call_is_neither_taken_back_nor_archived(opened, ruta):
    for verb in (actions.unpublish_call, actions.archive_call):
        with pytest.raises(NotPossible):
            verb(opened, by=ruta)
    Call.objects.update(closes_at=clock.now() - dt.timedelta(hours=1))
    assert actions.archive_call(opened, by=ruta).publication == "archived"
    with pytest.raises(NotPossible):
        change(opened, ruta, title_en="Late")


@pytest.mark.parametrize(
    "values",
    [
        {"appeal_days": 61}, {"academic_year": "27/28"}, {"terms": ["winter"]}, {"publication": "secret"},
        {"programme_starts_on": dt.date(2027, 1, 1)}, {"reviewers_wanted": 10}, {"minimum_participants": 10},
    ],
)  # fmt: skip
def test_the_database_refuses_what_no_call_is(values, call):
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.update(**values)


# Seats and what is left of them


def test_an_agreement_that_ended_does_not_keep_an_open_call_from_being_put_off(opened, ruta):
    Place.objects.update(origin="7f0c5a1e-3d8c-4a57-9a55-0d7b8f1f2a10", condition=None)
    later = opened.closes_at + SOON
    assert change(opened, ruta, closes_at=later).closes_at == later
    row = content.read(opened)["places"][0]
    with pytest.raises(actions.Refused):
        change(Call.objects.get(), ruta, places=[row | {"capacity": 9}])


@pytest.fixture
def unhurried(monkeypatch):
    """Who looks at what agreements leave waits for the other one to have looked too; a lock keeps them from it."""
    looked, real = threading.Barrier(2), offering.problems

    def problems(call):
        found = real(call)
        with contextlib.suppress(threading.BrokenBarrierError):
            looked.wait(timeout=1)
        return found

    def begin():
        monkeypatch.setattr(offering, "problems", problems)

    return begin


@pytest.mark.django_db(transaction=True)
def test_two_drafts_with_the_same_seats_published_at_once_are_published_once(
    ktu, aveiro, ruta, bruno, year, unhurried
):
    agree(ktu, aveiro, ruta, bruno, year, places=2)
    rivals = []
    for _ in range(2):
        call = actions.create_call(
            ktu, by=ruta, kind="student_studies", academic_year=year, title_en="Studies"
        )
        told = {"places": [place(offering.sources(call)[0])], "reviewers_wanted": 0}
        rivals.append(change(call, ruta, decision_on=call.closes_at.date() + SOON, **told))
    unhurried()
    found = run_at_once([lambda call=call: actions.publish_call(call, by=ruta) for call in rivals])
    assert sorted(type(one).__name__ for one in found) == ["Call", "Unready"]
    assert Call.objects.filter(publication="published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_calls_that_take_the_last_seat_at_once_get_it_once(ktu, aveiro, ruta, bruno, year, unhurried):
    agree(ktu, aveiro, ruta, bruno, year, places=3)
    rivals = []
    for _ in range(2):
        call = actions.create_call(
            ktu, by=ruta, kind="student_studies", academic_year=year, title_en="Studies"
        )
        told = {"places": [place(offering.sources(call)[0], capacity=1)], "reviewers_wanted": 0}
        call = change(call, ruta, decision_on=call.closes_at.date() + SOON, **told)
        rivals.append(actions.publish_call(call, by=ruta))

    unhurried()

    def take(call):
        row = content.read(call)["places"][0]
        return change(call, ruta, places=[row | {"capacity": 2}])

    found = run_at_once([lambda call=call: take(call) for call in rivals])
    assert sorted(type(one).__name__ for one in found) == ["Call", "Refused"]
    assert sum(Place.objects.values_list("capacity", flat=True)) == 3
    refused = next(one for one in found if isinstance(one, actions.Refused))
    assert "offered here: 2; left of the agreement: 1" in str(refused.places)


def test_a_note_that_nobody_would_be_told_is_refused_and_the_same_again_is_fine(opened, ruta, ana):
    factories.ApplicationFactory(call=opened, applicant=ana)
    note = {"en": "A month more.", "lt": ""}
    with pytest.raises(actions.Refused) as told:
        change(opened, ruta, note)
    assert list(told.value.places) == ["note_en"]
    later = opened.closes_at + MONTH
    saved = change(opened, ruta, note, closes_at=later, decision_on=later.date() + SOON)
    assert change(saved, ruta, note).version == saved.version
    assert Message.objects.filter(kind="mobility.call_changed").count() == 1
    again = change(saved, ruta, {"en": "", "lt": ""}, decision_on=later.date() + 2 * SOON)
    assert again.version == saved.version + 1
    assert Message.objects.filter(kind="mobility.call_changed").count() == 2  # once for each change


def test_a_call_that_would_close_in_the_past_is_not_published(new, ruta):
    Call.objects.update(opens_at=clock.now() - 2 * SOON, closes_at=clock.now() - SOON)
    with pytest.raises(actions.Unready) as told:
        actions.publish_call(Call.objects.get(pk=new.pk), by=ruta)
    assert "The close lies in the past." in told.value.missing


# Answers to choose: who chose one has chosen what it says


@pytest.fixture
def chosen(opened, ana):
    """Ana chose "Yes" in an open call; the question."""
    question = opened.questions.create(
        text_en="Do you need a visa?", text_lt="Ar reikia vizos?", kind="choice"
    )
    for n, (en, lt) in enumerate([("Yes", "Taip"), ("No", "Ne")], 1):
        question.options.create(words_en=en, words_lt=lt, position=n)
    draft = factories.ApplicationFactory(call=opened, applicant=ana)
    draft.answers.create(question=question, options=[question.options.get(words_en="Yes").uuid])
    return question


def to_choose(question, *words):
    [row] = content.read(question.call)["questions"]
    return [row | {"options_en": [en for en, _lt in words], "options_lt": [lt for _en, lt in words]}]


def chosen_words(question):
    [answer] = question.answers.all()
    return [(one.words_en, one.words_lt) for one in question.options.filter(uuid__in=answer.options)]


YES, NO = ("Yes", "Taip"), ("No", "Ne")


@pytest.mark.parametrize("words", [[NO, YES], [("Maybe", "Galbūt"), YES, NO], [NO, ("Maybe", ""), YES]])
def test_answers_to_choose_keep_who_they_are_in_another_order(words, chosen, opened, ruta):
    change(opened, ruta, questions=to_choose(chosen, *words))
    assert chosen_words(chosen) == [YES]
    assert [one.words_en for one in chosen.options.all()] == [en for en, _lt in words]


@pytest.mark.parametrize(
    "words",
    [
        [("No", "Taip"), ("Yes", "Ne")],  # swapped in one language
        [("Certainly not", "Jokiu būdu"), NO],
        [("Yes", "Ne"), ("No", "Taip")],
        [NO, ("Maybe", "Galbūt")],
        [NO],
        [("Yes", ""), ("No", "")],
    ],
)
def test_answers_to_choose_say_nothing_else_once_a_call_has_opened(words, chosen, opened, ruta):
    with pytest.raises(actions.Refused) as refused:
        change(opened, ruta, questions=to_choose(chosen, *words))
    assert "somebody may have chosen it" in refused.value.places["questions"]
    assert chosen_words(chosen) == [YES]


def test_language_is_added_to_answers_of_an_open_call(chosen, opened, ruta):
    chosen.options.update(words_lt="")
    change(opened, ruta, questions=to_choose(chosen, NO, YES))
    assert chosen_words(chosen) == [YES]


def test_before_the_opening_answers_are_written_anew_where_they_stand(new, ruta):
    question = new.questions.create(text_en="Why?", kind="choice")
    keys = [question.options.create(words_en=en, position=n).uuid for n, en in enumerate(("Yse", "No"), 1)]
    change(new, ruta, questions=to_choose(question, ("Yes", ""), ("No", "")))
    assert [one.uuid for one in question.options.all()] == keys
    change(Call.objects.get(pk=new.pk), ruta, questions=to_choose(question, ("No", ""), ("Other", "")))
    assert {one.words_en: one.uuid for one in question.options.all()}["No"] == keys[1]


@pytest.mark.parametrize("kind", ["questions", "required_documents"])
def test_what_was_asked_is_not_asked_by_another_question_once_open(kind, opened, ruta):
    name = "text_en" if kind == "questions" else "name_en"
    for n, words in enumerate(("Passport", "Certificate"), 1):
        getattr(opened, kind).create(**{name: words}, position=n, is_required=False)
    part = "questions" if kind == "questions" else "documents"
    first, second = content.read(opened)[part]
    with pytest.raises(actions.Refused):
        change(opened, ruta, **{part: [first | {name: "Certificate"}, second | {name: "Passport"}]})
    change(opened, ruta, **{part: [second, first | {name: "A passport"}]})
    assert [getattr(one, name) for one in getattr(opened, kind).all()] == ["Certificate", "A passport"]
