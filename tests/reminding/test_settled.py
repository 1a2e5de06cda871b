"""What settled itself is not told, whichever kind of date: decided again when it is handed over, and when it is sent.

Each registered kind has a case here; one that lacks it fails. A case makes a record whose date is `date`, and gives
back how people settle it.
"""

import datetime as dt
from types import SimpleNamespace

import pytest

from ground import clock
from members.actions import agreements
from members.models import Appointment, FactsheetTerm, Membership
from mobility import actions
from mobility.models import Application, Call, Review
from news.models import Admission
from news.registering import coming
from notifications import kinds, own_words, planner, reminders
from notifications.models import InboxItem, Message, Preference, ReminderPlan, ReminderRule
from notifications.sender import Sender
from projects.models import Milestone, Project
from tests import factories
from tests.members import agreeing, facts

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
DATE = dt.date(2027, 6, 30)
NIGHT = dt.datetime(2027, 6, 30, 20, 59, tzinfo=dt.UTC)  # 23:59 in Vilnius


@pytest.fixture
def hands(monkeypatch):
    """The clock, set by hand: for the planner and for the sender."""
    hands = SimpleNamespace(now=dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC))
    monkeypatch.setattr(clock, "read", lambda: hands.now)
    return hands


def period(cast):
    project = factories.ProjectFactory(lead=cast.ktu, starts_on=dt.date(2024, 1, 1), ends_on=DATE)
    return DATE, lambda: Project.objects.filter(pk=project.pk).update(publication="archived")


def milestone(kind):
    def case(cast):
        project = factories.ProjectFactory(lead=cast.ktu)
        factories.MilestoneFactory(
            project=project, kind=kind, due_on=DATE, title_en="Report", title_lt="Ataskaita"
        )
        return DATE, lambda: Milestone.objects.update(done_on=DATE)

    return case


def agreement(date):
    def case(cast):
        made = agreeing.agreed(cast.ktu, cast.aveiro, cast.ruta, cast.bruno)
        return date, lambda: type(made).objects.update(status="terminated")

    return case


def approval(cast):
    version = agreements.send(agreeing.propose(cast.ktu, cast.aveiro, cast.ruta), by=cast.ruta, approve=True)
    return dt.date(2026, 11, 30), lambda: agreements.approve(version, digest=version.digest, by=cast.bruno)


def membership(cast):
    Membership.objects.create(university=cast.ktu, kind="member", valid_until=DATE)
    return DATE, lambda: Membership.objects.update(valid_until=None)


def charter(cast):
    def until(day):
        cast.ktu.organisation.charter_until = day
        cast.ktu.organisation.save()

    until(DATE)
    return DATE, lambda: until(DATE + 700 * DAY)


def deadline(field):
    def case(cast):
        facts.sheet(cast.ktu, facts.moved(facts.AUTUMN, nomination_until=None, application_until=None))
        FactsheetTerm.objects.update(**{field: DATE})
        return DATE, lambda: FactsheetTerm.objects.update(**{field: None})

    return case


def factsheet(cast):
    Membership.objects.create(university=cast.ktu, kind="member")
    return dt.date(2026, 12, 1), lambda: facts.sheet(cast.ktu)


def role(cast):
    held = cast.dainius.appointments
    held.update(valid_until=dt.datetime(2027, 6, 30, 21, tzinfo=dt.UTC))
    return DATE, lambda: Appointment.objects.filter(user=cast.dainius).update(valid_until=None)


def _call(cast):
    call = factories.CallFactory(
        university=cast.ktu,
        opens_at=NIGHT - 400 * DAY,
        closes_at=NIGHT,
        title_en="Studies",
        title_lt="Studijos",
    )
    return factories.PlaceFactory(call=call, host=cast.aveiro, field=factories.FieldFactory())


def close_of_call(cast):
    draft = factories.complete_application(cast.ana, _call(cast))
    Application.objects.update(created_at=NIGHT - 300 * DAY)
    return DATE, lambda: actions.submit_application(Application.objects.get(pk=draft.pk), by=cast.ana)


