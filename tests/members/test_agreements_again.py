"""The same again: sent at the same moment, changed into nothing new, proposed beside another agreement."""

from dataclasses import replace
from functools import partial

import pytest
from django.urls import reverse

from members.actions import agreements
from members.agreements.content import read
from members.forms.agreement_editor import Editor
from members.models import AgreementVersion
from members.views import agreement_life, agreement_steps
from tests.members import agreeing
from tests.members.sending import client_of
from tests.members.test_agreements_pages import at, words
from tests.members.test_agreements_sealed import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


def shown(person, version):
    """What the page of sending carries."""
    form = client_of(person).get(at("send", version)).context["form"]
    return {name: form[name].value() for name in ("seen", "digest")}


# Sent, returned and withdrawn at the same moment.


@pytest.mark.django_db(transaction=True)
def test_of_three_sends_at_once_all_hear_that_it_was_sent(ktu, aveiro, ruta):
    for _round in range(3):
        draft = agreeing.propose(ktu, aveiro, ruta)
        data, clients = shown(ruta, draft) | {"approve": "on"}, [client_of(ruta) for _ in range(3)]
        answers = at_once(*(partial(one.post, at("send", draft), data) for one in clients))
        assert [answer.status_code for answer in answers] == [302, 302, 302]
        draft.refresh_from_db()
        assert (draft.status, draft.approvals.count()) == ("approved_one", 1)
        pages = [words(one.get(draft.agreement.get_absolute_url())) for one in clients]
        assert sum("It was sent to the partner." in page for page in pages) == 1
        assert sum("It was sent already:" in page for page in pages) == 2


def test_who_is_late_hears_how_it_stands_now(ktu, aveiro, ruta, bruno):
    draft = agreeing.propose(ktu, aveiro, ruta)
    data = shown(ruta, draft)
    agreements.send(draft, by=ruta)
    agreements.return_version(AgreementVersion.objects.get(), comment="No.", by=bruno)
    page = words(client_of(ruta).post(at("send", draft), data, follow=True))
    assert "It was sent already: 2 November 2026, 12:00 (Vilnius time). How it stands now: returned." in page


