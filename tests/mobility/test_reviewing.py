"""Who scores what: shared out evenly, kept apart, blind where the call is anonymous; the ranking follows."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from ground.workflow import NotPossible
from mobility import actions
from mobility.actions import reviewing
from mobility.models import (
    Application,
    Call,
    ConflictOfInterest,
    ImpartialityStatement,
    InternalNote,
    Reading,
    Review,
    Score,
)
from notifications.models import InboxItem
from tests import factories
from tests.documents.samples import upload
from tests.mobility.test_actions_applying import run_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(ktu):
    """Another reviewer at KTU."""
    return factories.AppointmentFactory(university=ktu, role="reviewer").user


@pytest.fixture
def criteria(call):
    return [
        factories.CriterionFactory(call=call, name_en="Motivation", weight=3, most=10, position=1),
        factories.CriterionFactory(call=call, name_en="Grades", weight=1, most=5, position=2),
    ]


@pytest.fixture
def review(submitted, jonas, ruta, criteria):
    reviewing.state_impartiality(submitted.call, by=jonas)
    return reviewing.assign_reviewer(submitted, jonas, by=ruta)


def score(review, by, *points, finish=True, comment=""):
    given = dict(
        zip([one.pk for one in review.application.call.criteria.all()], map(Decimal, points), strict=False)
    )
    version = Review.objects.get(pk=review.pk).version
    return reviewing.save_scores(review, by=by, points=given, comment=comment, finish=finish, version=version)


def load(*people):
    return [Review.objects.filter(reviewer=one).count() for one in people]


def test_applications_are_shared_out_evenly(call, many, jonas, second, ruta):
    Call.objects.filter(pk=call.pk).update(reviewers_wanted=2)
    call.refresh_from_db()
    third = factories.AppointmentFactory(university=call.university, role="reviewer").user
    assert reviewing.assign_evenly(call, many(6), by=ruta) == 12
    assert load(jonas, second, third) == [4, 4, 4]
    assert reviewing.assign_evenly(call, Application.objects.all(), by=ruta) == 0
    assert InboxItem.objects.filter(kind="mobility.reviews_assigned").count() == 3


def test_nobody_gets_what_they_must_not_score(call, many, jonas, second, ruta):
    Call.objects.filter(pk=call.pk).update(avoids_own_unit=True)
    call.refresh_from_db()
    unit = factories.UnitFactory(university=call.university)
    first, other = many(2)
    Application.objects.filter(pk=first.pk).update(unit=unit)
    reviewing.set_units(jonas, call, [unit], by=ruta)
    ConflictOfInterest.objects.create(application=other, reviewer=second, declared_at=first.submitted_at)
    reviewing.assign_evenly(call, [first, other], by=ruta)
    assert set(Review.objects.values_list("application", "reviewer")) == {
        (first.pk, second.pk), (other.pk, jonas.pk),
    }  # fmt: skip
    for application, person in ((Application.objects.get(pk=first.pk), jonas), (other, second)):
        with pytest.raises(NotPossible):
            reviewing.assign_reviewer(application, person, by=ruta)


def test_only_reviewers_of_the_university_are_assigned_and_only_by_its_coordinators(
    submitted, ruta, bruno, chiara, jonas, egle
):
    for person in (bruno, chiara):
        with pytest.raises(NotPossible):
            reviewing.assign_reviewer(submitted, person, by=ruta)
    for by in (egle, bruno, jonas):
        with pytest.raises(PermissionDenied):
            reviewing.assign_reviewer(submitted, jonas, by=by)


def test_weighted_total_mean_and_spread_follow_each_finished_review(review, second, jonas, ruta):
    application = review.application
    score(review, jonas, 5, 5)
    application.refresh_from_db()
    assert (application.score, application.spread, application.reviews_done) == (Decimal("62.50"), 0, 1)
    reviewing.state_impartiality(application.call, by=second)
    other = reviewing.assign_reviewer(application, second, by=ruta)
    score(other, second, 10, 5)
    application.refresh_from_db()
    assert (application.score, application.spread, application.reviews_done) == (
        Decimal("81.25"), Decimal("37.50"), 2,
    )  # fmt: skip
    score(other, second, 10, finish=False)
    application.refresh_from_db()
    assert (application.score, application.reviews_done) == (Decimal("62.50"), 1)


def test_unfinished_or_partial_or_stale_or_partisan_scores_are_not_a_review(review, jonas, ruta):
    with pytest.raises(NotPossible):
        score(review, jonas, 5)
    with pytest.raises(NotPossible):
        reviewing.save_scores(review, by=jonas, points={}, comment="", finish=False, version=99)
    with pytest.raises(PermissionDenied):
        score(review, ruta, 5, 5)
    ImpartialityStatement.objects.all().delete()
    with pytest.raises(NotPossible):
        score(review, jonas, 5, 5)
    assert not Score.objects.exists()


def test_decided_application_is_scored_no_more(review, jonas, ruta):
    actions.decide(review.application, "find_ineligible", by=ruta, note="No.")
    with pytest.raises(NotPossible):
        score(review, jonas, 5, 5)


def test_conflict_takes_the_review_away_for_good(review, jonas, ruta):
    score(review, jonas, 5, 5)
    reviewing.declare_conflict(review, by=jonas, reason="My cousin.")
    application = Application.objects.get()
    assert (application.score, application.reviews_done, Review.objects.count()) == (None, 0, 0)
    with pytest.raises(NotPossible):
        reviewing.assign_reviewer(application, jonas, by=ruta)
    assert reviewing.assign_evenly(application.call, [application], by=ruta) == 0


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_share_out_at_once_assign_each_once(call, many, jonas, second, ruta, laima):
    applications = many(4)
    found = run_at_once(
        [lambda by=by: reviewing.assign_evenly(call, applications, by=by) for by in (ruta, laima)]
    )
    assert sorted(found) == [0, 4]
    assert load(jonas, second) == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_two_reviews_finished_at_once_are_both_in_the_score(review, second, jonas, ruta):
    reviewing.state_impartiality(review.application.call, by=second)
    other = reviewing.assign_reviewer(review.application, second, by=ruta)
    run_at_once([lambda: score(review, jonas, 0, 0), lambda: score(other, second, 10, 5)])
    application = Application.objects.get()
    assert (application.score, application.reviews_done, application.spread) == (50, 2, 100)


# Pages


def address(review, name="review_sheet", *more):
    return reverse(f"mobility:{name}", args=[review.uuid, *more])


@pytest.fixture
def at_work(client, jonas):
    client.force_login(jonas)
    return client


def test_sheet_shows_no_contact_data_and_in_an_anonymous_call_no_name(at_work, draft, call, ana, jonas, ruta):
    asked = factories.RequiredDocumentFactory(call=call, name_en="Transcript")
    paper = actions.attach_document(draft, asked, upload(name="Ana Bandomoji transcript.pdf"), by=ana)
    submitted = actions.submit_application(draft, by=ana)
    reviewing.state_impartiality(call, by=jonas)
    review = reviewing.assign_reviewer(submitted, jonas, by=ruta)
    contact = [ana.email, "+370 600 00000", "2004"]
    file = address(review, "review_document", paper.document.uuid)
    text = at_work.get(address(review)).content.decode()
    assert [words for words in contact if words in text] == []
    assert "Bandomoji" in text
    assert 'title="Transcript"' in text
    Call.objects.update(is_anonymous=True)
    text = at_work.get(address(review)).content.decode()
    assert [words for words in [*contact, "Bandomoji", ana.name] if words in text] == []
    response = at_work.get(file)
    assert response["Content-Disposition"] == f'inline; filename="{submitted.reference}-1.pdf"'
    assert response.getvalue()
    assert "Bandomoji" not in str(response.headers)
    assert "Bandomoji" not in at_work.get(reverse("mobility:my_reviews")).content.decode()


def test_file_that_answers_a_question_stands_among_the_papers_without_its_name_in_an_anonymous_call(
    at_work, draft, call, ana, jonas, ruta
):
    question = call.questions.create(kind="file", text_en="Your study plan?")
    answer = actions.attach_answer(draft, question, upload(name="Ana Bandomoji plan.pdf"), by=ana)
    submitted = actions.submit_application(Application.objects.get(pk=draft.pk), by=ana)
    reviewing.state_impartiality(call, by=jonas)
    review = reviewing.assign_reviewer(submitted, jonas, by=ruta)
    file = address(review, "review_document", answer.document.uuid)
    assert f'src="{file}" title="Your study plan?"' in at_work.get(address(review)).content.decode()
    Call.objects.update(is_anonymous=True)
    assert "Bandomoji" not in at_work.get(address(review)).content.decode()
    response = at_work.get(file)
    assert response.getvalue().startswith(b"%PDF")
    assert response["Content-Disposition"] == f'inline; filename="{submitted.reference}-1.pdf"'
    assert Reading.objects.get().reader == jonas


def test_document_opened_is_written_down_framed_by_the_portal_only(at_work, draft, call, ana, jonas, ruta):
    asked = factories.RequiredDocumentFactory(call=call)
    paper = actions.attach_document(draft, asked, upload(), by=ana)
    review = reviewing.assign_reviewer(actions.submit_application(draft, by=ana), jonas, by=ruta)
    file = address(review, "review_document", paper.document.uuid)
    assert at_work.get(file).status_code == 409
    assert not Reading.objects.exists()
    reviewing.state_impartiality(call, by=jonas)
    response = at_work.get(file)
    assert response.getvalue().startswith(b"%PDF")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    sheet, home = (at_work.get(one)["Content-Security-Policy"] for one in (address(review), "/en/"))
    assert set(sheet.split("; ")) == set(home.split("; "))  # one policy everywhere
    assert "frame-ancestors 'none'" in sheet
    assert list(Reading.objects.values_list("reader", "name")) == [(jonas.pk, paper.document.name)]
    assert at_work.get(address(review, "review_document", uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("points", ["7.5", "7,5", " 7,50 "])
def test_scores_typed_are_kept_and_finishing_leads_to_the_next(at_work, review, criteria, jonas, points):
    first, last = (f"points_{one.pk}" for one in criteria)
    sent = {"version": 1, first: points, "comment": "Good."}
    assert at_work.post(address(review), sent | {"save": "1"}).url == address(review)
    assert at_work.post(address(review), sent | {"finish": "1", "version": 2}).status_code == 422
    done = at_work.post(address(review), sent | {"finish": "1", "version": 2, last: "5"})
    assert done.url == reverse("mobility:my_reviews")
    review.refresh_from_db()
    assert (review.total, review.comment) == (Decimal("81.25"), "Good.")


@pytest.mark.parametrize("points", ["-1", "10.01", "x", "NaN", "1e9", "9" * 50, "\x00"])
def test_points_beyond_the_scale_are_told_beside_the_field(points, at_work, review, criteria):
    sent = {"version": 1, f"points_{criteria[0].pk}": points, "save": "1"}
    assert at_work.post(address(review), sent).status_code == 422
    assert not Score.objects.exists()


def test_role_that_ended_ends_the_sheet(at_work, review, jonas):
    from ground import clock
    from members.models import Appointment

    assert at_work.get(address(review)).status_code == 200
    Appointment.objects.filter(user=jonas).update(valid_until=clock.now())
    assert at_work.get(address(review)).status_code == 404


def test_coordinator_assigns_by_hand_sees_spread_and_takes_off(desk, submitted, jonas, second, criteria):
    page = reverse("mobility:application_review", args=[submitted.uuid])
    at = reverse("mobility:application_reviewers", args=[submitted.uuid])
    for person in (jonas, jonas, second):
        assert desk.post(at, {"reviewer": str(person.uuid)}).status_code == 302
    assert Review.objects.count() == 2
    for one, points in zip(Review.objects.order_by("pk"), (4, 8), strict=True):
        reviewing.state_impartiality(submitted.call, by=one.reviewer)
        score(one, one.reviewer, points, 0, comment="Inside only")
    text = desk.get(page).content.decode()
    assert all(words in text for words in ("45.00", "30.00", "Inside only"))
    assert desk.post(at, {"remove": str(Review.objects.first().uuid)}).status_code == 409
    assert desk.post(at, {"reviewer": "nobody"}).status_code == 409


def test_reviewers_page_shares_out_and_keeps_units(desk, call, many, jonas):
    Call.objects.update(avoids_own_unit=True)
    unit = factories.UnitFactory(university=call.university)
    many(2)
    at = reverse("mobility:call_reviewers", args=[call.slug])
    assert desk.post(at, {"units": "1", "reviewer": str(jonas.uuid), "unit": [unit.pk]}).status_code == 302
    assert desk.post(at).status_code == 302
    page = desk.get(at)
    (person, count, units, _left) = page.context["rows"][0]
    assert (person, count["n"], units) == (jonas, 2, {unit.pk})


def test_internal_notes_stay_inside(desk, client, submitted, ana, egle, ruta):
    at = reverse("mobility:application_note", args=[submitted.uuid])
    assert desk.post(at, {"text": "Ask the dean."}).status_code == 302
    assert InternalNote.objects.get().author == ruta
    assert (
        "Ask the dean."
        in desk.get(reverse("mobility:application_review", args=[submitted.uuid])).content.decode()
    )
    client.force_login(ana)
    assert "Ask the dean." not in client.get(submitted.get_absolute_url()).content.decode()
    client.force_login(egle)
    text = client.get(reverse("mobility:application_review", args=[submitted.uuid])).content.decode()
    assert "Ask the dean." not in text


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_a_reviewer_costs_the_same_for_one_row_and_three(
    rows, at_work, call, many, jonas, ruta, django_assert_num_queries
):
    reviewing.assign_evenly(call, many(rows), by=ruta)
    with django_assert_num_queries(5):
        at_work.get(reverse("mobility:my_reviews"))


@pytest.mark.parametrize("rows", [1, 3])
def test_sheet_costs_the_same_for_one_criterion_and_three(
    rows, at_work, submitted, call, jonas, ruta, django_assert_num_queries
):
    factories.CriterionFactory.create_batch(rows, call=call)
    review = reviewing.assign_reviewer(submitted, jonas, by=ruta)
    with django_assert_num_queries(7):
        at_work.get(address(review))
