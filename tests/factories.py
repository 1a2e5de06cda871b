"""Test records, plainly invented."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from members.models import (
    Appointment,
    FieldOfEducation,
    Membership,
    Organisation,
    OrganisationalUnit,
    Role,
    University,
)
from mobility.models import (
    Application,
    Call,
    Criterion,
    Place,
    Question,
    QuestionOption,
    RequiredDocument,
    Review,
    Wish,
)
from news.models import Admission, Event, NewsItem
from projects.models import Milestone, Programme, Project

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
PASSWORD = "plain-invented-secret"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@people.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        if create:
            self.set_password(extracted or PASSWORD)
            self.save()


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"University of Example {n}")
    country = "LT"
    city = "Kaunas"


class UniversityFactory(DjangoModelFactory):
    class Meta:
        model = University

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda n: f"university-{n}")
    zone = "Europe/Vilnius"


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    university = factory.SubFactory(UniversityFactory)
    kind = "member"


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    role = Role.STUDENT
    university = factory.SubFactory(UniversityFactory)
    valid_from = LONG_AGO


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = OrganisationalUnit

    university = factory.SubFactory(UniversityFactory)
    name_en = factory.Sequence(lambda n: f"Department {n}")


class FieldFactory(DjangoModelFactory):
    class Meta:
        model = FieldOfEducation
        django_get_or_create = ("code",)

    code = "0613"
    name_en = "Software and applications development and analysis"
    name_lt = "Programinės įrangos ir taikomųjų programų kūrimas bei analizė"


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    slug = factory.Sequence(lambda n: f"programme-{n}")
    name_en = factory.Sequence(lambda n: f"Programme {n}")
    position = factory.Sequence(lambda n: n % 9000 + 1)


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"TEST-26-{n:03d}")
    lead = factory.SubFactory(UniversityFactory)
    title_en = factory.Sequence(lambda n: f"Project {n}")
    starts_on = dt.date(2026, 1, 1)
    ends_on = dt.date(2027, 12, 31)
    publication = "published"

    @factory.post_generation
    def words(self, create, extracted, **kwargs):
        if create:
            self.refresh_search()


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    project = factory.SubFactory(ProjectFactory)
    title_en = "Progress report"
    due_on = dt.date(2026, 6, 30)


class CallFactory(DjangoModelFactory):
    class Meta:
        model = Call

    university = factory.SubFactory(UniversityFactory)
    slug = factory.Sequence(lambda n: f"call-{n}")
    title_en = factory.Sequence(lambda n: f"Studies abroad {n}")
    kind = "student_studies"
    academic_year = "2026/2027"
    opens_at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    closes_at = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
    publication = "published"


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = Place

    call = factory.SubFactory(CallFactory)
    host = factory.SubFactory(UniversityFactory)
    capacity = 2


class ApplicationFactory(DjangoModelFactory):
    class Meta:
        model = Application

    call = factory.SubFactory(CallFactory)
    applicant = factory.SubFactory(UserFactory)
    reference = factory.Sequence(lambda n: f"TEST-{n:05d}")
    created_at = LONG_AGO
    saved_at = LONG_AGO


class RequiredDocumentFactory(DjangoModelFactory):
    class Meta:
        model = RequiredDocument

    call = factory.SubFactory(CallFactory)
    name_en = "Transcript of records"
    name_lt = "Akademinė pažyma"


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = Question

    call = factory.SubFactory(CallFactory)
    kind = "short"
    text_en = factory.Sequence(lambda n: f"Question {n}?")


class QuestionOptionFactory(DjangoModelFactory):
    class Meta:
        model = QuestionOption

    question = factory.SubFactory(QuestionFactory, kind="choice")
    words_en = factory.Sequence(lambda n: f"Answer {n}")


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    call = factory.SubFactory(CallFactory)
    name_en = factory.Sequence(lambda n: f"Criterion {n}")


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    application = factory.SubFactory("tests.factories.ApplicationFactory")
    reviewer = factory.SubFactory(UserFactory)
    assigned_at = LONG_AGO


class WishFactory(DjangoModelFactory):
    class Meta:
        model = Wish

    application = factory.SubFactory(ApplicationFactory)
    place = factory.SubFactory(PlaceFactory)
    rank = 1


def complete_application(applicant, *places, call=None, **fields):
    """A draft of `applicant` that lacks nothing, with wishes for `places`."""
    call = call or places[0].call
    answers = {
        "given_name": "Ana", "family_name": "Bandomoji", "birth_date": dt.date(2004, 5, 6), "nationality": "LT",
        "phone": "+370 600 00000", "motivation": "I want to learn how others teach robots.",
        "declared_true": True, "declared_privacy": True,
        "visited": ["personal", "studies", "work", "languages", "wishes", "motivation", "documents", "questions",
                    "declarations"],
    }  # fmt: skip
    studies = {"study_programme": "Informatics", "level": 6, "field": FieldFactory(), "ects": 120}
    work = {
        "work_unit": "Faculty of Informatics, lecturer", "work_plan": "Eight hours of lectures.", "hours": 8,
        "seniority": "senior", "planned_days": 5, "work_goals": "To teach robotics together.",
    }  # fmt: skip
    values = answers | (studies if call.for_students else work) | fields
    application = ApplicationFactory(call=call, applicant=applicant, **values)
    application.languages.create(language="en", level="C1")
    for rank, place in enumerate(places, 1):
        WishFactory(application=application, place=place, rank=rank)
    return application


class NewsItemFactory(DjangoModelFactory):
    class Meta:
        model = NewsItem

    slug = factory.Sequence(lambda n: f"news-{n}")
    title_en = factory.Sequence(lambda n: f"News {n}")
    publication = "published"
    published_at = LONG_AGO


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    slug = factory.Sequence(lambda n: f"event-{n}")
    title_en = factory.Sequence(lambda n: f"Event {n}")
    zone = "Europe/Vilnius"
    starts_at = dt.datetime(2090, 1, 1, 12, tzinfo=dt.UTC)
    publication = "published"


class AdmissionFactory(DjangoModelFactory):
    class Meta:
        model = Admission

    event = factory.SubFactory(EventFactory)
    capacity = 10