def offer(cast):
    place = _call(cast)
    found = actions.submit_application(factories.complete_application(cast.ana, place), by=cast.ana)
    made = actions.offer_place(
        actions.decide(found, "find_eligible", by=cast.ruta), place=place, by=cast.ruta
    )
    Application.objects.update(offer_expires_at=NIGHT, decided_at=NIGHT - 30 * DAY)
    return DATE, lambda: actions.decline_offer(Application.objects.get(pk=made.pk), by=cast.ana)


def reviews(cast):
    found = actions.submit_application(factories.complete_application(cast.ana, _call(cast)), by=cast.ana)
    Call.objects.update(decision_on=DATE)
    factories.ReviewFactory(application=found, reviewer=cast.jonas)
    return DATE, lambda: Review.objects.update(done_at=clock.now(), total=50)


def event(cast):
    admission = factories.AdmissionFactory(event__starts_at=NIGHT - DAY / 2, event__university=cast.ktu)
    registration = coming.register(admission.event, by=cast.ana, answers={}, language="en")
    assert Admission.objects.exists()
    return DATE, lambda: coming.cancel(registration)


CASES = {
    "projects.period_ends": period, "projects.milestone_due": milestone("report"),
    "projects.payment_due": milestone("payment"), "projects.deliverable_due": milestone("deliverable"),
    "projects.audit_due": milestone("audit"), "projects.other_due": milestone("other"),
    "members.change_window": agreement(dt.date(2027, 1, 31)),
    "members.agreement_ends": agreement(dt.date(2030, 8, 31)), "members.approval_waits": approval,
    "members.membership_ends": membership, "members.charter_ends": charter,
    "members.nomination_deadline": deadline("nomination_until"),
    "members.application_deadline": deadline("application_until"), "members.factsheet_missing": factsheet,
    "members.role_ends": role, "members.colleague_role_ends": role, "mobility.call_closes": close_of_call,
    "mobility.offer_ends": offer, "mobility.reviews_due": reviews, "news.event_reminder": event,
}  # fmt: skip


def shifts():
    """Each kind with its first reminder before the date and each one after it."""
    return [(kind.name, shift) for kind in reminders.all_kinds() for shift in (-kind.offsets[0], *kind.after)]


@pytest.fixture
def people(ktu, aveiro, ana, bruno, dainius, ruta, jonas, egle):
    for person in (ruta, egle):
        person.email = f"coordinates{person.pk}@people.example"
        person.save()
    return SimpleNamespace(
        ktu=ktu, aveiro=aveiro, ana=ana, bruno=bruno, dainius=dainius, ruta=ruta, jonas=jonas, egle=egle
    )


@pytest.fixture
def scene(request, hands, people):
    """A kind and its record at the time of one of its reminders, and how it settles."""
    name, shift = request.param
    with reminders.only(reminders.find(name)):
        date, settle = CASES[name](people)
        Message.objects.all().delete()
        InboxItem.objects.all().delete()
        hands.now = dt.datetime.combine(date + shift * DAY, dt.time(12), tzinfo=dt.UTC)
        planner.plan(hands.now)
        assert ReminderPlan.objects.filter(state="planned").exists()
        yield SimpleNamespace(kind=reminders.find(name), settle=settle, shift=shift, name=name)


def mails(kind, **more):
    return Message.objects.filter(kind=kind.message, **more)


def test_every_kind_has_its_case():
    assert set(CASES) == {kind.name for kind in reminders.all_kinds()}


def test_every_kind_that_tells_after_its_date_stays_open_after_it():
    assert [kind.name for kind in reminders.all_kinds() if kind.after and not kind.overdue] == []


@pytest.mark.parametrize("scene", shifts(), indirect=True, ids=str)
def test_what_settled_before_it_was_handed_over_is_not_told(scene, hands):
    scene.settle()
    assert planner.release(hands.now) == 0
    assert not mails(scene.kind).exists()
    planner.plan(hands.now)
    assert set(ReminderPlan.objects.values_list("state", flat=True)) <= {"cancelled", "skipped"}


