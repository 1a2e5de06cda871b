"""What the verbs on agreements do, refuse, record and tell."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from audit.models import Event
from ground import clock
from ground.workflow import NotPossible
from members import tasks
from members.actions import agreements
from members.agreements import notice
from members.agreements.content import read
from members.agreements.timeline import timeline
from members.messages import AGREEMENT_VERSION, TO_APPROVE
from members.models import Agreement, AgreementVersion, Contact, Role
from members.workflow import VERSION
from notifications import outbox
from notifications.models import InboxItem, Message
from notifications.models.message import recipient_of
from tests import factories
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


def told(kind="members.agreement_changed"):
    """Who was told what, oldest first."""
    return [(m.recipient, m.context["what"]) for m in Message.objects.filter(kind=kind).order_by("pk")]


def history(agreement, user):
    """What happened, as the page tells `user`."""
    return timeline(agreement, agreement.versions.visible_to(user))


def test_an_agreement_goes_from_draft_to_in_force_and_through_a_change(ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    assert agreement.status == "in_force"
    first = agreement.current
    assert (first.status, first.number) == ("in_force", 1)
    draft = agreements.change(agreement, by=bruno, reason="More places.")
    assert (draft.number, draft.author_side) == (2, aveiro)
    assert {c.origin for c in read(draft).conditions} == {c.origin for c in read(first).conditions}
    agreeing.rewrite(draft, bruno, conditions=read(draft).conditions[:1])
    sent = agreements.send(draft, by=bruno, approve=True)
    assert sent.status == "approved_one"
    assert Agreement.objects.get().current == first  # the last approved one stays valid
    agreements.approve(sent, digest=sent.digest, by=ruta)
    agreement.refresh_from_db()
    first.refresh_from_db()
    assert (agreement.current, first.status) == (sent, "superseded")


# Proposing.


def test_a_draft_begins_with_people_of_public_contacts_alone(ktu, aveiro, ruta):
    for university, name, duty, fields in (
        (ktu, "Own Signer", "institutional", {"email": "signer@ktu.example", "is_public": True}),
        (ktu, "CANARY Own", "agreements", {"email": "canary@ktu.example"}),
        (ktu, "Own Desk", "agreements", {"email": "desk@ktu.example", "phone": "+370 5", "is_public": True}),
        (aveiro, "CANARY Theirs", "institutional", {"email": "canary@ua.example"}),
        (aveiro, "Open Desk", "agreements", {"is_public": True}),
    ):
        Contact.objects.create(university=university, name=name, duty=duty, **fields)
    agreement = agreements.propose(
        university=ktu, partner=aveiro, first_year="2027/2028", last_year="2029/2030", by=ruta
    )
    own, theirs = read(agreement.versions.get()).sides
    assert (own.signatory_name, own.signatory_email) == ("Own Signer", "signer@ktu.example")
    assert (own.contact_name, own.contact_email, own.contact_phone) == (
        "Own Desk",
        "desk@ktu.example",
        "+370 5",
    )
    assert (theirs.signatory_name, theirs.contact_name) == ("", "Open Desk")
    assert Event.objects.get(verb="members.agreement_propose").subject_name == "KTU – UA"
    assert not told("members.agreement_sent")


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"partner": "own"}, "partner"),
        ({"first_year": "2027"}, "first_year"),
        ({"first_year": "2030/2031"}, "last_year"),
        ({"last_year": ""}, "last_year"),
    ],
)
def test_a_proposal_is_refused_at_its_place_and_leaves_nothing(values, place, ktu, aveiro, ruta):
    years = {"partner": aveiro, "first_year": "2027/2028", "last_year": "2029/2030"} | values
    if years["partner"] == "own":
        years["partner"] = ktu
    with pytest.raises(agreements.Refused) as refused:
        agreements.propose(university=ktu, by=ruta, **years)
    assert place in refused.value.places
    assert not Agreement.objects.exists()


def test_the_office_proposes_for_a_member_but_approves_for_nobody(ktu, aveiro, egle, bruno):
    version = agreeing.sent(ktu, aveiro, egle)
    assert version.author_side == ktu
    with pytest.raises(PermissionDenied):
        agreements.approve(version, digest=version.digest, by=egle)
    factories.AppointmentFactory(user=egle, role=Role.MOBILITY_COORDINATOR, university=ktu)
    del egle._held
    assert agreements.approve(version, digest=version.digest, by=egle).status == "approved_one"


# Who sees what.


def test_a_draft_is_its_authors_until_it_is_sent(ktu, aveiro, ruta, bruno, chiara, dainius, egle, laima):
    version = agreeing.propose(ktu, aveiro, ruta)
    seeing = {p.name.split()[0] for p in (ruta, bruno, chiara, dainius, egle, laima) if _sees(p, version)}
    assert seeing == {"Rūta", "Eglė", "Laima"}
    agreements.send(version, by=ruta)
    seeing = {p.name.split()[0] for p in (ruta, bruno, chiara, dainius, egle, laima) if _sees(p, version)}
    assert seeing == {"Rūta", "Bruno", "Eglė", "Laima"}


def _sees(person, version):
    agreement = Agreement.objects.visible_to(person).filter(pk=version.agreement_id).exists()
    assert agreement == AgreementVersion.objects.visible_to(person).filter(pk=version.pk).exists()
    return agreement


def test_the_draft_of_a_change_is_not_the_partners_business_either(ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    draft = agreements.change(agreement, by=ruta, reason="Secret plans.")
    assert Agreement.objects.visible_to(bruno).get() == agreement
    assert list(AgreementVersion.objects.visible_to(bruno)) == [agreement.current]
    assert "Secret plans." in [entry.note for entry in history(agreement, ruta)]
    assert "Secret plans." not in str(history(agreement, bruno))
    with pytest.raises(NotPossible):
        agreements.change(agreement, by=bruno, reason="Mine.")
    agreements.withdraw(draft, by=ruta)
    with pytest.raises(PermissionDenied):
        agreements.change(agreement, by=bruno, reason="Mine.", after=draft)
    assert agreements.change(agreement, by=bruno, reason="Mine.").author_side == aveiro


def test_agreements_of_a_university_are_those_it_is_a_side_of(ktu, aveiro, trento, ruta, bruno):
    own = agreeing.propose(ktu, aveiro, ruta).agreement
    agreeing.propose(aveiro, trento, bruno)
    assert list(Agreement.objects.of(ktu)) == [own]
    assert (str(own), [str(side) for side in own.sides.all()]) == ("KTU – UA", ["KTU", "UA"])


def test_steps_are_offered_to_whom_they_belong(ktu, aveiro, ruta, bruno, egle, dainius):
    version = agreeing.sent(ktu, aveiro, ruta)
    offered = {
        person: [way.name for way in VERSION.offered_to(person, version)]
        for person in (ruta, bruno, egle, dainius)
    }
    assert offered == {
        ruta: ["approve", "withdraw"],
        bruno: ["approve", "return"],
        egle: ["withdraw"],
        dainius: [],
    }
    assert not bruno.has_perm("members.return_agreement", version.agreement)


# Writing.


def test_what_somebody_saved_meanwhile_is_not_overwritten(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    content = read(draft)
    seen = AgreementVersion.objects.get().changed_at
    agreements.write(draft, replace(content, remarks="First."), by=ruta, seen=seen)
    with pytest.raises(agreements.Stale) as stale:
        agreements.write(draft, replace(content, remarks="Second."), by=ruta, seen=seen)
    assert stale.value.version.remarks == "First."
    with pytest.raises(agreements.Stale):
        agreements.send(draft, by=ruta, seen=seen)
    assert AgreementVersion.objects.get().remarks == "First."


def test_the_same_again_changes_nothing(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    content = read(draft)
    content = replace(
        content, remarks="Once.", conditions=(*content.conditions, replace(agreeing.STUDIES, places=9))
    )
    seen = draft.changed_at
    first = agreements.write(draft, content, by=ruta, seen=seen)
    events = Event.objects.count()
    again = agreements.write(draft, content, by=ruta, seen=seen)
    assert (again.changed_at, Event.objects.count()) == (first.changed_at, events)
    turned = replace(content, conditions=tuple(reversed(read(draft).conditions)))
    agreements.write(draft, turned, by=ruta, seen=None)
    assert [c.origin for c in read(draft).conditions] == [c.origin for c in turned.conditions]


def test_a_form_can_not_choose_the_sides_nor_the_links_of_conditions(ktu, aveiro, trento, ruta, chiara):
    other = agreeing.propose(trento, aveiro, chiara)
    stolen = read(other).conditions[0].origin
    draft = agreeing.propose(ktu, aveiro, ruta)
    content = read(draft)
    own = content.conditions[0].origin
    side = replace(content.sides[0], university=trento.uuid, contact_name="Rūta")
    twice = [replace(agreeing.STUDIES, origin=origin) for origin in (own, own, stolen)]
    stored = read(
        agreements.write(
            draft,
            replace(content, agreement=trento.uuid, sides=(side,), conditions=tuple(twice)),
            by=ruta,
            seen=None,
        )
    )
    assert [s.university for s in stored.sides] == [ktu.uuid, aveiro.uuid]
    assert stored.sides[0].contact_name == "Rūta"
    assert stored.agreement == draft.agreement.uuid
    origins = [c.origin for c in stored.conditions]
    assert origins[0] == own
    assert stolen not in origins
    assert len(set(origins)) == 3


def test_what_was_sent_is_not_written(ktu, aveiro, ruta):
    version = agreeing.sent(ktu, aveiro, ruta)
    with pytest.raises(NotPossible):
        agreeing.rewrite(version, ruta, remarks="Later.")


# Approving.


def test_the_partner_is_asked_and_both_are_told_when_it_is_in_force(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    assert told("members.agreement_sent") == [(recipient_of(bruno), "sent")]
    agreements.approve(version, digest=version.digest, by=bruno)
    assert told("members.agreement_sent")[1:] == [(recipient_of(ruta), "approve")]
    agreements.approve(version, digest=version.digest, by=ruta)
    assert told() == [(recipient_of(bruno), "approve_too")]


def test_what_is_sent_and_approved_at_once_is_one_message(ktu, aveiro, ruta, bruno):
    draft = agreeing.propose(ktu, aveiro, ruta)
    agreements.send(draft, by=ruta, approve=True)
    assert told("members.agreement_sent") == [(recipient_of(bruno), "sent_approved")]
    assert told() == []


def asked(user):
    """What still asks `user` for an approval: in the portal, and as a mail that is not sent."""
    items = InboxItem.objects.filter(user=user, kind__in=TO_APPROVE, settled_at__isnull=True)
    mails = Message.objects.filter(recipient=recipient_of(user), kind__in=TO_APPROVE, state="due")
    return items.count(), mails.count()


@pytest.mark.parametrize("step", ["withdraw", "abandon", "approve", "return"])
def test_what_is_settled_asks_nobody_any_more_and_is_not_sent(step, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    assert asked(bruno) == (1, 1)
    {
        "withdraw": lambda: agreements.withdraw(version, by=ruta),
        "abandon": lambda: agreements.abandon(version.agreement, by=ruta),
        "approve": lambda: agreements.approve(version, digest=version.digest, by=bruno),
        "return": lambda: agreements.return_version(version, comment="Four.", by=bruno),
    }[step]()
    assert asked(bruno) == (0, 0)
    assert InboxItem.objects.filter(user=bruno, kind__in=TO_APPROVE).get().read_at is not None
    assert asked(ruta) == ((1, 1) if step == "approve" else (0, 0))


def test_a_reminder_to_approve_is_settled_with_the_version(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    context = {"uuid": str(version.agreement.uuid), "agreement": "KTU – UA", "sent_on": dt.date(2026, 11, 2)}
    subject = (AGREEMENT_VERSION, version.uuid, "KTU – UA")
    outbox.enqueue("members.approval_waits", to=bruno, subject=subject, context=context)
    assert asked(bruno) == (2, 2)
    agreements.withdraw(version, by=ruta)
    assert asked(bruno) == (0, 0)


@pytest.mark.parametrize("digest", ["", "0" * 64, None])
def test_another_fingerprint_is_not_current(digest, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    with pytest.raises(agreements.NotCurrent):
        agreements.approve(version, digest=digest, by=bruno)
    assert not version.approvals.exists()


def test_a_draft_can_not_be_approved_by_its_empty_fingerprint(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    with pytest.raises(agreements.NotCurrent):
        agreements.approve(draft, digest=draft.digest, by=ruta)


def test_a_version_that_was_replaced_is_not_current(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    agreements.withdraw(version, by=ruta)
    agreements.send(agreements.change(version.agreement, by=ruta, reason=""), by=ruta)
    with pytest.raises(agreements.NotCurrent):
        agreements.approve(version, digest=version.digest, by=bruno)


def test_an_approval_keeps_who_said_so_and_the_signature_on_paper(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    day = dt.date(2026, 1, 15)
    agreements.approve(version, digest=version.digest, by=bruno, signed_by="Rector", signed_on=day)
    approval = version.approvals.get()
    assert (approval.by, approval.by_name, approval.side.university) == (bruno, "Bruno Exemplo", aveiro)
    assert (approval.signed_by, approval.signed_on, approval.digest) == ("Rector", day, version.digest)


@pytest.mark.parametrize(
    ("values", "place"),
    [({"signed_by": "x" * 201}, "signed_by"), ({"signed_on": dt.date(2999, 1, 1)}, "signed_on"),
     ({"signed_on": dt.date(101, 1, 1)}, "signed_on")],
)  # fmt: skip
def test_a_signature_that_can_not_be_is_refused_at_its_place(values, place, ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    with pytest.raises(agreements.Refused) as refused:
        agreements.approve(version, digest=version.digest, by=bruno, **values)
    assert set(refused.value.places) == {place}
    assert not version.approvals.exists()


def test_who_coordinates_both_sides_names_the_one_or_approves_one_after_the_other(ktu, aveiro, ruta):
    factories.AppointmentFactory(user=ruta, role=Role.MOBILITY_COORDINATOR, university=aveiro)
    version = agreeing.sent(ktu, aveiro, ruta)
    agreements.approve(version, digest=version.digest, by=ruta, university=aveiro)
    assert version.approvals.get().side.university == aveiro
    assert agreements.approve(version, digest=version.digest, by=ruta).status == "in_force"


# Returning, withdrawing, abandoning.


def test_what_was_returned_can_be_answered_with_a_version_of_the_partners(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    with pytest.raises(agreements.Refused):
        agreements.return_version(version, comment="  ", by=bruno)
    agreements.return_version(version, comment=" Four, please. ", by=bruno)
    version.refresh_from_db()
    assert (version.status, version.closing_note) == ("returned", "Four, please.")
    assert told() == [(recipient_of(ruta), "return")]
    answer = agreements.change(version.agreement, by=bruno, reason="Four places.")
    assert (answer.number, answer.author_side, answer.reason) == (2, aveiro, "Four places.")
    sent = agreements.send(answer, by=bruno, approve=True)
    assert agreements.approve(sent, digest=sent.digest, by=ruta).status == "in_force"


def test_the_partner_hears_of_a_withdrawal_only_if_it_knew(ktu, aveiro, ruta, bruno):
    agreements.withdraw(agreeing.propose(ktu, aveiro, ruta), by=ruta)
    assert told() == []
    agreements.withdraw(agreeing.sent(ktu, aveiro, ruta), by=ruta, note="Wrong year.")
    assert told() == [(recipient_of(bruno), "withdraw")]


def test_an_abandoned_proposal_stays_on_record_with_its_identifiers(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    agreement = agreements.abandon(version.agreement, by=bruno)
    version.refresh_from_db()
    assert (agreement.status, version.status) == ("abandoned", "withdrawn")
    assert agreement.sides.count() == 2
    assert told() == [(recipient_of(ruta), "abandon")]
    with pytest.raises(NotPossible):
        agreements.change(agreement, by=ruta, reason="Again.")


def test_a_proposal_that_nobody_knew_of_is_abandoned_quietly(ktu, aveiro, ruta, bruno):
    version = agreeing.propose(ktu, aveiro, ruta)
    with pytest.raises(PermissionDenied):
        agreements.abandon(version.agreement, by=bruno)
    agreements.abandon(version.agreement, by=ruta)
    assert told() == []


# Changing.


def test_a_change_says_why_and_there_is_one_at_a_time(ktu, aveiro, ruta, bruno, egle):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    with pytest.raises(agreements.Refused) as refused:
        agreements.change(agreement, by=ruta, reason=" ")
    assert set(refused.value.places) == {"reason"}
    with pytest.raises(agreements.Refused) as refused:
        agreements.change(agreement, by=egle, reason="More.")
    assert set(refused.value.places) == {"university"}
    draft = agreements.change(agreement, by=egle, reason="More.", university=aveiro)
    assert draft.author_side == aveiro
    with pytest.raises(NotPossible):
        agreements.change(agreement, by=ruta, reason="Less.")


def test_nobody_changes_in_the_name_of_another_university(ktu, aveiro, trento, ruta, bruno, egle, chiara):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    for by, university in ((ruta, aveiro), (egle, trento), (chiara, None)):
        with pytest.raises(PermissionDenied):
            agreements.change(agreement, by=by, reason="More.", university=university)


# Ending.


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2026, 9, 1), "2026/2027"), (dt.date(2026, 9, 2), "2027/2028"), (dt.date(2026, 12, 31), "2027/2028"),
        (dt.date(2027, 8, 31), "2027/2028"), (dt.date(2027, 9, 1), "2027/2028"),
    ],
)  # fmt: skip
def test_notice_is_one_whole_academic_year(day, year):
    assert notice.earliest_end(day) == year


def test_an_agreement_ends_by_notice_after_a_whole_year(ktu, aveiro, ruta, bruno, at):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    change = agreements.change(agreement, by=ruta, reason="More.")
    change = agreements.send(agreeing.rewrite(change, ruta, remarks="More."), by=ruta)
    with at(dt.datetime(2027, 10, 1, tzinfo=dt.UTC)):
        for year in ("2027/2028", "2030/2031", "", "2028"):
            with pytest.raises(agreements.Refused) as refused:
                agreements.terminate(agreement, by=bruno, ends_after=year, reason="")
            assert set(refused.value.places) == {"ends_after", "reason"}
        agreements.terminate(agreement, by=bruno, ends_after="2028/2029", reason="Department closed.")
    agreement.refresh_from_db()
    change.refresh_from_db()
    assert (agreement.status, agreement.ends_after, agreement.notice_by) == (
        "terminated",
        "2028/2029",
        aveiro,
    )
    assert agreement.notice_on == dt.date(2027, 10, 1)
    assert change.status == "withdrawn"
    assert (recipient_of(ruta), "terminate") in told()
    in_force = {y for y in ("2027/2028", "2028/2029", "2029/2030") if Agreement.objects.in_force(y).exists()}
    assert in_force == {"2027/2028", "2028/2029"}
    with pytest.raises(NotPossible):
        agreements.change(agreement, by=ruta, reason="Stay.")
    assert agreements.expire(today=dt.date(2031, 1, 1)) == 0


def test_notice_that_would_come_too_late_is_not_possible(ktu, aveiro, ruta, bruno, at):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    with at(dt.datetime(2029, 10, 1, tzinfo=dt.UTC)), pytest.raises(NotPossible):
        agreements.terminate(agreement, by=ruta, ends_after="2029/2030", reason="Late.")


def test_agreements_expire_once_after_their_last_day_and_can_come_back(ktu, aveiro, ruta, bruno, at):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    agreeing.sent(ktu, aveiro, ruta)
    assert agreements.expire(today=dt.date(2030, 8, 31)) == 0
    assert agreements.expire(today=dt.date(2030, 9, 1)) == 1
    assert agreements.expire(today=dt.date(2030, 9, 1)) == 0
    event = Event.objects.get(verb="members.agreement_expire")
    assert (event.actor, event.details["to"]) == (None, "expired")
    assert [what for _who, what in told()].count("expire") == 2
    with at(dt.datetime(2030, 9, 2, tzinfo=dt.UTC)):
        draft = agreements.change(agreement, by=ruta, reason="Three years more.")
        conditions = tuple(replace(c, last_year="2032/2033") for c in read(draft).conditions)
        agreeing.rewrite(draft, ruta, last_year="2032/2033", conditions=conditions)
        sent = agreements.send(draft, by=ruta, approve=True)
        agreements.approve(sent, digest=sent.digest, by=bruno)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.current) == ("in_force", sent)


# Codes, history.


def test_each_side_files_the_agreement_under_its_own_code(ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    own, theirs = agreement.sides.all()
    assert agreements.set_code(own, " KTU-2027-14 ", by=ruta).code == "KTU-2027-14"
    with pytest.raises(PermissionDenied):
        agreements.set_code(theirs, "X", by=ruta)
    with pytest.raises(agreements.Refused) as refused:
        agreements.set_code(theirs, "x" * 65, by=bruno)
    assert set(refused.value.places) == {"code"}


def test_the_history_tells_in_sentences_who_did_what(ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    draft = agreements.change(agreement, by=bruno, reason="More places.")
    agreeing.rewrite(draft, bruno, remarks="Ten more.")
    agreements.send(draft, by=bruno)
    agreements.return_version(draft, comment="Too many.", by=ruta)
    told = [(entry.words, entry.who.split()[0], entry.note) for entry in history(agreement, ruta)]
    assert told == [
        ("The agreement was begun", "Rūta", ""),
        ("The draft was written", "Rūta", ""),
        ("KTU sent the version", "Rūta", ""),
        ("KTU approved the version", "Rūta", ""),
        ("UA approved it too: the version is in force", "Bruno", ""),
        ("The agreement came into force", "Bruno", ""),
        ("A change was begun", "Bruno", "More places."),
        ("The draft was written", "Bruno", ""),
        ("UA sent the version", "Bruno", ""),
        ("KTU returned it with a comment", "Rūta", "Too many."),
    ]
    draft = agreements.change(agreement, by=ruta, reason="Other.")
    for remarks in ("a", "b"):
        agreeing.rewrite(draft, ruta, remarks=remarks)
    written = [entry for entry in history(agreement, ruta) if entry.version == 3]
    assert [entry.words for entry in written] == ["A change was begun", "The draft was written"]


def test_the_history_of_an_ended_agreement_tells_why(ktu, aveiro, ruta, bruno, at):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    with at(dt.datetime(2027, 10, 1, tzinfo=dt.UTC)):
        agreement = agreements.terminate(agreement, by=ruta, ends_after="2028/2029", reason="Closed.")
    assert history(agreement, bruno)[-1].note == "Closed."
    assert clock.now()


def test_the_worker_and_the_command_close_what_is_over(ktu, aveiro, ruta, bruno, at, capsys):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    with at(dt.datetime(2030, 9, 1, 12, tzinfo=dt.UTC)):
        call_command("expire_agreements")
        assert "Agreements closed: 1" in capsys.readouterr().out
        assert tasks.expire_agreements() == 0
    agreement.refresh_from_db()
    assert agreement.status == "expired"


def test_the_worker_is_rung_for_it_every_hour(settings):
    assert settings.CELERY_BEAT_SCHEDULE["expire agreements"]["task"] == tasks.expire_agreements.name
