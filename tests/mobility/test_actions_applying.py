import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from audit.models import Event
from documents.actions import path_of
from documents.checks import Refused
from documents.models import Document
from ground import clock
from ground.workflow import NotPossible
from mobility import actions, answers, parts
from mobility.actions import door
from mobility.models import Application, Place
from mobility.workflow import Status
from notifications.models import Message
from notifications.models.message import recipient_of
from tests import factories
from tests.documents.samples import upload

pytestmark = pytest.mark.django_db
VILNIUS = ZoneInfo("Europe/Vilnius")
REPEATED = dt.timedelta(minutes=40)
SECOND = dt.timedelta(seconds=1)


def seen(application, part):
    return parts.fingerprint(parts.stored(application, part))


# Starting


def test_student_starts_a_draft_with_a_readable_reference(call, ana):
    ana.given_name, ana.family_name = "Ana", "Bandomoji"
    application = actions.start_application(call, by=ana)
    assert application.reference == "KTU-27-0001"
    assert (application.status, application.given_name) == (Status.DRAFT, "Ana")
    assert Event.objects.get().verb == "mobility.start"


def test_starting_again_gives_the_same_draft(call, ana):
    first = actions.start_application(call, by=ana)
    assert actions.start_application(call, by=ana) == first
    assert Application.objects.count() == 1
    assert Event.objects.count() == 1


def test_references_of_two_calls_of_one_year_share_one_run_of_numbers(call, staff_call, ana, tomas):
    assert actions.start_application(call, by=ana).reference == "KTU-27-0001"
    assert actions.start_application(staff_call, by=tomas).reference == "KTU-27-0002"


def test_next_application_begins_with_what_was_told_before(call, ana, draft):
    another = factories.CallFactory(university=call.university, academic_year="2028/2029")
    application = actions.start_application(another, by=ana)
    assert (application.birth_date, application.level) == (draft.birth_date, 6)
    assert application.motivation == ""
    assert application.reference == "KTU-28-0001"


@pytest.mark.parametrize("who", ["tomas", "ruta", "bruno", "egle", "laima", "dainius", "jonas", "ieva"])
def test_only_students_of_the_university_apply_to_a_call_for_students(who, call, request):
    with pytest.raises(PermissionDenied):
        actions.start_application(call, by=request.getfixturevalue(who))
    assert not Application.objects.exists()


def test_only_staff_travellers_apply_to_a_call_for_staff(staff_call, ana, tomas):
    with pytest.raises(PermissionDenied):
        actions.start_application(staff_call, by=ana)
    assert actions.start_application(staff_call, by=tomas).call == staff_call


def test_student_of_another_university_does_not_apply(call, aveiro):
    student = factories.AppointmentFactory(university=aveiro).user
    with pytest.raises(PermissionDenied):
        actions.start_application(call, by=student)


def test_former_student_does_not_apply(call, ana):
    ana.appointments.update(valid_until=clock.now())
    with pytest.raises(PermissionDenied):
        actions.start_application(call, by=ana)


@pytest.mark.parametrize("publication", ["draft", "archived"])
def test_call_that_is_not_published_takes_nothing(publication, call, ana):
    call.publication = publication
    call.save()
    with pytest.raises(NotPossible):
        actions.start_application(call, by=ana)


# Deadlines: in summer time, in winter time, and in the nights of both clock changes

CLOSES = [
    dt.datetime(2027, 7, 1, 23, 59, tzinfo=VILNIUS),
    dt.datetime(2027, 12, 3, 23, 59, tzinfo=VILNIUS),
    dt.datetime(2027, 3, 28, 2, 59, tzinfo=VILNIUS),  # the minute before clocks go forward
    dt.datetime(2027, 3, 28, 4, 0, tzinfo=VILNIUS),  # the minute after
    dt.datetime(2027, 10, 31, 3, 59, tzinfo=VILNIUS),  # the first time this minute comes
    dt.datetime(2027, 10, 31, 3, 59, tzinfo=VILNIUS, fold=1),  # the second time
]


@pytest.mark.parametrize("closes", [c.astimezone(dt.UTC) for c in CLOSES], ids=str)
def test_second_before_the_end_of_the_minute_is_in_and_the_next_is_not(closes, call, draft, ana, at):
    call.opens_at, call.closes_at = closes - dt.timedelta(days=20), closes
    call.save()
    end = closes + dt.timedelta(seconds=60)
    with at(end), pytest.raises(NotPossible, match="closed"):
        actions.submit_application(draft, by=ana)
    with at(end), pytest.raises(NotPossible, match="closed"):
        actions.save_part(draft, parts.MOTIVATION, by=ana, values={"motivation": "x"}, seen="")
    assert Application.objects.get().status == Status.DRAFT
    with at(end - SECOND):
        assert actions.submit_application(draft, by=ana).submitted_at == end - SECOND


