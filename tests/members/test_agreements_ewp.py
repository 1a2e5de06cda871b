"""Everything that the exchange of agreements over Erasmus Without Paper (IIA, version 7) needs has its field.

`HOLDERS` names each element of the answer of its `get` endpoint and what holds it here; the answer is then built
from an agreement in force, as the exchange will do, so that an element without a field can't go unnoticed.
"""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from members.actions import agreements
from members.agreements.content import FieldContent, LanguageContent, read
from members.models import (
    Agreement,
    AgreementSide,
    AgreementVersion,
    Approval,
    Condition,
    ConditionField,
    ConditionLanguage,
    Contact,
    Identifier,
    OrganisationalUnit,
    VersionSide,
)
from tests import factories
from tests.members import agreeing

SPEC = "https://github.com/erasmus-without-paper/ewp-specs-"
IIA = f"{SPEC}api-iias/blob/stable-v7/endpoints/get-response.xsd"
CONTACT = f"{SPEC}types-contact/tree/stable-v1"
PHONE = f"{SPEC}types-phonenumber/tree/stable-v1"
HOLDERS = {
    "partner/hei-id": (Identifier, "value"),  # of the scheme SCHAC
    "partner/ounit-id": (OrganisationalUnit, "uuid"),  # through VersionSide.unit
    "partner/iia-id": (AgreementSide, "uuid"),
    "partner/iia-code": (AgreementSide, "code"),
    "partner/signing-contact/contact-name": (Approval, "signatory_name"),
    "partner/signing-contact/email": (Approval, "signatory_email"),
    "partner/signing-contact/role-description": (Approval, "signatory_position"),
    "partner/signing-date": (
        Approval,
        "signed_on",
    ),  # of the side's first approval; its day where nothing was signed
    "partner/contact/contact-name": (Approval, "contact_name"),
    "partner/contact/phone-number/other-format": (Approval, "contact_phone"),
    "partner/contact/email": (Approval, "contact_email"),
    "in-effect": (Agreement, "current"),
    "cooperation-conditions/*": (Condition, "kind"),
    "cooperation-conditions/*/sending-hei-id": (Condition, "sending"),
    "cooperation-conditions/*/sending-ounit-id": (Condition, "sending_unit"),
    "cooperation-conditions/*/sending-contact/contact-name": (VersionSide, "contact_name"),
    "cooperation-conditions/*/receiving-hei-id": (Condition, "receiving"),
    "cooperation-conditions/*/receiving-ounit-id": (Condition, "receiving_unit"),
    "cooperation-conditions/*/receiving-contact/contact-name": (VersionSide, "contact_name"),
    "cooperation-conditions/*/receiving-first-academic-year-id": (Condition, "first_year"),
    "cooperation-conditions/*/receiving-last-academic-year-id": (Condition, "last_year"),
    "cooperation-conditions/*/mobilities-per-year": (Condition, "places"),
    "cooperation-conditions/*/recommended-language-skill/language": (ConditionLanguage, "language"),
    "cooperation-conditions/*/recommended-language-skill/cefr-level": (ConditionLanguage, "level"),
    "cooperation-conditions/*/recommended-language-skill/subject-area/isced-f-code": (
        ConditionLanguage,
        "field",
    ),
    "cooperation-conditions/*/subject-area/isced-f-code": (ConditionField, "field"),
    "cooperation-conditions/*/subject-area/isced-clarification": (ConditionField, "clarification"),
    "cooperation-conditions/*/other-info-terms": (Condition, "remarks"),
    "cooperation-conditions/*/total-months-per-year": (Condition, "months"),
    "cooperation-conditions/*/blended": (Condition, "blended"),
    "cooperation-conditions/*/eqf-level": (Condition, "levels"),
    "cooperation-conditions/*/total-days-per-year": (Condition, "days"),
    "iia-hash": (
        AgreementVersion,
        "digest",
    ),  # the exchange hashes its own form; the version that it hashes is sealed
}
# `terminated-as-a-whole` is Agreement.status; `pdf-file` is made of the same content and has no field of its own.
SPECS = {
    "student_studies": "student-studies-mobility-spec",
    "student_traineeship": "student-traineeship-mobility-spec",
    "staff_teaching": "staff-teacher-mobility-spec",
    "staff_training": "staff-training-mobility-spec",
}