def test_who_read_something_else_than_what_was_sent_is_told_so(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    data = shown(ruta, draft)
    agreeing.rewrite(draft, ruta, remarks="their words")
    agreements.send(draft, by=ruta)
    answer = client_of(ruta).post(at("send", draft), data)
    assert answer.status_code == 409
    assert "saved again after you had read it" in words(answer)


def test_a_draft_that_was_saved_again_says_which_was_read_and_which_is_there(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    data = shown(ruta, draft)
    agreeing.rewrite(draft, ruta, remarks="their words")
    answer = client_of(ruta).post(at("send", draft), data)
    assert answer.status_code == 409
    assert "You had read it as saved on" in words(answer)
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize(
    "seen",
    [
        "9999-12-31T23:59:59-23:00",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00",
        "2026-13-45",
        "x" * 9000,
    ],
)
def test_a_moment_that_was_tampered_with_fits_nothing(seen, ktu, aveiro, ruta):
    ruta.zone = "America/Monterrey"
    ruta.save()
    draft = agreeing.propose(ktu, aveiro, ruta)
    answer = client_of(ruta).post(at("send", draft), shown(ruta, draft) | {"seen": seen})
    assert answer.status_code == 409
    assert "The draft was saved again meanwhile." in words(answer)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_change_that_is_begun_twice_in_the_same_moment_is_one_draft_for_both(
    ktu, aveiro, ruta, bruno, monkeypatch
):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    change = agreements.change

    def late(row, **values):
        change(row, **values)
        return change(row, **values)

    monkeypatch.setattr(agreement_life.actions, "change", late)
    address = reverse("members:agreement_change", args=[agreement.uuid])
    answer = client_of(ruta).post(address, {"reason": "More places."})
    assert (answer.status_code, agreement.versions.count()) == (302, 2)
    assert answer["Location"] == at("edit", agreement.versions.get(number=2))


@pytest.mark.parametrize(
    ("step", "said"), [("return", "It was returned already."), ("withdraw", "It was withdrawn already.")]
)
def test_a_step_that_a_colleague_takes_in_the_same_moment_is_no_failure(
    step, said, ktu, aveiro, ruta, bruno, monkeypatch
):
    version = agreeing.sent(ktu, aveiro, ruta)
    by, verb = {"return": (bruno, "return_version"), "withdraw": (ruta, "withdraw")}[step]
    take = getattr(agreements, verb)

    def late(row, **values):
        take(row, **values)
        return take(row, **values)

    monkeypatch.setattr(agreement_steps.actions, verb, late)
    data = {"comment": "Four, please.", "note": ""}
    assert said in words(client_of(by).post(at(step, version), data, follow=True))


def test_a_refused_step_says_which_version_was_asked_for_and_which_is_current(ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    change = agreements.change(agreement, by=ruta, reason="More.")
    answer = client_of(ruta).get(at("approve", agreement.current))
    assert answer.status_code == 409
    page = " ".join(words(answer).split())
    for said, version in (("You asked for", agreement.current), ("Newest version", change)):
        assert (
            f'<dt>{said}</dt> <dd><a href="{at("version", version)}">Version {version.number}</a>'
            in page.replace("</dt><dd>", "</dt> <dd>")
        )
    partners = words(client_of(bruno).get(at("approve", agreement.current)))
    assert at("version", change) not in partners  # a draft of the other side


# A change that changes nothing.


def test_a_change_that_says_what_is_in_force_is_refused_with_a_plain_reason(ktu, aveiro, ruta, bruno):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)
    draft = agreements.change(agreement, by=ruta, reason="More places.")
    reason = "This says the same as version 1, which is in force."
    assert reason in words(client_of(ruta).get(at("send", draft)))
    with pytest.raises(agreements.Incomplete) as told:
        agreements.send(draft, by=ruta)
    assert told.value.places["conditions"][0].startswith(reason)
    agreeing.rewrite(draft, ruta, conditions=tuple(reversed(read(draft).conditions)))
    with pytest.raises(agreements.Incomplete):
        agreements.send(draft, by=ruta)
    sides = read(draft).sides
    agreeing.rewrite(draft, ruta, sides=(replace(sides[0], contact_phone="+370 37 300000"), sides[1]))
    assert agreements.send(draft, by=ruta).status == "sent"


def test_after_a_return_the_next_one_is_shown_against_what_was_returned_and_what_is_in_force(
    ktu, aveiro, ruta, bruno
):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno, agreeing.STUDIES)
    for places, comment in ((7, "Six places, please."), (6, "")):
        last = agreement.versions.order_by("-number").first()
        draft = agreements.change(agreement, by=ruta, reason="More.", after=last)
        agreeing.rewrite(draft, ruta, conditions=(replace(read(draft).conditions[0], places=places),))
        sent = agreements.send(draft, by=ruta)
        if comment:
            assert "which was returned" not in words(client_of(bruno).get(at("approve", sent)))
            agreements.return_version(sent, comment=comment, by=bruno)
    page = words(client_of(bruno).get(at("approve", sent)))
    returned, in_force = (
        page.index("against version 2, which was returned"),
        page.index("against version 1, which is"),
    )
    assert returned < page.index("Six places, please.") < in_force
    assert "<del>7</del>" in page[returned:in_force]
    assert "<del>4</del>" in page[in_force:]


def test_what_was_returned_before_something_else_came_into_force_is_past(ktu, aveiro, ruta, bruno):
    first = agreeing.sent(ktu, aveiro, ruta)
    agreements.return_version(first, comment="No.", by=bruno)
    second = agreements.send(agreements.change(first.agreement, by=ruta, reason=""), by=ruta, approve=True)
    agreements.approve(second, digest=second.digest, by=bruno)
    third = agreements.change(first.agreement, by=ruta, reason="More.")
    agreeing.rewrite(third, ruta, remarks="More.")
    agreements.send(third, by=ruta)
    page = words(client_of(bruno).get(at("approve", third)))
    assert "which was returned" not in page
    assert "against version 2, which is in force" in page


# Another agreement with the same partner.


def warned(person, version):
    pages = [words(client_of(person).get(at(name, version))) for name in ("edit", "send")]
    found = ["There is another agreement with this partner" in page for page in pages]
    assert found[0] == found[1]
    return found[0] and pages[0] + pages[1]


def test_another_agreement_in_the_same_years_is_pointed_out_and_nothing_is_refused(
    ktu, aveiro, trento, ruta, bruno, chiara
):
    agreeing.agreed(ktu, trento, ruta, chiara)
    alone = agreeing.propose(ktu, aveiro, ruta)
    assert not warned(ruta, alone)
    agreements.withdraw(alone, by=ruta)
    other = agreeing.agreed(aveiro, ktu, bruno, ruta)
    draft = agreeing.propose(ktu, aveiro, ruta)
    page = warned(ruta, draft)
    assert (
        page.count(f'<a href="{other.get_absolute_url()}">UA – KTU, 2027/2028 – 2029/2030</a> · In force')
        == 2
    )
    assert agreements.send(draft, by=ruta).status == "sent"


def test_only_what_the_reader_may_see_is_pointed_out(ktu, aveiro, ruta, bruno, egle):
    partners = agreeing.propose(aveiro, ktu, bruno)
    draft = agreeing.propose(ktu, aveiro, ruta)
    assert not warned(ruta, draft)
    assert partners.agreement.get_absolute_url() in warned(egle, draft)
    agreements.send(partners, by=bruno)
    assert partners.agreement.get_absolute_url() in warned(ruta, draft)
    agreements.withdraw(AgreementVersion.objects.get(pk=partners.pk), by=bruno)
    assert not warned(ruta, draft)


def test_years_that_do_not_meet_are_not_pointed_out(ktu, aveiro, ruta, bruno):
    other = agreeing.agreed(ktu, aveiro, ruta, bruno)
    later = replace(agreeing.STUDIES, first_year="2030/2031", last_year="2031/2032")
    draft = agreeing.propose(ktu, aveiro, ruta, later, first_year="2030/2031", last_year="2031/2032")
    assert not warned(ruta, draft)
    last = replace(agreeing.STUDIES, first_year="2029/2030", last_year="2031/2032")
    draft = agreeing.propose(ktu, aveiro, ruta, last, first_year="2029/2030", last_year="2031/2032")
    agreements.withdraw(AgreementVersion.objects.get(first_year="2030/2031"), by=ruta)
    assert warned(ruta, draft)
    agreements.terminate(other, by=ruta, ends_after="2028/2029", reason="Closed.")
    assert not warned(ruta, draft)


def test_the_warning_speaks_of_the_years_that_are_typed(ktu, aveiro, ruta, bruno):
    agreeing.agreed(ktu, aveiro, ruta, bruno)
    later = {"first_year": "2030/2031", "last_year": "2031/2032"}
    draft = agreeing.propose(ktu, aveiro, ruta, replace(agreeing.STUDIES, **later), **later)
    sent = Editor(draft).data.copy()
    sent["seen"] = draft.changed_at.isoformat()

    def told(**typed):
        data = sent.copy()
        for name, value in typed.items():
            data[name.replace("__", "-")] = value
        answer = client_of(ruta).post(at("edit", draft), data, follow=True)
        return answer.status_code, "There is another agreement with this partner" in words(answer)

    assert told(step="look") == (200, False)
    assert told(step="look", terms__first_year="2029/2030") == (200, True)
    wrong = {"conditions__0__places": "many"}
    assert told(**wrong) == (422, False)
    assert told(terms__first_year="2029/2030", **wrong) == (422, True)
    assert told(terms__first_year="1066/1067", **wrong) == (422, False)
    assert told(terms__first_year="2029/2030") == (200, True)


# What is approved and begins later.


def test_the_page_of_a_university_tells_what_begins_later(ktu, aveiro, ruta, bruno, client):
    agreement = agreeing.agreed(ktu, aveiro, ruta, bruno)

    def page():
        return " ".join(client.get(reverse("members:detail", args=["ktu"])).content.decode().split())

    assert "<strong>from 2027/2028</strong>" in page()
    assert "Signatory" not in page()
    late = replace(agreeing.STUDIES, first_year="2029/2030", places=23)
    draft = agreements.change(agreement, by=ruta, reason="Later.")
    agreeing.rewrite(draft, ruta, conditions=(read(draft).conditions[0], late))
    agreements.send(draft, by=ruta, approve=True)
    draft.refresh_from_db()
    agreements.approve(draft, digest=draft.digest, by=bruno)
    assert "23 places a year" in page()
    agreements.terminate(agreement, by=ruta, ends_after="2028/2029", reason="Closed.")
    assert "23 places a year" not in page()  # it would begin after the end
    assert "until 2028/2029" in page()