# Other universities of an alliance change their clocks on the same morning, further ones on another.
ELSEWHERE = [
    (zone, dt.datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold))
    for zone, moment, fold in (
        ("Europe/Vilnius", (2027, 3, 28, 2, 59), 0), ("Europe/Vilnius", (2027, 3, 28, 4, 0), 0),
        ("Europe/Vilnius", (2027, 10, 31, 3, 30), 0), ("Europe/Vilnius", (2027, 10, 31, 3, 30), 1),
        ("Atlantic/Azores", (2027, 3, 27, 23, 59), 0), ("Atlantic/Azores", (2027, 3, 28, 1, 0), 0),
        ("Atlantic/Azores", (2027, 10, 31, 0, 30), 0), ("Atlantic/Azores", (2027, 10, 31, 0, 30), 1),
        ("America/New_York", (2027, 3, 14, 1, 59), 0), ("America/New_York", (2027, 3, 14, 3, 0), 0),
        ("America/New_York", (2027, 11, 7, 1, 30), 0), ("America/New_York", (2027, 11, 7, 1, 30), 1),
        # The minute of the close is the last before the clocks go back: by the clock on the wall it ends an hour later.
        ("Europe/Vilnius", (2027, 10, 31, 3, 59), 0), ("Atlantic/Azores", (2027, 10, 31, 0, 59), 0),
        ("America/New_York", (2027, 11, 7, 1, 59), 0),
    )
]  # fmt: skip


@pytest.mark.parametrize(("zone", "closes"), ELSEWHERE, ids=str)
def test_a_second_before_and_after_the_close_and_its_minute_wherever_clocks_change(
    zone, closes, call, draft, ana, at
):
    type(call.university).objects.filter(pk=call.university_id).update(zone=zone)
    call.opens_at, call.closes_at = closes - dt.timedelta(days=20), closes
    call.save()
    close = closes.astimezone(dt.UTC)
    end = close + dt.timedelta(seconds=60)
    # In the hour that comes twice, the clock on the wall shows a time before the close after it, and the other way.
    for late in (end, end + SECOND, close + REPEATED):
        with at(late), pytest.raises(NotPossible, match="closed"):
            actions.submit_application(draft, by=ana)
    assert Application.objects.get().status == Status.DRAFT
    for moment in (close - REPEATED, close - SECOND, close, close + SECOND, end - SECOND):
        with at(moment):
            done = actions.submit_application(draft, by=ana)
            assert done.submitted_at == moment
            actions.take_back_application(done, by=ana)


def test_call_opens_at_its_moment(call, ana, at):
    call.opens_at = dt.datetime(2027, 1, 1, tzinfo=VILNIUS)
    call.save()
    with at(call.opens_at - SECOND), pytest.raises(NotPossible):
        actions.start_application(call, by=ana)
    with at(call.opens_at):
        actions.start_application(call, by=ana)


def test_returned_application_can_be_submitted_after_the_close(call, in_state, ana, at):
    application = in_state("returned")
    with at(call.closes_at + dt.timedelta(days=3)):
        assert actions.submit_application(application, by=ana).status == Status.SUBMITTED


# Saving


def test_part_is_saved_incomplete_and_marked_as_visited(call, ana):
    application = actions.start_application(call, by=ana)
    values = {"given_name": "Ana", "family_name": "", "birth_date": None, "nationality": "", "phone": ""}
    saved = actions.save_part(
        application, parts.PERSONAL, by=ana, values=values, seen=seen(application, parts.PERSONAL)
    )
    assert saved.visited == ["personal"]
    assert Application.objects.get().given_name == "Ana"


def test_wishes_and_languages_are_replaced_as_a_whole(draft, place, call, trento, ana):
    other = factories.PlaceFactory(call=call, host=trento)
    actions.save_part(
        draft, parts.WISHES, by=ana, values=[other.uuid, place.uuid], seen=seen(draft, parts.WISHES)
    )
    assert [w.place for w in draft.wishes.all()] == [other, place]
    rows = [("lt", "NS"), ("en", "B2")]
    actions.save_part(draft, parts.LANGUAGES, by=ana, values=rows, seen=seen(draft, parts.LANGUAGES))
    assert [(s.language, s.level) for s in draft.languages.all()] == rows


def test_saving_over_what_another_device_saved_is_refused_until_it_was_seen(draft, ana):
    shown = seen(draft, parts.MOTIVATION)
    actions.save_part(draft, parts.MOTIVATION, by=ana, values={"motivation": "From the phone."}, seen=shown)
    with pytest.raises(actions.Stale):
        actions.save_part(
            draft, parts.MOTIVATION, by=ana, values={"motivation": "From the desk."}, seen=shown
        )
    now = Application.objects.get()
    assert now.motivation == "From the phone."
    actions.save_part(
        now, parts.MOTIVATION, by=ana, values={"motivation": "Both."}, seen=seen(now, parts.MOTIVATION)
    )
    assert Application.objects.get().motivation == "Both."


