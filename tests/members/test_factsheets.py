"""The verbs on factsheets: begun, written, published, taken back; who may, what is refused, what is recorded."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from reversion.models import Version

from audit.models import Event
from members.actions import factsheets as actions
from members.factsheets import content
from members.models import Factsheet, FactsheetTerm
from tests.members import facts
from tests.members.facts import AUTUMN, DAY, ENGLISH, SPRING, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]
EVERYBODY_ELSE = ["ana", "bruno", "dainius", "jonas", "ieva", "tomas", "student", "manager", "former"]


# Begun.


def test_a_coordinator_begins_an_empty_draft(ktu, ruta):
    made = actions.begin(ktu, "2027/2028", by=ruta)
    assert (made.university, made.year, made.is_published, made.version) == (ktu, "2027/2028", False, 1)
    assert content.read(made) == content.settled(content.EMPTY)


@pytest.mark.parametrize("person", ["egle", "laima"])
def test_the_office_and_administrators_begin_one_for_anybody(person, ktu, request):
    assert actions.begin(ktu, "2027/2028", by=request.getfixturevalue(person)).university == ktu


@pytest.mark.parametrize("person", EVERYBODY_ELSE)
def test_nobody_else_begins_writes_or_publishes(person, cast, ktu):
    with pytest.raises(PermissionDenied):
        actions.begin(ktu, "2028/2029", by=cast[person])
    draft = facts.sheet(ktu, published=False)
    for verb in (actions.publish, actions.unpublish):
        with pytest.raises(PermissionDenied):
            verb(draft, by=cast[person])
    with pytest.raises(PermissionDenied):
        actions.write(draft, said(), by=cast[person], seen=None)
    draft.refresh_from_db()
    assert (draft.is_published, draft.version) == (False, 1)


@pytest.mark.parametrize("year", ["2026-2027", "2026/2028", "", "2024/2025", "2030/2031", "2026/2027\x00"])
def test_a_year_that_is_none_or_far_away_is_refused(year, ktu, ruta):
    with pytest.raises(actions.Refused) as refused:
        actions.begin(ktu, year, by=ruta)
    assert list(refused.value.places) == ["year"]


def test_one_factsheet_a_year(ktu, ruta):
    first = actions.begin(ktu, "2027/2028", by=ruta)
    with pytest.raises(actions.AlreadyThere) as there:
        actions.begin(ktu, "2027/2028", by=ruta)
    assert there.value.factsheet == first


def test_a_copy_has_its_dates_a_year_later_and_marked(ktu, ruta):
    office = facts.contact(ktu)
    facts.sheet(ktu, AUTUMN, SPRING, by=ruta, housing_en="A room.", costs_from=500, contacts=[office])
    copy = content.read(actions.begin(ktu, "2028/2029", by=ruta, copied=True))
    assert copy.fields["housing_en"] == "A room."
    assert copy.fields["costs_from"] == 500
    assert copy.languages == (ENGLISH,)
    assert copy.contacts == {office.uuid}
    assert [row.term for row in copy.terms] == ["autumn", "spring"]
    assert copy.terms[0].dates == (DAY(2028, 4, 15), DAY(2028, 5, 15), DAY(2028, 9, 1), DAY(2029, 1, 31))
    assert all(row.to_check for row in copy.terms)


def test_without_a_year_before_there_is_nothing_to_copy(ktu, ruta, aveiro):
    facts.sheet(aveiro, year="2026/2027")
    with pytest.raises(actions.Refused) as refused:
        actions.begin(ktu, "2027/2028", by=ruta, copied=True)
    assert list(refused.value.places) == ["copied"]
    assert not Factsheet.objects.filter(university=ktu).exists()


# Written.


def test_what_is_written_is_stored_whole_and_a_term_keeps_its_record(ktu, ruta):
    draft = facts.sheet(ktu, AUTUMN, SPRING, by=ruta, published=False)
    kept = draft.terms.get(term="autumn").uuid
    later = facts.moved(AUTUMN, nomination_until=DAY(2027, 4, 20))
    wanted = said(
        later, languages=[ENGLISH, content.LanguageContent("staff", "en", "C1", "To teach")], visa_lt="Viza"
    )
    actions.write(draft, wanted, by=ruta, seen=draft.version)
    assert content.read(Factsheet.objects.get(pk=draft.pk)) == content.settled(wanted)
    assert [row.uuid for row in FactsheetTerm.objects.filter(factsheet=draft)] == [kept]


def test_the_same_again_changes_nothing_even_from_an_old_form(ktu, ruta):
    draft = facts.sheet(ktu, by=ruta, published=False, housing_en="A room.")
    revisions = Version.objects.get_for_object(draft).count()
    again = actions.write(draft, said(housing_en="A room. \r\n"), by=ruta, seen=1)
    assert again.version == draft.version
    assert Version.objects.get_for_object(draft).count() == revisions


def test_what_somebody_saved_meanwhile_is_not_overwritten(ktu, ruta, egle):
    draft = facts.sheet(ktu, by=ruta, published=False)
    actions.write(draft, said(housing_en="Theirs"), by=egle, seen=draft.version)
    with pytest.raises(actions.Stale) as stale:
        actions.write(draft, said(housing_en="Mine"), by=ruta, seen=draft.version)
    assert stale.value.factsheet.housing_en == "Theirs"
    assert Factsheet.objects.get(pk=draft.pk).housing_en == "Theirs"


def test_a_contact_of_another_university_is_refused_and_an_internal_one_stays_internal(ktu, aveiro, ruta):
    draft = facts.sheet(ktu, by=ruta, published=False)
    with pytest.raises(actions.Refused) as refused:
        actions.write(draft, said(contacts=[facts.contact(aveiro)]), by=ruta, seen=None)
    assert list(refused.value.places) == ["contacts"]
    hidden = facts.contact(ktu, "Hidden", public=False)
    actions.write(draft, said(contacts=[hidden]), by=ruta, seen=None)
    hidden.refresh_from_db()
    assert (hidden.is_public, draft.contacts.get()) == (False, hidden)


def test_who_changes_a_copied_date_has_checked_its_term(ktu, ruta):
    facts.sheet(ktu, AUTUMN, SPRING, by=ruta)
    copy = actions.begin(ktu, "2028/2029", by=ruta, copied=True)
    autumn, spring = content.read(copy).terms
    wanted = said(facts.moved(autumn, nomination_until=DAY(2028, 4, 17)), spring)
    actions.write(copy, wanted, by=ruta, seen=copy.version)
    assert [row.to_check for row in content.read(copy).terms] == [False, True]


# Published.


def test_what_lacks_a_deadline_or_was_copied_unchecked_is_not_published(ktu, ruta):
    draft = actions.begin(ktu, "2027/2028", by=ruta)
    with pytest.raises(actions.Incomplete) as refused:
        actions.publish(draft, by=ruta)
    assert refused.value.sentences == ["Give the deadline of one term at least."]
    actions.write(draft, said(facts.moved(AUTUMN)), by=ruta, seen=None)
    FactsheetTerm.objects.update(to_check=True)
    with pytest.raises(actions.Incomplete, match="check the dates"):
        actions.publish(draft, by=ruta)
    assert not Factsheet.objects.get(pk=draft.pk).is_published


def test_a_published_one_keeps_what_it_needs(ktu, ruta):
    shown = facts.sheet(ktu, by=ruta)
    bare = facts.moved(AUTUMN, nomination_until=None, application_until=None)
    with pytest.raises(actions.Incomplete):
        actions.write(shown, said(bare), by=ruta, seen=None)


def test_publishing_and_taking_back_twice_is_once(ktu, ruta):
    shown = facts.sheet(ktu, by=ruta)
    assert actions.publish(shown, by=ruta).version == shown.version
    back = actions.unpublish(shown, by=ruta)
    assert (back.is_published, back.version) == (False, shown.version + 1)
    assert actions.unpublish(shown, by=ruta).version == back.version


# Kept.


def test_the_trail_says_who_did_what_and_which_deadlines_moved(ktu, ruta):
    shown = facts.sheet(ktu, by=ruta)
    actions.write(shown, said(facts.moved(AUTUMN, nomination_until=DAY(2027, 4, 1))), by=ruta, seen=None)
    events = Event.objects.filter(subject_uuid=shown.uuid).order_by("pk")
    assert [event.verb for event in events] == [
        "members.factsheet_begin", "members.factsheet_write", "members.factsheet_publish", "members.factsheet_write",
    ]  # fmt: skip
    assert {event.actor for event in events} == {ruta}
    assert events.last().details["moved"] == {"autumn.nomination_until": ["2027-04-15", "2027-04-01"]}


def test_each_change_is_a_revision_with_its_rows(ktu, ruta):
    shown = facts.sheet(ktu, by=ruta, housing_en="First")
    seen = shown.version
    actions.write(shown, said(SPRING, languages=(), housing_en="Second"), by=ruta, seen=None)
    before = content.record_at(shown, seen)
    assert before.fields["housing_en"] == "First"
    assert (before.terms, before.languages) == ((AUTUMN,), (ENGLISH,))
    newest = Version.objects.get_for_object(shown)[0]
    assert (newest.revision.user, newest.field_dict["housing_en"]) == (ruta, "Second")


def test_what_was_loaded_becomes_the_first_revision(ktu, ruta):
    loaded = facts.sheet(ktu, housing_en="Loaded")
    actions.write(loaded, said(housing_en="Edited"), by=ruta, seen=1)
    assert content.record_at(loaded, 1).fields["housing_en"] == "Loaded"
    assert content.record_at(loaded, 99) is None


# The database.


@pytest.mark.parametrize(
    ("dates", "name"),
    [
        ({"nomination_until": DAY(2027, 5, 2), "application_until": DAY(2027, 5, 1)}, "nominated_first"),
        ({"starts_on": DAY(2027, 9, 2), "ends_on": DAY(2027, 9, 1)}, "order"),
    ],
)
def test_the_database_refuses_dates_in_the_wrong_order(dates, name, ktu):
    made = facts.sheet(ktu)
    with pytest.raises(IntegrityError, match=f"members_factsheetterm_{name}"), transaction.atomic():
        made.terms.create(term="year", **dates)
    same = dt.date(2027, 5, 1)
    made.terms.create(
        term="year", nomination_until=same, application_until=same, starts_on=same, ends_on=same
    )


def test_writing_costs_a_known_number_of_queries(ktu, ruta, django_assert_num_queries):
    draft = facts.sheet(ktu, by=ruta, published=False)
    with django_assert_num_queries(33):
        actions.write(draft, said(housing_en="A room."), by=ruta, seen=None)
