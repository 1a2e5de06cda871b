"""A small world with a record of every kind, for the access table and the canaries.

Each university's private rows carry a canary of their own: a text that nobody else's page may ever contain.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import reversion
from django.core.files.uploadedfile import SimpleUploadedFile

from documents import actions as documents
from ground import clock
from members.models import AppointmentRequest, Centre, CentreNetwork, Contact, Factsheet
from members.models.exchange import year_of, year_on
from mobility.models import (
    ApplicationDocument,
    BulkDecision,
    ImpartialityStatement,
    PendingDecision,
    RequiredDocument,
    Review,
    SavedTable,
    Wish,
)
from news.models import (
    Attachment,
    Issue,
    IssueEntry,
    KeptPicture,
    Picture,
    PreviewLink,
    Question,
    Registration,
    Series,
    Subscription,
    Topic,
)
from news.newsletter.stories import told_of
from notifications import outbox
from notifications.models import Message, ReminderRule
from projects.models import Amendment, BulkChange, Import, ProjectDocument, SavedFilter, Sharing
from tests import factories
from tests.documents.samples import picture
from tests.members import agreeing

CAST = [
    "nobody", "ana", "student", "bruno", "chiara", "dainius", "manager", "ruta", "jonas", "ieva", "tomas", "egle",
    "laima", "former",
]  # fmt: skip
CANARY_KTU = "canaryktuquince"
CANARY_AVEIRO = "canaryaveiroplum"


def _pdf() -> bytes:
    """The smallest page that a PDF reader accepts, with a right table of offsets."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 4\n0000000000 65535 f \n%strailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table, len(out),
    )  # fmt: skip


PDF = _pdf()


def build(cast: dict[str, Any], ktu: Any, aveiro: Any) -> SimpleNamespace:
    """The records, given the cast by name and two universities."""
    w = SimpleNamespace(ktu=ktu, aveiro=aveiro, cast=cast)
    _projects(w)
    _steps(w)
    _agreements(w)
    _mobility(w)
    _news(w)
    _newsletter(w)
    _factsheets(w)
    w.network = CentreNetwork.objects.create(name_en="Sister hubs")
    w.centre = Centre.objects.create(host=aveiro.organisation, slug="innhub", name_en="Innovation hub")
    Contact.objects.create(
        university=aveiro, name=CANARY_AVEIRO, email="hidden@aveiro.example", is_public=False
    )
    w.unit = factories.UnitFactory(university=ktu)
    w.school = factories.OrganisationFactory(name="School of the group", parent=ktu.organisation)
    w.contact = Contact.objects.create(university=ktu, name="Open office", is_public=True)
    message = outbox.enqueue(
        "projects.period_ends" if w.project else "", to=cast["dainius"],
        subject=("project", w.project.uuid, w.project.code), context=_period_context(w.project),
    )  # fmt: skip
    _requests(w)
    w.failed_message = outbox.enqueue(
        "projects.period_ends", to=cast["dainius"], subject=("project", w.project.uuid, w.project.code),
        context=_period_context(w.project),
    )  # fmt: skip
    Message.objects.filter(pk=w.failed_message.pk).update(state="failed", error="550 5.1.1 no such person")
    w.inbox_item = cast["dainius"].inbox_items.first() if message else None
    w.reminder_rule = ReminderRule.objects.create(kind="projects.period_ends", days_before=90)
    return w


def _requests(w: SimpleNamespace) -> None:
    """People ask for a role: one at KTU, and a coordinator of KTU at Aveiro."""
    asked = {"role": "student", "made_at": clock.now()}
    w.role_request = AppointmentRequest.objects.create(user=w.cast["former"], university=w.ktu, **asked)
    w.ruta_request = AppointmentRequest.objects.create(user=w.cast["ruta"], university=w.aveiro, **asked)


def _period_context(project: Any) -> dict[str, Any]:
    from notifications import kinds

    return dict(kinds.find("projects.period_ends").sample)


def _file(by: Any, name: str = "paper.pdf") -> Any:
    return documents.store(SimpleUploadedFile(name, PDF, content_type="application/pdf"), by=by)


def _projects(w: SimpleNamespace) -> None:
    manager = w.cast["dainius"]
    w.programme = factories.ProgrammeFactory(slug="programme")
    w.project = factories.ProjectFactory(code="PUB-1", lead=w.ktu)
    w.draft_project = factories.ProjectFactory(
        code="DRAFT-1", lead=w.ktu, publication="draft", title_en=CANARY_KTU
    )
    w.milestone = factories.MilestoneFactory(project=w.project)
    w.archived_project = factories.ProjectFactory(code="OLD-1", lead=w.ktu, publication="archived")
    w.foreign_draft = factories.ProjectFactory(
        code="DRAFT-2", lead=w.aveiro, publication="draft", title_en=CANARY_AVEIRO
    )
    w.own_filter = SavedFilter.objects.create(
        user=w.cast["ana"], name="Mine", query="phase=ending", saved_at=clock.now()
    )
    w.internal_paper = ProjectDocument.objects.create(
        project=w.project, document=_file(manager), title_en=f"Internal {CANARY_KTU}", is_public=False
    )
    w.public_paper = ProjectDocument.objects.create(
        project=w.project, document=_file(manager), title_en="Open paper", is_public=True
    )