def test_saving_the_same_twice_is_no_conflict(draft, ana):
    shown = seen(draft, parts.MOTIVATION)
    for _ in range(2):
        actions.save_part(draft, parts.MOTIVATION, by=ana, values={"motivation": "Once."}, seen=shown)


def test_two_devices_on_different_parts_do_not_disturb_each_other(draft, ana):
    wishes, motivation = seen(draft, parts.WISHES), seen(draft, parts.MOTIVATION)
    actions.save_part(draft, parts.MOTIVATION, by=ana, values={"motivation": "New."}, seen=motivation)
    actions.save_part(draft, parts.WISHES, by=ana, values=[], seen=wishes)
    assert not draft.wishes.exists()


def test_wish_for_a_place_that_was_just_taken_out_of_the_call_is_refused(draft, call, ana, trento):
    gone = factories.PlaceFactory(call=call, host=trento)
    Place.objects.filter(pk=gone.pk).delete()
    with pytest.raises(NotPossible, match="no longer offered"):
        actions.save_part(draft, parts.WISHES, by=ana, values=[gone.uuid], seen=seen(draft, parts.WISHES))
    assert draft.wishes.count() == 1


def test_nobody_else_and_nothing_submitted_is_written(draft, ana, ruta, laima):
    for person in (ruta, laima):
        with pytest.raises(PermissionDenied):
            actions.save_part(draft, parts.MOTIVATION, by=person, values={"motivation": "x"}, seen="")
    actions.submit_application(draft, by=ana)
    with pytest.raises(NotPossible, match="submitted"):
        actions.save_part(draft, parts.MOTIVATION, by=ana, values={"motivation": "x"}, seen="")


# Documents


def test_document_is_kept_replaced_and_removed(draft, call, ana, django_capture_on_commit_callbacks):
    asked = factories.RequiredDocumentFactory(call=call)
    first = actions.attach_document(draft, asked, upload(name="old.pdf"), by=ana)
    old = path_of(first.document.storage_name)
    with django_capture_on_commit_callbacks(execute=True):
        second = actions.attach_document(draft, asked, upload(name="new.pdf"), by=ana)
    assert [paper.document.name for paper in draft.documents.all()] == ["new.pdf"]
    assert not old.exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_document(draft, second, by=ana)
        actions.remove_document(draft, second, by=ana)  # a double click
    assert not Document.objects.exists()


def test_refused_file_leaves_the_one_that_is_there(draft, call, ana):
    asked = factories.RequiredDocumentFactory(call=call)
    actions.attach_document(draft, asked, upload(name="good.pdf"), by=ana)
    with pytest.raises(Refused):
        actions.attach_document(draft, asked, upload(b"MZ", "bad.pdf"), by=ana)
    assert draft.documents.get().document.name == "good.pdf"


def test_document_that_another_call_asks_for_is_not_taken(draft, ana):
    with pytest.raises(NotPossible):
        actions.attach_document(draft, factories.RequiredDocumentFactory(), upload(), by=ana)
    assert not Document.objects.exists()


# Submitting


def test_submitted_application_is_a_snapshot_with_its_own_hash(draft, ana, place, call):
    application = actions.submit_application(draft, by=ana)
    stored = Application.objects.get()
    assert stored.status == Status.SUBMITTED
    assert answers.digest(stored.snapshot) == stored.snapshot_sha256 == application.snapshot_sha256
    assert stored.snapshot["wishes"][0]["place"] == str(place.uuid)
    place.host.organisation.name = "Renamed"
    place.host.organisation.save()
    Application.objects.update(motivation="Changed later")
    kept = Application.objects.get()
    assert "different" not in str(kept.snapshot)
    assert kept.snapshot["motivation"]["motivation"].startswith("I want")
    assert kept.snapshot["wishes"][0]["host"] == "University of Aveiro"


def test_receipt_goes_to_the_applicant_once(draft, ana):
    for _ in range(3):
        actions.submit_application(draft, by=ana)
    message = Message.objects.get()
    assert (message.kind, message.recipient) == ("mobility.received", recipient_of(ana))
    assert Event.objects.filter(verb="mobility.submit").count() == 1


def test_submitting_what_has_changed_since_it_was_checked_is_refused(draft, ana):
    with pytest.raises(actions.Stale):
        actions.submit_application(draft, by=ana, version=draft.version - 1)
    assert Application.objects.get().status == Status.DRAFT


