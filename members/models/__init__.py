from members.models.agreement import (
    Agreement,
    AgreementSide,
    AgreementVersion,
    Approval,
    VersionSide,
)
from members.models.appointment import SCOPED_ROLES, Appointment, Role
from members.models.condition import Condition, ConditionField, ConditionLanguage
from members.models.exchange import Cefr, Eqf, Kind
from members.models.factsheet import Factsheet, FactsheetLanguage, FactsheetTerm, Term
from members.models.field import FieldOfEducation
from members.models.organisation import Identifier, Organisation, Scheme
from members.models.profile import EmailDomain, OwnProfile, TeachingLanguage
from members.models.release import CharterRelease
from members.models.request import ASKED_FOR, AppointmentRequest, JoinChoice
from members.models.unit import Centre, CentreNetwork, Contact, OrganisationalUnit
from members.models.university import LONG_TEXTS, Figure, Membership, MembershipKind, University

__all__ = [
    "ASKED_FOR",
    "LONG_TEXTS",
    "SCOPED_ROLES",
    "Agreement",
    "AgreementSide",
    "AgreementVersion",
    "Appointment",
    "AppointmentRequest",
    "Approval",
    "Cefr",
    "Centre",
    "CentreNetwork",
    "CharterRelease",
    "Condition",
    "ConditionField",
    "ConditionLanguage",
    "Contact",
    "EmailDomain",
    "Eqf",
    "Factsheet",
    "FactsheetLanguage",
    "FactsheetTerm",
    "FieldOfEducation",
    "Figure",
    "Identifier",
    "JoinChoice",
    "Kind",
    "Membership",
    "MembershipKind",
    "Organisation",
    "OrganisationalUnit",
    "OwnProfile",
    "Role",
    "Scheme",
    "TeachingLanguage",
    "Term",
    "University",
    "VersionSide",
]
