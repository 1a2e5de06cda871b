from members.models.appointment import SCOPED_ROLES, Appointment, Role
from members.models.field import FieldOfEducation
from members.models.organisation import Identifier, Organisation, Scheme
from members.models.unit import Centre, CentreNetwork, Contact, OrganisationalUnit
from members.models.university import LONG_TEXTS, Figure, Membership, MembershipKind, University

__all__ = [
    "LONG_TEXTS",
    "SCOPED_ROLES",
    "Appointment",
    "Centre",
    "CentreNetwork",
    "Contact",
    "FieldOfEducation",
    "Figure",
    "Identifier",
    "Membership",
    "MembershipKind",
    "Organisation",
    "OrganisationalUnit",
    "Role",
    "Scheme",
    "University",
]