@pytest.mark.parametrize(
    ("change", "part", "field"),
    [
        ({"given_name": "", "family_name": " "}, "personal", "given_name"),
        ({"birth_date": None}, "personal", "birth_date"),
        ({"nationality": ""}, "personal", "nationality"),
        ({"study_programme": ""}, "studies", "study_programme"),
        ({"level": None}, "studies", "level"),
        ({"field": None}, "studies", "field"),
        ({"ects": None}, "studies", "ects"),
        ({"motivation": "  "}, "motivation", "motivation"),
        ({"declared_true": False}, "declarations", "declared_true"),
        ({"declared_privacy": False}, "declarations", "declared_privacy"),
    ],
)
def test_missing_answer_is_named_with_its_part(change, part, field, draft, ana):
    Application.objects.update(**change)
    with pytest.raises(actions.Incomplete) as refused:
        actions.submit_application(draft, by=ana)
    assert [(one.part, one.field) for one in refused.value.missing] == [(part, field)]
    assert Application.objects.get().status == Status.DRAFT


def test_missing_rows_and_papers_are_named(draft, call, ana):
    asked = factories.RequiredDocumentFactory(call=call)
    factories.RequiredDocumentFactory(call=call, is_required=False)
    draft.languages.all().delete()
    draft.wishes.all().delete()
    with pytest.raises(actions.Incomplete) as refused:
        actions.submit_application(draft, by=ana)
    assert [one.part for one in refused.value.missing] == ["languages", "wishes", "documents"]
    assert refused.value.missing[2].field == f"file-{asked.uuid}"


def test_staff_are_asked_for_their_work(staff_call, tomas, aveiro):
    place = factories.PlaceFactory(call=staff_call, host=aveiro)
    draft = factories.complete_application(tomas, place, work_unit="", work_plan="")
    with pytest.raises(actions.Incomplete) as refused:
        actions.submit_application(draft, by=tomas)
    assert [one.field for one in refused.value.missing] == ["work_unit", "work_plan"]


def test_who_is_no_longer_a_student_does_not_submit(draft, ana):
    ana.appointments.update(valid_until=clock.now())
    with pytest.raises(PermissionDenied):
        actions.submit_application(draft, by=ana)


# Taking back


def test_taken_back_application_is_its_owners_alone_again(submitted, ana, ruta):
    application = actions.take_back_application(submitted, by=ana)
    assert (application.status, application.snapshot, application.submitted_at) == (Status.DRAFT, None, None)
    assert not Application.objects.visible_to(ruta).exists()


def test_taking_back_needs_the_calls_consent_and_an_open_call(submitted, call, ana, at):
    call.may_take_back = False
    call.save()
    with pytest.raises(NotPossible):
        actions.take_back_application(submitted, by=ana)
    call.may_take_back = True
    call.save()
    with at(call.closes_at + dt.timedelta(seconds=60)), pytest.raises(NotPossible):
        actions.take_back_application(submitted, by=ana)


# Doubled


def run_at_once(verbs):
    """Run each of `verbs` in a thread and connection of its own; gives back their answers or errors."""
    barrier, found = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(n, verb):
        try:
            barrier.wait()
            found[n] = verb()
        except Exception as error:
            found[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_ten_starts_at_once_make_one_draft_and_one_answer(call, ana):
    found = run_at_once([lambda: actions.start_application(call, by=ana).reference] * 10)
    assert found == ["KTU-27-0001"] * 10
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_people_starting_at_once_get_ten_numbers(call):
    people = [factories.AppointmentFactory(university=call.university).user for _ in range(10)]
    found = run_at_once([lambda p=p: actions.start_application(call, by=p).reference for p in people])
    assert sorted(found) == [f"KTU-27-{n:04d}" for n in range(1, 11)]


@pytest.mark.django_db(transaction=True)
def test_twenty_submits_at_once_make_one_submission_and_one_message(draft, ana):
    found = run_at_once([lambda: actions.submit_application(draft, by=ana).snapshot_sha256] * 20)
    assert len(set(found)) == 1
    assert draft.submissions.count() == 1
    assert Message.objects.count() == 1
    assert Event.objects.filter(verb="mobility.submit").count() == 1


def test_locks_are_taken_on_rows_of_their_own(draft):
    assert door.lock_application(draft) == draft


def test_languages_and_wishes_are_saved_in_every_language_of_the_page(call, ana):
    from django.utils import translation

    application = actions.start_application(call, by=ana)
    for language in ("en", "lt"):
        with translation.override(language):
            shown = seen(application, parts.LANGUAGES)
            rows = [("en", "C1" if language == "en" else "C2")]
            actions.save_part(application, parts.LANGUAGES, by=ana, values=rows, seen=shown)
    assert [one.level for one in application.languages.all()] == ["C2"]
