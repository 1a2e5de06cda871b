"""What must never be false of applications and reviews: the database, asked directly and past every verb."""

import pytest
from django.db import IntegrityError, transaction

from ground import clock
from mobility import actions
from mobility.models import (
    Answer,
    Appeal,
    Application,
    BulkDecision,
    CompletionRequest,
    ConflictOfInterest,
    PendingDecision,
    Reading,
    Review,
    Score,
    Submission,
    Wish,
)
from tests import factories

pytestmark = pytest.mark.django_db
MINUTE = 60


def refused(name, write, *args, **kwargs):
    """`write` is refused by the constraint `name`, and the transaction can go on."""
    with pytest.raises(IntegrityError) as told, transaction.atomic():
        write(*args, **kwargs)
    assert told.value.__cause__.diag.constraint_name == name


def test_every_submission_is_kept_with_its_number_and_fingerprint(submitted, ana):
    first = submitted.submissions.get()
    assert (first.number, first.sha256, first.content) == (1, submitted.snapshot_sha256, submitted.snapshot)
    assert first.submitted_at == submitted.submitted_at
    actions.take_back_application(submitted, by=ana)
    Application.objects.update(motivation="Something else.")
    again = actions.submit_application(Application.objects.get(), by=ana)
    assert [one.sha256 for one in again.submissions.all()] == [first.sha256, again.snapshot_sha256]
    assert "teach robots" in str(Submission.objects.get(number=1).content)


def test_what_was_submitted_never_changes_and_never_goes(submitted):
    rows = Submission.objects.all()
    refused("mobility_submission_sealed", rows.update, sha256="0" * 64)
    refused("mobility_submission_sealed", rows.update, content={})
    refused("mobility_submission_sealed", rows.delete)
    refused("mobility_submission_sealed", submitted.delete)


def test_whole_applications_can_be_forgotten_and_nothing_else_after_it(submitted, ruta):
    other = Submission(application=submitted, number=2, content={}, sha256="0" * 64, submitted_at=clock.now())
    other.save()
    reader = Reading(application=submitted, reader=ruta, reader_name="R", read_at=clock.now())
    reader.save()
    kept = factories.ApplicationFactory(
        status="submitted", submitted_at=clock.now(), snapshot={}, snapshot_sha256="0" * 64
    )
    Submission.objects.create(
        application=kept, number=1, content={}, sha256="0" * 64, submitted_at=clock.now()
    )
    assert Application.objects.filter(pk=submitted.pk).forget() == 1
    assert not Reading.objects.exists()
    refused("mobility_submission_sealed", Submission.objects.all().delete)


def test_a_reading_stays_as_it_was_written_and_outlives_its_reader(submitted, ruta, ana):
    reader = factories.UserFactory()
    Reading.objects.create(application=submitted, reader=reader, reader_name="Somebody", read_at=clock.now())
    refused("mobility_reading_sealed", Reading.objects.all().update, reader_name="Nobody")
    refused("mobility_reading_sealed", Reading.objects.all().delete)
    reader.delete()
    assert Reading.objects.about(ana).get().reader_name == "Somebody"
    assert not Reading.objects.about(ruta).exists()


def test_nobody_scores_their_own_application(submitted, ana):
    refused("mobility_review_of_others", factories.ReviewFactory, application=submitted, reviewer=ana)


def test_a_conflict_of_interest_and_a_review_shut_each_other_out(submitted, jonas):
    declared = {"application": submitted, "reviewer": jonas, "declared_at": clock.now()}
    review = factories.ReviewFactory(application=submitted, reviewer=jonas)
    refused("mobility_review_without_conflict", ConflictOfInterest.objects.create, **declared)
    review.delete()
    ConflictOfInterest.objects.create(**declared)
    refused(
        "mobility_review_without_conflict", factories.ReviewFactory, application=submitted, reviewer=jonas
    )


def test_points_stay_within_the_scale_of_a_criterion_of_the_same_call(submitted, jonas, call):
    review = factories.ReviewFactory(application=submitted, reviewer=jonas)
    criterion, other = factories.CriterionFactory(call=call, most=10), factories.CriterionFactory()
    refused(
        "mobility_score_within_scale", Score.objects.create, review=review, criterion=criterion, points="10.5"
    )
    refused("mobility_score_of_same_call", Score.objects.create, review=review, criterion=other, points=1)
    refused(
        "mobility_score_not_negative", Score.objects.create, review=review, criterion=criterion, points=-1
    )
    Score.objects.create(review=review, criterion=criterion, points=9)
    refused("mobility_score_within_scale", type(criterion).objects.filter(pk=criterion.pk).update, most=8)