def _steps(w: SimpleNamespace) -> None:
    """What has become of projects: shared, amended, saved before, changed together with others."""
    w.shared_project = factories.ProjectFactory(
        code="SHARED-1", lead=w.aveiro, publication="draft", title_en="Shared by two"
    )
    Sharing.objects.create(project=w.shared_project, university=w.ktu, shared_at=clock.now())
    w.amended_project = factories.ProjectFactory(code="AMENDED-1", lead=w.ktu)
    w.amendment = Amendment.objects.create(
        project=w.amended_project, number=1, agreed_on=dt.date(2026, 2, 1), reason_en="Late partners.",
        starts_before=dt.date(2026, 1, 1), ends_before=dt.date(2027, 6, 30),
        starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2027, 12, 31),
    )  # fmt: skip
    with reversion.create_revision():
        reversion.add_to_revision(w.project)
    w.bulk_change = BulkChange.objects.create(
        by=w.cast["dainius"], kind="publish", made_at=clock.now(), done_at=clock.now()
    )
    w.import_batch = Import.objects.create(
        by=w.cast["dainius"], name=f"{CANARY_KTU}.csv", status="checked", columns=["code"], mapping={"0": "code"},
        settings={"kind": "csv", "encoding": "utf-8", "delimiter": ","}, outcome={"counts": {}}, begun_at=clock.now(),
    )  # fmt: skip


def _agreements(w: SimpleNamespace) -> None:
    """One in force, one that waits for approvals, one of which the partner knows nothing."""
    ruta, bruno = w.cast["ruta"], w.cast["bruno"]
    begins = int(year_on(clock.today("Europe/Vilnius"))[:4]) + 1
    years = {"first_year": year_of(begins), "last_year": year_of(begins + 2)}
    flows = [replace(flow, **years) for flow in (agreeing.STUDIES, agreeing.TEACHING)]
    w.agreed = agreeing.agreed(w.ktu, w.aveiro, ruta, bruno, *flows, **years)
    w.proposed = agreeing.sent(w.ktu, w.aveiro, ruta, *flows, **years).agreement
    w.drafted = agreeing.propose(w.ktu, w.aveiro, ruta, *flows, remarks=CANARY_KTU, **years).agreement


def _mobility(w: SimpleNamespace) -> None:
    now = clock.now()
    w.call = factories.CallFactory(slug="studies", university=w.ktu)
    w.draft_call = factories.CallFactory(
        slug="hidden", university=w.ktu, publication="draft", title_en=CANARY_KTU
    )
    w.place = factories.PlaceFactory(call=w.call, host=w.aveiro)
    w.asked = RequiredDocument.objects.create(call=w.call, name_en="Transcript of records")
    w.draft = factories.ApplicationFactory(
        call=w.call, applicant=w.cast["ana"], given_name="Ana", motivation=CANARY_KTU
    )
    w.submitted = factories.ApplicationFactory(
        call=w.call, applicant=w.cast["student"], given_name=CANARY_KTU, status="submitted", submitted_at=now,
        snapshot={"parts": []}, snapshot_sha256="0" * 64,
    )  # fmt: skip
    Wish.objects.create(application=w.submitted, place=w.place, rank=1)
    w.paper = ApplicationDocument.objects.create(
        application=w.submitted, asked=w.asked, document=_file(w.cast["student"])
    )
    w.submitted.snapshot = {"documents": [{"uuid": str(w.paper.document.uuid), "name": "paper.pdf"}]}
    w.submitted.save()
    w.offered = factories.ApplicationFactory(
        call=factories.CallFactory(slug="teaching", university=w.ktu, kind="staff_teaching"),
        applicant=w.cast["tomas"], status="submitted", submitted_at=now, snapshot={"parts": []},
        snapshot_sha256="0" * 64, given_name="Tomas",
    )  # fmt: skip
    _selection(w)
    seat = factories.PlaceFactory(call=w.offered.call, host=w.aveiro, taken=1)
    w.offered.status, w.offered.offered_place = "offered", seat
    w.offered.offer_expires_at = now + dt.timedelta(days=3)
    w.offered.save()
    w.unstarted_call = factories.CallFactory(slug="training", university=w.ktu, kind="staff_training")
    w.refused = factories.ApplicationFactory(
        call=factories.CallFactory(slug="closed", university=w.ktu), applicant=w.cast["former"],
        status="ineligible", submitted_at=now, decided_at=now,
        snapshot={"parts": []}, snapshot_sha256="0" * 64, given_name="Buvęs",
    )  # fmt: skip
    w.appeal = w.refused.appeals.create(against="ineligible", text="I have more credits.", made_at=now)


