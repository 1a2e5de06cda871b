"""Who signs and whom to ask, on both sides: asked for before sending and at approval, sealed, shown and printed."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from ground import clock
from members.actions import agreements
from members.agreements.content import digest_of, read, read_settled
from members.models import AgreementVersion, Approval, Contact, Identifier
from tests import factories
from tests.members import agreeing
from tests.members.sending import client_of
from tests.members.test_agreements_pages import at, typed, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]
UNNAMED = dict.fromkeys(("signatory_name", "signatory_position", "contact_name", "contact_email"), "")


def without(version, by, *places):
    """The draft without people on these sides."""
    sides = read(version).sides
    kept = tuple(replace(one, **UNNAMED) if one.place in places else one for one in sides)
    return agreeing.rewrite(version, by, sides=kept)


@pytest.fixture
def unnamed(ktu, aveiro, ruta):
    """Sent by KTU, who names nobody for its partner."""
    draft = without(agreeing.propose(ktu, aveiro, ruta), ruta, 2)
    return agreements.send(draft, by=ruta, approve=True)


# Before it is sent.


@pytest.mark.parametrize("sender", ["ruta", "egle"])
def test_who_sends_names_the_people_of_the_sending_side_alone(sender, request, ktu, aveiro):
    by = request.getfixturevalue(sender)
    draft = without(agreeing.propose(ktu, aveiro, by), by, 1, 2)
    with pytest.raises(agreements.Incomplete) as told:
        agreements.send(draft, by=by)
    assert set(told.value.places) == {f"sides.1.{name}" for name in UNNAMED}
    agreeing.rewrite(draft, by, sides=(agreeing.with_people(read(draft).sides[0]), read(draft).sides[1]))
    assert agreements.send(draft, by=by).status == "sent"


def test_the_partner_that_writes_the_next_version_names_its_own(ktu, aveiro, ruta, bruno, unnamed):
    agreements.return_version(unnamed, comment="More.", by=bruno)
    draft = agreements.change(unnamed.agreement, by=bruno, reason="More.")
    with pytest.raises(agreements.Incomplete) as told:
        agreements.send(draft, by=bruno)
    assert set(told.value.places) == {f"sides.2.{name}" for name in UNNAMED}


def test_what_is_missing_stands_beside_its_field(ktu, aveiro, ruta):
    draft = without(agreeing.propose(ktu, aveiro, ruta), ruta, 1)
    reader = client_of(ruta)
    link = f"{at('edit', draft)}?missing=1"
    assert f'href="{link}#id_sides-1-signatory_name">KTU: Name who signs.' in words(
        reader.get(at("send", draft))
    )
    page = words(reader.get(link))
    assert 'href="#id_sides-1-signatory_name"' in page
    assert page.count("Error: Name who signs.") == 1
    assert "Error:" not in words(reader.get(at("edit", draft)))


# At approval.


def test_an_approval_needs_the_people_of_its_side_and_nothing_typed_is_lost(unnamed, bruno):
    reader = client_of(bruno)
    data = {"digest": unnamed.digest, "signatory_name": "Joana Exemplo", "contact_email": "nobody"}
    answer = reader.post(at("approve", unnamed), data)
    assert answer.status_code == 422
    for said in (
        "Say in which position this person signs.",
        "Name a contact.",
        'value="Joana Exemplo"',
        "nobody",
    ):
        assert said in words(answer)
    assert unnamed.approvals.count() == 1
    with pytest.raises(agreements.Refused) as refused:
        agreements.approve(unnamed, digest=unnamed.digest, by=bruno)
    assert set(refused.value.places) == set(UNNAMED)
    people = agreeing.people(2, contact_email="nobody", contact_phone="1" * 41)
    with pytest.raises(agreements.Refused) as refused:
        agreements.approve(unnamed, digest=unnamed.digest, by=bruno, people=people)
    assert set(refused.value.places) == {"contact_email", "contact_phone"}


def test_the_people_of_an_approval_are_kept_with_it_and_the_fingerprint_stays(unnamed, bruno):
    data = agreeing.people(2, signatory_name="Joana Exemplo") | {"digest": unnamed.digest}
    assert client_of(bruno).post(at("approve", unnamed), data).status_code == 302
    unnamed.refresh_from_db()
    assert (unnamed.status, unnamed.digest) == ("in_force", digest_of(unnamed))
    assert unnamed.approvals.get(side__place=2).signatory_name == "Joana Exemplo"
    assert read(unnamed).sides[1].signatory_name == ""
    assert read_settled(unnamed).sides[1].signatory_name == "Joana Exemplo"
    page = words(client_of(bruno).get(unnamed.agreement.get_absolute_url()))
    assert "Signs for this side: Joana Exemplo, Vice-Rector" in page
    assert "not named yet" not in page


@pytest.mark.parametrize("name", list(agreeing.people(1)))
def test_the_people_of_an_approval_never_change(name, unnamed):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Approval.objects.update(**{name: "x@y.example"})
    assert error.value.__cause__.diag.constraint_name == "members_approval_stands"


def test_who_sends_and_approves_at_once_names_the_people_of_the_version(unnamed):
    assert unnamed.approvals.get().signatory_name == "Signatory 1"


def test_an_approval_from_before_people_were_asked_for_holds(ktu, aveiro, ruta, bruno):
    version = agreeing.sent(ktu, aveiro, ruta)
    Approval.objects.create(
        version=version, side=version.agreement.sides.get(place=1), digest=version.digest, by=ruta, by_name="Rūta",
        at=clock.now(),
    )  # fmt: skip
    AgreementVersion.objects.filter(pk=version.pk).update(status="approved_one")
    assert agreements.approve(version, digest=version.digest, by=bruno).status == "in_force"
    assert [side.signatory_name for side in read_settled(version).sides] == ["Signatory 1", "Signatory 2"]
    assert "Signatory 1" in words(client_of(ruta).get(version.agreement.get_absolute_url()))


def test_the_form_begins_with_whom_the_side_named_last_and_never_with_internal_contacts(
    unnamed, ktu, aveiro, trento, ruta, bruno, chiara
):
    Contact.objects.create(university=aveiro, name="CANARY", duty="institutional", email="canary@ua.example")
    Contact.objects.create(
        university=aveiro, name="Open Desk", duty="agreements", email="open@ua.example", is_public=True
    )
    form = client_of(bruno).get(at("approve", unnamed)).context["form"]
    assert [form[name].value() for name in ("signatory_name", "contact_name")] == ["", "Open Desk"]
    people = agreeing.people(2, signatory_name="Joana Exemplo")
    agreements.approve(unnamed, digest=unnamed.digest, by=bruno, people=people)
    second = without(agreeing.propose(ktu, aveiro, ruta), ruta, 2)
    agreements.send(second, by=ruta)
    page = words(client_of(bruno).get(at("approve", second)))
    assert 'value="Joana Exemplo"' in page
    assert "CANARY" not in page
    own = agreements.propose(
        university=aveiro, partner=ktu, first_year="2027/2028", last_year="2027/2028", by=bruno
    )
    assert [side.signatory_name for side in read(own.versions.get()).sides] == ["Joana Exemplo", ""]


def test_the_next_version_begins_with_the_people_of_the_approvals(unnamed, ruta, bruno):
    people = agreeing.people(2, signatory_name="Joana Exemplo")
    agreements.approve(unnamed, digest=unnamed.digest, by=bruno, people=people)
    draft = agreements.change(unnamed.agreement, by=ruta, reason="More places.")
    assert read(draft).sides[1].signatory_name == "Joana Exemplo"


def test_of_two_own_sides_the_form_begins_with_nobody(ktu, aveiro, ruta):
    factories.AppointmentFactory(user=ruta, role="mobility_coordinator", university=aveiro)
    version = agreeing.sent(ktu, aveiro, ruta)
    form = client_of(ruta).get(at("approve", version)).context["form"]
    assert (form["university"].value(), form["signatory_name"].value()) == (None, None)


# Shown and printed.


@pytest.fixture
def coded(ktu, aveiro):
    for university, codes in (
        (ktu, {"erasmus": "LT KAUNAS02", "pic": "999844961", "oid": "E10208664", "schac": "ktu.lt"}),
        (aveiro, {"erasmus": "P  AVEIRO01"}),
    ):
        for scheme, value in codes.items():
            Identifier.objects.create(organisation=university.organisation, scheme=scheme, value=value)


CODES = ("LT KAUNAS02", "999844961", "E10208664", "P  AVEIRO01")


def test_every_page_names_the_codes_and_the_unit_of_each_side(coded, ktu, aveiro, ruta, bruno):
    unit = ktu.units.create(name_en="Faculty of Informatics")
    draft = agreeing.propose(ktu, aveiro, ruta)
    sides = read(draft).sides
    agreeing.rewrite(draft, ruta, sides=(replace(sides[0], unit=unit.uuid), sides[1]))
    pages = [words(client_of(ruta).get(at("send", draft)))]
    agreements.send(draft, by=ruta)
    pages += [words(client_of(bruno).get(at("approve", draft)))]
    pages += [
        words(client_of(bruno).get(address))
        for address in (at("version", draft), draft.agreement.get_absolute_url())
    ]
    for page in pages:
        for code in CODES:
            assert f"<code>{code}</code>" in page
        assert "ktu.lt" not in page
        assert "Faculty of Informatics" in page
        assert "The whole university" in page


def paper(version, person):
    pages = PdfReader(io.BytesIO(client_of(person).get(at("pdf", version)).content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_paper_has_codes_and_room_to_sign(coded, unnamed, ruta):
    text = paper(unnamed, ruta)
    for said in (
        "LT KAUNAS02",
        "999844961",
        "E10208664",
        "AVEIRO01",
        "Signatures",
        "Signatory 1",
        "Vice-Rector",
    ):
        assert said in text
    assert text.count("Signed by") == text.count("Signed on") == 2


def test_the_paper_prints_who_signed_and_when(unnamed, ruta, bruno):
    agreements.approve(
        unnamed, digest=unnamed.digest, by=bruno, people=agreeing.people(2, signatory_name="Joana Exemplo"),
        signed_by="Maria Reitora", signed_on=dt.date(2026, 11, 1),
    )  # fmt: skip
    text = paper(unnamed, ruta)
    signatures = text[text.index("Signatures") :]
    for said in ("Joana Exemplo", "Maria Reitora", "1 November 2026"):
        assert said in signatures


def test_a_draft_typed_in_the_form_keeps_its_people(ktu, aveiro, ruta):
    draft = agreeing.propose(ktu, aveiro, ruta)
    data = typed(draft, **{"sides-1-signatory_name": "Somebody New"})
    assert client_of(ruta).post(at("edit", draft), data).status_code == 302
    assert read(draft).sides[0].signatory_name == "Somebody New"