def test_a_review_is_finished_with_a_total_and_made_once(submitted, jonas):
    review = factories.ReviewFactory(application=submitted, reviewer=jonas)
    refused("mobility_review_once", factories.ReviewFactory, application=submitted, reviewer=jonas)
    refused("mobility_review_done_has_total", Review.objects.all().update, done_at=clock.now())
    Review.objects.filter(pk=review.pk).update(done_at=clock.now(), total=88)
    refused("mobility_review_done_has_total", Review.objects.all().update, total=101)


def test_wishes_papers_answers_and_offers_are_of_the_same_call(draft, submitted, ana):
    elsewhere = factories.PlaceFactory()
    same = "mobility_of_the_same_call"
    refused(same, Wish.objects.create, application=draft, place=elsewhere, rank=2)
    refused(same, Wish.objects.all().update, place=elsewhere)
    refused(same, Answer.objects.create, application=draft, question=factories.QuestionFactory(), text="Yes")
    asked = factories.RequiredDocumentFactory()
    document = factories_document(ana)
    refused(same, draft.documents.create, asked=asked, document=document)
    refused(same, Application.objects.all().update, offered_place=elsewhere, offer_expires_at=clock.now())


def factories_document(by):
    from documents.models import Document

    return Document.objects.create(
        name="a.pdf", storage_name="x", content_type="application/pdf", size=1, sha256="0" * 64,
        uploaded_by=by, uploaded_at=clock.now(),
    )  # fmt: skip


def test_an_answer_is_of_one_kind(draft, call):
    question = factories.QuestionFactory(call=call)
    option = factories.QuestionOptionFactory(question=question)
    made = {"application": draft, "question": question}
    refused("mobility_answer_of_one_kind", Answer.objects.create, text="Yes", options=[option.uuid], **made)
    Answer.objects.create(text="Yes", **made)
    refused("mobility_answer_once", Answer.objects.create, text="No", **made)


def test_an_application_waits_for_one_bulk_decision_at_most(submitted, call, ruta):
    now = clock.now()

    def bulk(**more):
        later = {"made_at": now, "takes_effect_at": now.replace(year=now.year + 1)}
        return BulkDecision.objects.create(call=call, by=ruta, step="waitlist", **(later | more))

    first, second = bulk(), bulk()
    PendingDecision.objects.create(bulk=first, application=submitted)
    refused("mobility_pending_one_open", PendingDecision.objects.create, bulk=second, application=submitted)
    first.decisions.update(is_open=False)
    PendingDecision.objects.create(bulk=second, application=submitted)
    refused("mobility_bulk_waits", bulk, takes_effect_at=now)
    refused("mobility_bulk_settled", BulkDecision.objects.all().update, status="done")


def test_an_answer_is_appealed_once_and_settled_with_its_moment(submitted):
    made = {
        "application": submitted,
        "against": "ineligible",
        "text": "I have more credits.",
        "made_at": clock.now(),
    }
    Appeal.objects.create(**made)
    refused("mobility_appeal_once", Appeal.objects.create, **made)
    refused("mobility_appeal_against", Appeal.objects.create, **made | {"against": "offered"})
    refused("mobility_appeal_settled", Appeal.objects.all().update, status="upheld")


def test_returning_names_what_is_asked_and_submitting_again_answers_it(submitted, ruta, ana):
    returned = actions.decide(
        submitted, "return", by=ruta, note="Page two is missing.", fields=["documents", "studies.ects"]
    )
    asked = CompletionRequest.objects.get()
    assert (asked.fields, asked.note, asked.answered_at) == (
        ["documents", "studies.ects"], "Page two is missing.", None,
    )  # fmt: skip
    actions.submit_application(returned, by=ana)
    asked.refresh_from_db()
    assert asked.answered_at is not None


def test_a_score_has_reviews_and_a_spread(submitted):
    refused("mobility_application_score", Application.objects.all().update, score=50)
    refused("mobility_application_score", Application.objects.all().update, reviews_done=1)
    Application.objects.update(score=50, spread=0, reviews_done=1)
    refused("mobility_application_score", Application.objects.all().update, score=101)


def test_an_application_is_filed_by_what_was_submitted(submitted, ana, aveiro):
    assert (submitted.sent_level, submitted.sent_ects, submitted.sent_field_id) == (
        6,
        120,
        submitted.field_id,
    )
    assert (submitted.sent_host, submitted.findings) == (aveiro, [])
    taken_back = actions.take_back_application(submitted, by=ana)
    taken_back.refresh_from_db()
    assert (taken_back.sent_level, taken_back.sent_host, taken_back.search) == (None, None, None)