@pytest.fixture
def agreement(autumn_2026, ktu, aveiro, ruta, bruno):
    """In force, and as full as one can be."""
    units = {}
    for university, schac in ((ktu, "ktu.lt"), (aveiro, "ua.pt")):
        Identifier.objects.create(organisation=university.organisation, scheme="schac", value=schac)
        units[university] = factories.UnitFactory(university=university)
        for duty in ("institutional", "agreements"):
            Contact.objects.create(
                university=university, name=f"{duty} desk", duty=duty, email=f"{duty}@{schac}", phone="+370 5 123",
                is_public=True,
            )  # fmt: skip
    draft = agreeing.propose(ktu, aveiro, ruta)
    factories.FieldFactory(code="0714", name_en="Electronics and automation")
    full = {
        "sending_unit": units[ktu].uuid, "receiving_unit": units[aveiro].uuid, "remarks": "Not in August.",
        "fields": (FieldContent("0613", "Robots"), FieldContent("0714")),
        "languages": (LanguageContent("en", "B2"), LanguageContent("pt", "A2", "0714")),
    }  # fmt: skip
    studies = replace(agreeing.STUDIES, blended=True, **full)
    teaching = replace(agreeing.TEACHING, sends=1, **full)
    sides = tuple(
        replace(side, unit=units[university].uuid, signatory_position="Vice-Rector")
        for side, university in zip(read(draft).sides, (ktu, aveiro), strict=True)
    )
    conditions = (
        studies, replace(studies, kind="student_traineeship"), teaching, replace(teaching, kind="staff_training"),
    )  # fmt: skip
    agreeing.rewrite(draft, ruta, conditions=conditions, sides=sides)
    sent = agreements.send(draft, by=ruta)
    for by in (ruta, bruno):
        agreements.approve(
            sent, digest=sent.digest, by=by, signed_on=autumn_2026.date(), signed_by="Vice-Rector"
        )
    for side, by in zip(sent.agreement.sides.all(), (ruta, bruno), strict=True):
        agreements.set_code(side, f"2027/{side.place}", by=by)
    return Agreement.objects.get()


def add(parent, name, text=None, space=IIA):
    if text == "":
        return None
    element = ET.SubElement(parent, f"{{{space}}}{name}")
    element.text = None if text is None else str(text)
    return element


def hei(university):
    return university.organisation.identifiers.get(scheme="schac").value


def contact(parent, name, space, *, label, email="", phone="", role=""):
    element = add(parent, name, space=space)
    add(element, "contact-name", label, CONTACT)
    if phone:
        add(add(element, "phone-number", space=PHONE), "other-format", phone, PHONE)
    for kind, text in (("email", email), ("role-description", role)):
        add(element, kind, text, CONTACT)


def partner(parent, side, version):
    said, named = version.sides.get(side=side), version.approvals.get(side=side)
    first = Approval.objects.filter(side=side).order_by("at").first()
    element = add(parent, "partner")
    add(element, "hei-id", hei(side.university))
    add(element, "ounit-id", said.unit.uuid)
    add(element, "iia-id", side.uuid)
    add(element, "iia-code", side.code)
    contact(
        element, "signing-contact", IIA, label=named.signatory_name, email=named.signatory_email,
        role=named.signatory_position,
    )  # fmt: skip
    add(element, "signing-date", first.signed_on or first.at.date())
    contact(
        element,
        "contact",
        CONTACT,
        label=named.contact_name,
        email=named.contact_email,
        phone=named.contact_phone,
    )


def area(parent, code, clarification=""):
    element = add(parent, "subject-area")
    add(element, "isced-f-code", code)
    add(element, "isced-clarification", clarification)