def _selection(w: SimpleNamespace) -> None:
    """A review of Jonas, a decision that waits, a filter that Rūta keeps."""
    now = clock.now()
    w.review = Review.objects.create(application=w.submitted, reviewer=w.cast["jonas"], assigned_at=now)
    ImpartialityStatement.objects.create(call=w.call, reviewer=w.cast["jonas"], made_at=now)
    w.bulk = BulkDecision.objects.create(
        call=w.call, by=w.cast["ruta"], step="find_ineligible", note=CANARY_KTU, made_at=now,
        takes_effect_at=now + dt.timedelta(minutes=10),
    )  # fmt: skip
    PendingDecision.objects.create(bulk=w.bulk, application=w.submitted)
    w.kept_table = SavedTable.objects.create(user=w.cast["ruta"], name=CANARY_KTU, saved_at=now)


def _factsheets(w: SimpleNamespace) -> None:
    """A published one, and a draft that nobody else reads."""
    w.factsheet = Factsheet.objects.create(university=w.ktu, year="2026/2027", is_published=True)
    w.factsheet.terms.create(term="autumn", nomination_until=dt.date(2026, 4, 15))
    w.draft_factsheet = Factsheet.objects.create(
        university=w.ktu,
        year="2027/2028",
        housing_en=CANARY_KTU,
        housing_website=f"https://{CANARY_KTU}.example/",
    )
    w.draft_factsheet.terms.create(term="autumn", nomination_until=dt.date(2027, 4, 15))


def _news(w: SimpleNamespace) -> None:
    Topic.objects.create(slug="mobility", name_en="Mobility")
    w.news = factories.NewsItemFactory(slug="published-news", university=w.ktu)
    w.draft_news = factories.NewsItemFactory(
        slug="draft-news", university=w.ktu, publication="draft", published_at=None, title_en=CANARY_KTU
    )
    w.event = factories.EventFactory(slug="open-day", university=w.ktu)
    w.draft_event = factories.EventFactory(
        slug="draft-event", university=w.ktu, publication="draft", title_en=CANARY_KTU
    )
    w.foreign_event = factories.EventFactory(slug="elsewhere", university=w.aveiro)
    w.repeated_event = factories.EventFactory(
        slug="every-week", university=w.ktu, occurrence_on=dt.date(2090, 1, 1),
        series=Series.objects.create(
            repeats="weekly", first_on=dt.date(2090, 1, 1), until=dt.date(2090, 1, 8)
        ),
    )  # fmt: skip
    w.event_paper = Attachment.objects.create(
        event=w.draft_event, document=_file(w.cast["ieva"]), title_en="Paper"
    )
    factories.AdmissionFactory(event=w.event, line=1)
    asked = Question.objects.create(event=w.event, words_en="What do you eat?")
    w.registration = Registration.objects.create(
        event=w.event, user=w.cast["ana"], name="Ana", digest="a" * 64, state="in", number=1, attended=True,
        answers={str(asked.uuid): CANARY_KTU}, created_at=factories.LONG_AGO, counted_at=factories.LONG_AGO,
    )  # fmt: skip
    w.attachment = Attachment.objects.create(item=w.news, document=_file(w.cast["ieva"]), title_en="Paper")
    w.previewed = factories.NewsItemFactory(
        slug="previewed-news",
        university=w.ktu,
        publication="draft",
        published_at=None,
        title_en="Read before",
    )
    w.previewed_paper = Attachment.objects.create(
        item=w.previewed, document=_file(w.cast["ieva"]), title_en="Paper"
    )
    w.news_picture, w.draft_picture = (
        Picture.objects.create(item=item, number=1, alt_en="A picture", document=_picture(w.cast["ieva"]))
        for item in (w.news, w.previewed)
    )
    w.kept_picture = KeptPicture.objects.create(
        item=w.draft_news, user=w.cast["ieva"], document=_picture(w.cast["ieva"]), kept_at=factories.LONG_AGO
    )
    with reversion.create_revision():
        w.draft_news.save()
    now = clock.now()
    w.preview_link = PreviewLink.objects.create(
        item=w.previewed, made_at=now, expires_at=now + dt.timedelta(days=14)
    )


def _newsletter(w: SimpleNamespace) -> None:
    """A subscriber of whom nobody but the address's owner learns, an issue that is out and one that is written."""
    w.reader = Subscription.objects.create(
        user=w.cast["ana"], email="reader@mail.example", digest="b" * 64, state="live",
        created_at=factories.LONG_AGO, confirmed_at=factories.LONG_AGO,
    )  # fmt: skip
    now = clock.now()
    w.issue = Issue.objects.create(
        subject_en="Last week", subject_lt="Praėjusi savaitė", number=1, state="sent", started_at=now,
        finished_at=now, changed_at=now,
    )  # fmt: skip
    IssueEntry.objects.create(issue=w.issue, position=0, item=w.news, told=told_of(w.news))
    w.draft_issue = Issue.objects.create(subject_en=CANARY_KTU, subject_lt=CANARY_KTU, changed_at=now)
    IssueEntry.objects.create(issue=w.draft_issue, position=0, item=w.news)


def _picture(by: Any) -> Any:
    upload = SimpleUploadedFile("picture.png", picture("PNG"))
    return documents.store(upload, by=by, image_only=True)
