"""The demo: what it holds, that it loads once, and that it goes without a trace."""

import datetime as dt
from html import unescape
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import Client, override_settings

from accounts.models import User
from alliance_portal.demo import calls, loader, people
from alliance_portal.demo.reading import CONTENT, Days, read
from audit.models import Event as AuditEvent
from documents.actions import path_of
from documents.checks import check
from documents.models import Document
from ground import clock
from members.models import (
    Appointment,
    Centre,
    Figure,
    Identifier,
    Organisation,
    OrganisationalUnit,
    Scheme,
    University,
)
from mobility.models import Application, Call, Place
from mobility.workflow import Status
from news.models import Event, NewsItem, Topic
from notifications import planner
from notifications.models import InboxItem, Message, ReminderPlan, TrackedDate
from projects.models import Amendment, Follower, Milestone, Programme, Project, Result, Sharing
from projects.workflow import Phase
from tests import factories

# One process runs them all: the demo, which takes seconds to load, is loaded once.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]
MONDAY = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo of one Monday, for all tests of this module; each undoes what it does, the last one all."""
    quick = override_settings(
        DOCUMENTS_ROOT=tmp_path_factory.mktemp("documents"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )
    with django_db_blocker.unblock(), transaction.atomic(), quick:
        with clock.one_moment(MONDAY):
            loader.load_demo()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db, at):
    """The loaded demo, on the day of loading."""
    with at(MONDAY):
        yield


@pytest.fixture
def membership_project(demo):
    return Project.objects.get(code="S-NET-24-50")


def counts():
    """How many records of each kind there are."""
    kinds = (
        User, Appointment, Project, Milestone, Programme, Call, Place, Application, NewsItem, Event, Topic, Document,
        Organisation, University, OrganisationalUnit, Centre, Figure, AuditEvent, InboxItem, Message,
        Amendment, Follower, Result, Sharing,
    )  # fmt: skip
    return {kind._meta.label: kind.objects.count() for kind in kinds}


# Project S-NET-24-50, fact by fact.


def test_the_membership_project_has_its_number_title_and_three_websites(membership_project):
    assert membership_project.title_en == "Membership of the European Consortium of Innovative Universities"
    assert membership_project.title_lt == "Narystė Europos inovatyvių universitetų konsorciume"
    assert [site.url for site in membership_project.websites.all()] == [
        "https://eciu.ktu.edu/", "https://eciu-en.ktu.edu/", "https://www.eciu.eu/",
    ]  # fmt: skip


def test_the_membership_project_has_two_sources_of_money_without_amounts(membership_project):
    lines = membership_project.funding_lines.all()
    assert [(line.programme.name_en, line.amount, line.share) for line in lines] == [
        ("Recovery and Resilience Facility", None, None),
        ("State budget of the Republic of Lithuania", None, None),
    ]
    assert [line.programme.name_lt for line in lines] == [
        "Ekonomikos gaivinimo ir atsparumo didinimo priemonė", "Lietuvos Respublikos valstybės biudžetas",
    ]  # fmt: skip


def test_the_membership_project_has_its_period_and_is_completed(membership_project):
    assert (membership_project.starts_on, membership_project.ends_on) == (
        dt.date(2024, 2, 22), dt.date(2026, 3, 1),
    )  # fmt: skip
    assert membership_project.years == "2024–2026"
    assert membership_project.phase == Phase.COMPLETED
    assert membership_project.publication == "published"


def test_the_membership_project_has_its_head_without_account_and_both_departments(membership_project):
    head = membership_project.team.get()
    assert (head.name, head.part, head.user) == ("Viktorija Kazlauskienė", "head", None)
    units = [department.unit for department in membership_project.departments.all()]
    assert [unit.name_en for unit in units] == ["ECIU Centre", "International Relations Department"]
    assert [unit.name_lt for unit in units] == ["ECIU centras", "Tarptautinių ryšių departamentas"]
    assert {unit.university.slug for unit in units} == {membership_project.lead.slug} == {"ktu"}


@pytest.mark.parametrize(
    ("field", "english", "lithuanian"),
    [
        ("description", "14 members", "14 ECIU narių"),
        ("description", "Since 2019", "Nuo 2019 m."),
        ("description", "European University Networks Initiative", "Europos universitetų tinklų iniciatyvą"),
        ("description", "flexible learning pathways", "lanksčius mokymosi kelius"),
        ("description", "challenge-based learning", "sprendžiant iššūkius"),
        ("description", "micro-credentials", "mikrokredencialus"),
        ("description", "artificial intelligence", "dirbtinis intelektas"),
        ("description", "virtual reality", "virtualioji realybė"),
        ("description", "blockchain", "blokų grandinės"),
        ("description", "new model", "naują mokslinių tyrimų ir inovacijų modelį"),
        ("description", "150 faculties", "150 fakultetų"),
        ("description", "about 500 research groups", "apie 500 mokslinių tyrimų grupių"),
        ("description", "over 300,000 students", "daugiau kaip 300 000 studentų"),
        ("description", "over 28,000 academic staff", "daugiau kaip 28 000 akademinio"),
        ("description", "over 22,000 other staff", "daugiau kaip 22 000 kito personalo"),
        ("description", "share infrastructure", "Bendra infrastruktūra"),
        ("description", "KTU Strategy for 2021–2025", "2021–2025 m. KTU strategija"),
        (
            "description",
            "programme of the Government of Lithuania",
            "Lietuvos Respublikos Vyriausybės programos",
        ),
        ("description", "“Lithuania 2050”", "„Lietuva 2050“"),
        ("results", "International cooperation", "Tarptautinis bendradarbiavimas"),
        ("results", "online or in a blended form", "virtualiojo ir mišriojo mobilumo"),
        ("results", "exchange data and researchers", "keičiasi duomenimis ir tyrėjais"),
        ("results", "International funding", "finansavimo šaltiniai"),
        ("results", "joint study programmes", "jungtinės studijų programos"),
        ("results", "technology", "technologijos"),
        ("results", "business and industry", "verslu ir pramone"),
        ("results", "non-governmental organisations", "nevyriausybinėmis organizacijomis"),
        ("results", "knowledge economy", "žinių ekonomikos"),
        ("objectives", "more visible", "matomumą"),
    ],
)
def test_the_membership_project_tells_each_fact_in_both_languages(
    membership_project, field, english, lithuanian
):
    assert english in getattr(membership_project, f"{field}_en")
    assert lithuanian in getattr(membership_project, f"{field}_lt")


def test_the_membership_project_is_found_by_its_number_head_and_department(membership_project):
    for typed in ("s-net-24-50", "SNET2450", "kazlauskiene", "eciu centre", "atsparumo"):
        assert membership_project in Project.objects.search(typed), typed


def test_the_first_revision_of_a_project_holds_its_rows(membership_project):
    from reversion.models import Version

    version = Version.objects.get_for_object(membership_project).get()
    kinds = {other.content_type.model for other in version.revision.version_set.all()}
    assert kinds >= {"project", "website", "fundingline", "teammember", "department"}


# The other real content.


def test_ktu_tells_its_priorities_history_and_department_in_both_languages(demo):
    ktu = University.objects.get(slug="ktu")
    for text in (ktu.priorities_en, ktu.priorities_lt):
        assert [line[:2] for line in text.splitlines()] == ["1.", "2.", "3.", "4."]
    assert "**1999**" in ktu.history_en
    assert "**1999 m.**" in ktu.history_lt
    unit = OrganisationalUnit.objects.get(university=ktu, name_en="International Relations Department")
    assert "mobility of students and staff" in unit.description_en
    assert "studentų ir darbuotojų tarptautinį akademinį mobilumą" in unit.description_lt


def test_the_figures_of_the_alliance_keep_their_precision(demo):
    figures = Figure.objects.filter(university=None).values_list("kind", "qualifier", "value")
    assert set(figures) == {
        ("faculties", "exactly", 150), ("research_groups", "about", 500), ("students", "over", 300_000),
        ("academic_staff", "over", 28_000), ("other_staff", "over", 22_000),
    }  # fmt: skip


def test_the_innovation_centre_has_its_founding_and_three_sisters_in_one_network(demo):
    centre = Centre.objects.get(slug="innhub-bialystok")
    assert centre.founded_on == dt.date(2023, 2, 9)
    assert "15:00" in centre.founding_agreement_en
    assert "15.00 val." in centre.founding_agreement_lt
    hosts = Identifier.objects.filter(scheme=Scheme.ERASMUS, organisation__centres__network=centre.network)
    assert set(hosts.values_list("value", flat=True)) == {
        "PL BIALYST01", "PL POZNAN02", "PL LODZ02", "PL KRAKOW04",
    }  # fmt: skip


def shown(address):
    answer = Client().get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/en/universities/ktu/", ["Attracting academic staff", "<strong>1999</strong>", "ECIU Centre", "LT KAUNAS02",
                                   "International Relations Department", "recognition of foreign qualifications"]),
        ("/lt/universities/ktu/", ["Akademinių darbuotojų ir studentų", "<strong>1999 m.</strong>",
                                   "Tarptautinių ryšių departamentas", "kvalifikacijų akademiniu pripažinimu"]),
        ("/en/universities/centres/innhub-bialystok/", [
            "Foundation for the Development of the Education System", "9 February 2023", "Rectorate building",
            "innovation ecosystems", "Workshops for leaders", "Open Day", "European Universities", "Sister centres",
            "Poznan University of Technology", "Lodz University of Technology", "Cracow University of Economics",
            "across sectors", "Bialystok University of Technology", "Politechnika Białostocka"]),
        ("/lt/universities/centres/innhub-bialystok/", ["Švietimo sistemos plėtros fondas",
                                                           "2023\u00a0m. vasario 9\u00a0d.",
                                                           "Balstogės technologijos universitetas"]),
    ],
)  # fmt: skip
def test_the_pages_tell_what_the_sources_tell(demo, address, told):
    text = shown(address)
    assert [words for words in told if words not in text] == []


def test_the_guide_to_funding_is_a_tree_with_successors(demo):
    joint = Programme.objects.get(slug="joint-projects")
    chain = [
        joint.name_en,
        joint.parent.name_en,
        joint.parent.parent.name_en,
        joint.parent.parent.parent.name_en,
    ]
    assert chain == ["Joint projects", "Capacity Building", "Key Action 2", "Erasmus+"]
    alliances = Programme.objects.get(slug="knowledge-alliances")
    assert (alliances.year_from, alliances.year_until, alliances.successor.slug) == (
        2014, 2020, "alliances-for-innovation",
    )  # fmt: skip
    assert all(link.startswith("http") for row in Programme.objects.all() for link in row.link_list())


def test_the_micro_credentials_news_has_its_paper_and_an_event_without_hour_and_place(demo):
    item = NewsItem.objects.get(slug="member-states-agree-on-micro-credentials")
    assert clock.date_in(item.published_at, "Europe/Vilnius") == dt.date(2022, 6, 17)
    paper = item.attachments.get()
    assert "stand-in" in paper.title_en
    assert "pakaitalas" in paper.title_lt
    assert (paper.document.content_type, paper.document.pages) == ("application/pdf", 1)
    event = item.events.get()
    assert (event.starts_at, event.starts_on, event.place) == (
        None,
        dt.date(2022, 6, 17),
        None,
    ) or event.place == ""


def test_the_signing_in_bialystok_is_at_three_in_the_afternoon_there(demo):
    event = Event.objects.get(slug="innhub-bialystok-agreement")
    moment = event.starts_at.astimezone(ZoneInfo("Europe/Warsaw"))
    assert (moment.date(), moment.hour, moment.minute) == (dt.date(2023, 2, 9), 15, 0)
    assert event.organiser == event.news_item.partner
    assert "Rectorate" in event.place_en


@pytest.mark.parametrize("kind", [Project, Call, NewsItem, Event])
def test_every_text_is_there_in_both_languages(demo, kind):
    assert not kind.objects.filter(
        Q(title_en__isnull=True) | Q(title_en="") | Q(title_lt__isnull=True) | Q(title_lt="")
    ).exists()


# The invented part.


def test_something_is_open_ending_planned_and_overdue_on_the_day_of_loading(demo):
    assert Call.objects.open_at(MONDAY).count() == 4
    assert {
        phase for phase in Phase if Project.objects.filter(is_demo=True).in_phase(phase, TODAY).exists()
    } == set(Phase)
    assert [
        n for n in (7, 29, 61) if not Project.objects.filter(ends_on=TODAY + dt.timedelta(days=n)).exists()
    ] == []
    assert Milestone.objects.overdue(TODAY).count() >= 5
    assert Event.objects.coming(MONDAY).count() == 3


def test_the_call_of_kaunas_closes_in_twelve_days_at_the_end_of_the_day_there(demo):
    call = Call.objects.get(slug="ktu-studies-abroad")
    closes = call.closes_at.astimezone(ZoneInfo("Europe/Vilnius"))
    assert (closes.date(), closes.hour, closes.minute) == (dt.date(2026, 12, 5), 23, 59)
    assert call.title_en == "Studies abroad, autumn term 2027"
    assert call.title_lt == "Studijos užsienyje, 2027 m. rudens semestras"
    assert call.academic_year == "2027/2028"
    assert call.places.values("host").distinct().count() == 9


@pytest.mark.parametrize(
    ("day", "autumn"),
    [(dt.date(2026, 11, 22), "2027"), (dt.date(2027, 4, 30), "2027"), (dt.date(2027, 5, 1), "2028")],
)
def test_calls_speak_of_the_terms_that_come(day, autumn):
    days = Days(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC))
    assert calls.words(days)["autumn"] == autumn


def test_applications_are_in_every_state_and_taken_seats_are_counted(demo):
    applications = Application.objects.filter(applicant__is_demo=True)
    assert set(applications.values_list("status", flat=True)) == set(Status)
    seats = Place.objects.annotate(
        held=Count("offers", filter=Q(offers__status__in=[Status.OFFERED, Status.ACCEPTED]))
    )
    assert not seats.exclude(held=F("taken")).exists()
    assert seats.filter(taken__gt=0).count() == 2


def test_submitted_applications_have_their_paper_and_their_trail(demo):
    submitted = Application.objects.exclude(status=Status.DRAFT)
    for application in submitted.prefetch_related("documents"):
        assert len(application.documents.all()) == 1
        trail = AuditEvent.objects.about("mobility.application", application.uuid)
        assert "mobility.submit" in set(trail.values_list("verb", flat=True))
        assert max(event.at for event in trail) < MONDAY


def test_ana_has_an_offer_to_answer_and_may_still_apply_for_autumn(demo):
    ana = User.objects.get(email="ana.demo@ktu.example")
    application = Application.objects.of(ana).get()
    assert application.status == Status.OFFERED
    assert clock.date_in(application.offer_expires_at, "Europe/Vilnius") == TODAY + dt.timedelta(days=5)
    assert InboxItem.objects.filter(user=ana, kind="mobility.place_offered").exists()


def test_no_mail_about_the_past_waits_to_be_sent(demo):
    assert not Message.objects.exists()


def test_everybody_of_the_cast_can_sign_in_with_one_role(demo, client):
    assert [email for email, _ in people.SIGN_INS] == [person.email for person in people.CAST.values()]
    for person in people.CAST.values():
        user = User.objects.get(email=person.email)
        assert user.check_password(people.PASSWORD)
        assert user.emailaddress_set.get().verified
        appointment = user.appointments.get()
        assert appointment.role == person.role
        assert (appointment.university.slug if appointment.university else None) == person.university


def test_invented_people_have_example_addresses_and_applicants_cannot_sign_in(demo):
    assert not User.objects.exclude(email__endswith=".example").exists()
    cast = {person.email for person in people.CAST.values()}
    assert not any(user.has_usable_password() for user in User.objects.exclude(email__in=cast))


def test_one_project_that_ends_soon_has_a_head_with_an_account(demo):
    project = Project.objects.get(code="DEMO-24-011")
    assert project.team.get(part="head").user.email == "dainius.demo@ktu.example"
    assert project.phase == Phase.ENDING


def test_a_project_of_the_demo_shows_amendments_results_evidence_partners_and_who_keeps_it(demo):
    project = Project.objects.get(code="DEMO-24-011")
    last = project.amendments.last()
    assert [a.number for a in project.amendments.all()] == [1, 2]
    assert (last.ends_on, last.starts_on) == (project.ends_on, project.starts_on)
    assert last.document.is_public is False
    assert {result.category for result in project.result_items.all()} == {"course", "method", "agreement"}
    assert project.milestones.exclude(evidence=None).get().evidence.is_public
    assert {line.currency for line in project.funding_lines.all()} == {"EUR", "PLN"}
    assert project.partnerships.values("organisation__country").distinct().count() >= 6
    assert [sharing.university.slug for sharing in project.sharings.all()] == ["aveiro"]
    assert {follower.user.email for follower in project.followers.all()} == {
        "ana.demo@ktu.example", "egle.demo@eciu.example",
    }  # fmt: skip
    assert {call.slug for call in project.calls.all()} == {"ktu-studies-abroad", "ktu-studies-abroad-spring"}


def test_kaunas_shares_one_project_with_the_manager_at_aveiro_and_keeps_its_membership(demo):
    duarte = User.objects.get(email="duarte.demo@ua.example")
    shared, kept = (Project.objects.get(code=code) for code in ("DEMO-24-011", "S-NET-24-50"))
    assert not kept.sharings.exists()
    assert duarte.has_perm("projects.edit_project", shared)
    assert not duarte.has_perm("projects.edit_project", kept)


def test_amendments_follow_upon_each_other(demo):
    for project in Project.objects.filter(amendments__isnull=False).distinct():
        ends = [(a.ends_before, a.ends_on) for a in project.amendments.all()]
        assert all(after == before for (_b, after), (before, _a) in pairwise(ends))
        assert ends[-1][1] == project.ends_on


# Loading twice, and the way back.


def test_a_second_loading_changes_nothing(demo, at):
    before = counts()
    with at(MONDAY + dt.timedelta(days=3)):
        loader.load_demo()
    assert counts() == before
    assert clock.date_in(Call.objects.get(slug="ktu-studies-abroad").closes_at, "Europe/Vilnius") == dt.date(
        2026, 12, 5
    )


def test_what_somebody_wrote_since_survives_a_second_loading(demo):
    Project.objects.filter(code="S-NET-24-50").update(title_en="Our membership")
    University.objects.filter(slug="ktu").update(summary_en="Ours")
    loader.load_demo()
    assert Project.objects.get(code="S-NET-24-50").title_en == "Our membership"
    assert University.objects.get(slug="ktu").summary_en == "Ours"


def test_nothing_is_loaded_where_the_demo_is_already(demo, capsys):
    Topic.objects.filter(slug="research").delete()
    call_command("load_demo", if_empty=True)
    assert capsys.readouterr().out == "The demo is loaded already.\n"
    assert not Topic.objects.filter(slug="research").exists()


def test_removing_the_demo_leaves_real_content_and_peoples_own_work(demo, django_capture_on_commit_callbacks):
    ktu = University.objects.get(slug="ktu")
    own = factories.ProjectFactory(code="OURS-1", lead=ktu, is_demo=False)
    person = factories.UserFactory(email="real@ktu.example")
    applied = factories.ApplicationFactory(call=Call.objects.get(slug="ktu-teaching"), applicant=person)
    left = {
        "projects": Project.objects.filter(is_demo=False).count(),
        "organisations": Organisation.objects.count(),
    }
    planner.plan(MONDAY)
    assert ReminderPlan.objects.filter(rule__kind="projects.milestone_due").exists()
    files = [path_of(document.storage_name) for document in Document.objects.all()]
    with django_capture_on_commit_callbacks(execute=True):
        call_command("remove_demo", verbosity=0)
    assert not User.objects.filter(is_demo=True).exists()
    assert set(User.objects.all()) == {person}
    assert set(Project.objects.all()) == {own, Project.objects.get(code="S-NET-24-50")}
    assert not Application.objects.filter(pk=applied.pk).exists()
    assert (NewsItem.objects.count(), Event.objects.count(), Call.objects.count()) == (2, 2, 0)
    assert Organisation.objects.count() == left["organisations"]
    assert Programme.objects.count() == len(read("programmes")["programme"])
    assert Document.objects.count() == 1
    assert len(files) > 30
    assert not AuditEvent.objects.exists()
    assert not InboxItem.objects.exists()
    for kind in (Amendment, Follower, Milestone, Result, Sharing, ReminderPlan, TrackedDate):
        assert not kind.objects.exists(), kind


def test_the_demo_can_be_loaded_again_after_it_was_removed(demo):
    before = counts()
    call_command("remove_demo", verbosity=0)
    loader.load_demo()
    assert counts() == before


def test_the_command_says_what_it_removed(demo, capsys):
    call_command("remove_demo")
    said = capsys.readouterr().out
    assert "34 projects" in said
    assert said.endswith("removed.\n")


# The files.


@pytest.mark.parametrize("file", sorted(CONTENT.glob("*.pdf")), ids=lambda file: file.name)
def test_the_papers_pass_the_portals_own_checks_and_name_no_tool(file):
    content = file.read_bytes()
    assert check(content, file.name).pages == 1
    assert b"/Producer" not in content
    assert b"/Creator" not in content


def test_moments_are_those_of_the_clock_at_the_place():
    days = Days(MONDAY)
    assert days.at(0, "23:59", "Europe/Lisbon") == dt.datetime(2026, 11, 23, 23, 59, tzinfo=dt.UTC)
    assert days.at(180, "12:00", "Europe/Vilnius") == dt.datetime(2027, 5, 22, 9, 0, tzinfo=dt.UTC)