@pytest.mark.parametrize("scene", shifts(), indirect=True, ids=str)
def test_what_settled_while_its_message_waited_is_not_sent(scene, hands):
    assert planner.release(hands.now) > 0
    assert mails(scene.kind, state="due").exists()
    scene.settle()
    Sender().run()
    assert set(mails(scene.kind).values_list("state", flat=True)) == {"cancelled"}
    assert not InboxItem.objects.filter(kind=scene.kind.message, settled_at__isnull=True).exists()
    planner.plan(hands.now)
    assert not ReminderPlan.objects.filter(state="planned").exists()


@pytest.mark.parametrize("scene", shifts(), indirect=True, ids=str)
def test_what_is_open_is_told_in_words_and_once(scene, hands):
    assert planner.release(hands.now) > 0
    assert Sender().run()["sent"] > 0
    planner.plan(hands.now)
    assert planner.release(hands.now) == 0
    for message in mails(scene.kind):
        assert (message.state, message.error) == ("sent", "")
        for language in ("en", "lt"):
            said = kinds.word(kinds.find(message.kind), message.context, name=message.subject_name,
                              moment=hands.now, language=language, person="Ana")  # fmt: skip
            whole = " ".join([said.subject, *said.paragraphs])
            assert "{" not in whole
            assert "None" not in whole
            assert message.subject_name.isupper() is False or "_" not in message.subject_name, (
                "a key is no name"
            )


@pytest.mark.parametrize("scene", shifts(), indirect=True, ids=str)
def test_what_the_offices_words_may_name_is_there(scene, hands):
    planner.release(hands.now)
    message = mails(scene.kind).first()
    text = " ".join(f"[{{{name}}}]" for name in {**own_words.PLACEHOLDERS, **scene.kind.placeholders})
    words = {language: {"subject": "X", "text": text} for language in ("en", "lt")}
    context = own_words.with_words(message.context, words, hands.now.date(), "Europe/Vilnius")
    for language in ("en", "lt"):
        said = kinds.word(kinds.find(message.kind), kinds.plain(context), name=message.subject_name,
                          moment=hands.now, language=language, person="Ana")  # fmt: skip
        assert "[]" not in " ".join(said.paragraphs)


@pytest.mark.parametrize(
    "scene", [("projects.milestone_due", 7), ("mobility.reviews_due", 3)], indirect=True, ids=str
)
def test_reminders_after_the_date_keep_to_the_digest_that_people_chose(scene, hands):
    planner.release(hands.now)
    message = mails(scene.kind).get()
    person = InboxItem.objects.get(message=message).user
    Preference.objects.create(user=person, kind=scene.kind.message, delivery="daily")
    Sender().run()
    message.refresh_from_db()
    assert message.state == "held"
    hands.now += DAY
    assert Sender().run()["sent"] == 1
    message.refresh_from_db()
    assert (message.state, message.digest.state) == ("gathered", "sent")


@pytest.mark.parametrize("scene", [("projects.milestone_due", -30)], indirect=True, ids=str)
def test_a_rule_for_others_between_handing_over_and_sending_is_kept(scene, hands):
    planner.release(hands.now)
    ReminderRule.objects.update(audience=["head"])
    Sender().run()
    assert mails(scene.kind).get().state == "cancelled"


def test_messages_of_the_release_before_name_the_colleague_by_the_role():
    kind = kinds.find("members.colleague_role_ends")
    old = {name: value for name, value in kind.sample.items() if name != "holder"} | {"person": "X"}
    said = kinds.word(
        kind, old, name="X", moment=dt.datetime(2027, 1, 1, tzinfo=dt.UTC), language="en", person="Rūta"
    )
    assert said.subject.startswith("Project manager: role ends on")
    whole = kinds.word(kind, kind.sample, name="X", moment=dt.datetime(2028, 1, 8, tzinfo=dt.UTC), language="en",
                       person="Rūta")  # fmt: skip
    assert whole.subject == "Dainius Bandomasis: role ended on 31 December 2027"