def specification(parent, condition):
    element = add(parent, SPECS[condition.kind])
    for way in ("sending", "receiving"):
        university = getattr(condition, way)
        add(element, f"{way}-hei-id", hei(university))
        add(element, f"{way}-ounit-id", getattr(condition, f"{way}_unit").uuid)
        said = condition.version.sides.get(side__university=university)
        contact(element, f"{way}-contact", IIA, label=said.contact_name)
    add(element, "receiving-first-academic-year-id", condition.first_year)
    add(element, "receiving-last-academic-year-id", condition.last_year)
    add(element, "mobilities-per-year", condition.places)
    for skill in condition.languages.all():
        row = add(element, "recommended-language-skill")
        add(row, "language", skill.language)
        add(row, "cefr-level", skill.level)
        if skill.field_id:
            area(row, skill.field_id)
    for row in condition.fields.all():
        area(element, row.field_id, row.clarification)
    add(element, "other-info-terms", condition.remarks)
    if condition.kind.startswith("student"):
        add(element, "total-months-per-year", condition.months)
        add(element, "blended", str(condition.blended).lower())
        for level in condition.levels:
            add(element, "eqf-level", level)
    else:
        add(element, "total-days-per-year", condition.days)


def answer(agreement):
    """What the `get` endpoint of version 7 would say of the agreement, to its first side."""
    version = agreement.current
    root = ET.Element(f"{{{IIA}}}iias-get-response")
    iia = add(root, "iia")
    for side in agreement.sides.order_by("place"):
        partner(iia, side, version)
    add(iia, "in-effect", str(agreement.current is not None).lower())
    conditions = add(iia, "cooperation-conditions")
    if agreement.status == "terminated":
        conditions.set("terminated-as-a-whole", "true")
    for kind in SPECS:
        for condition in version.conditions.filter(kind=kind):
            specification(conditions, condition)
    add(iia, "iia-hash", version.digest)
    return root


def paths(element, above=""):
    for child in element:
        name = child.tag.partition("}")[2]
        here = f"{above}/*" if above == "cooperation-conditions" else f"{above}/{name}" if above else name
        if child.text or above == "cooperation-conditions":
            yield here
        yield from paths(child, here)


def test_every_element_has_a_field_that_holds_it():
    for model, name in HOLDERS.values():
        assert model._meta.get_field(name)


@pytest.mark.django_db
def test_the_whole_answer_can_be_given_from_an_agreement_in_force(agreement):
    root = answer(agreement)
    assert set(paths(root[0])) == set(HOLDERS)
    texts = {element.tag.partition("}")[2]: element.text for element in root.iter() if element.text}
    assert texts["in-effect"] == "true"
    assert {spec.tag.partition("}")[2] for spec in root.iter() if spec.tag.endswith("-spec")} == set(
        SPECS.values()
    )
    for identifier in (e.text for e in root.iter() if re.search("ounit-id|iia-id", e.tag)):
        assert re.fullmatch("[!-~]{1,64}", identifier)
    for element in root.iter(f"{{{IIA}}}isced-f-code"):
        assert re.fullmatch("[0-9]{4}", element.text)
    for element in root.iter(f"{{{IIA}}}receiving-last-academic-year-id"):
        assert re.fullmatch("20[0-9]{2}/20[0-9]{2}", element.text)
    for element in root.iter(f"{{{IIA}}}cefr-level"):
        assert re.fullmatch("[ABC][12]", element.text)
    assert re.fullmatch("[0-9a-f]{64}", texts["iia-hash"])


@pytest.mark.django_db
def test_both_sides_keep_their_own_identifier_through_every_version(agreement, ruta, bruno):
    before = [side.uuid for side in agreement.sides.all()]
    draft = agreements.change(agreement, by=ruta, reason="More.")
    agreeing.rewrite(draft, ruta, remarks="More.")
    sent = agreements.send(draft, by=ruta, approve=True)
    agreements.approve(sent, digest=sent.digest, by=bruno)
    assert [side.uuid for side in Agreement.objects.get().sides.all()] == before
    assert len(set(before)) == 2


@pytest.mark.django_db
def test_an_agreement_that_was_given_notice_of_says_so(agreement, ruta):
    ended = agreements.terminate(agreement, by=ruta, ends_after="2028/2029", reason="Closed.")
    [conditions] = answer(ended).iter(f"{{{IIA}}}cooperation-conditions")
    assert conditions.get("terminated-as-a-whole") == "true"
