"""Agreements for tests, made by the verbs that people use."""

from dataclasses import replace
from decimal import Decimal

from members.actions import agreements
from members.agreements.content import ConditionContent, FieldContent, LanguageContent, read
from tests import factories

STUDIES = ConditionContent(
    kind="student_studies", sends=1, first_year="2027/2028", last_year="2029/2030", places=4,
    months=Decimal("20.00"), levels=(6, 7), fields=(FieldContent("0613"),), languages=(LanguageContent("en", "B2"),),
)  # fmt: skip
TEACHING = ConditionContent(
    kind="staff_teaching", sends=2, first_year="2027/2028", last_year="2029/2030", places=2, days=Decimal("10.00"),
    fields=(FieldContent("0613", "Software engineering"),), languages=(LanguageContent("en", "C1"),),
)  # fmt: skip


def propose(own, partner, by, *conditions, **values):
    """A draft of `own` with these conditions (else one of studies and one of teaching), and people on both sides."""
    factories.FieldFactory()
    years = {"first_year": "2027/2028", "last_year": "2029/2030"}
    agreement = agreements.propose(university=own, partner=partner, by=by, **years)
    version = agreement.versions.get()
    values = {"sides": tuple(map(with_people, read(version).sides))} | values
    return rewrite(version, by, conditions=conditions or (STUDIES, TEACHING), **values)


def with_people(side):
    """The side with whom it has to name; what it says already stays."""
    return replace(side, **{name: getattr(side, name) or said for name, said in people(side.place).items()})


def people(place, **changed):
    """Who signs and whom to ask, as the form of an approval sends them."""
    return {
        "signatory_name": f"Signatory {place}", "signatory_position": "Vice-Rector", "signatory_email": "",
        "contact_name": f"Desk {place}", "contact_email": f"desk{place}@uni.example", "contact_phone": "",
    } | changed  # fmt: skip


def rewrite(version, by, **values):
    """The draft with these values instead of what it says."""
    return agreements.write(version, replace(read(version), **values), by=by, seen=None)


def sent(own, partner, by, *conditions, **values):
    return agreements.send(propose(own, partner, by, *conditions, **values), by=by)


def agreed(own, partner, by, other, *conditions, **values):
    """An agreement in force: proposed and approved by `by`, approved by `other` of the partner."""
    version = sent(own, partner, by, *conditions, **values)
    agreements.approve(version, digest=version.digest, by=by)
    agreements.approve(version, digest=version.digest, by=other)
    version.agreement.refresh_from_db()
    return version.agreement
