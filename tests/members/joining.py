"""People who have no role yet, for the tests of how they come to one."""

from allauth.account.models import EmailAddress

from members.models import AppointmentRequest, EmailDomain
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def newcomer(email="nauja@ktu.lt", *, verified=True, **fields):
    """A person without a role, whose address is confirmed."""
    person = factories.UserFactory(email=email, **({"name": "Nauja Pavyzdė"} | fields))
    EmailAddress.objects.create(user=person, email=email, verified=verified, primary=True)
    return person


def domain(university, *names):
    """The domains stand for the university."""
    for name in names:
        EmailDomain.objects.create(university=university, domain=name)


def asked(person, university, role="student", **fields):
    """A request that waits."""
    values = {"made_at": factories.LONG_AGO, "note": "Informatics, second year."} | fields
    return AppointmentRequest.objects.create(user=person, university=university, role=role, **values)
