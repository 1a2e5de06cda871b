import datetime as dt

import pytest

from ground import clock
from mobility import actions
from mobility.models import Application
from tests import factories


@pytest.fixture
def call(ktu):
    return factories.CallFactory(
        university=ktu, slug="studies", title_en="Studies abroad", title_lt="Studijos užsienyje",
        academic_year="2027/2028", minimum_ects=60, levels=[6, 7], max_wishes=3,
    )  # fmt: skip


@pytest.fixture
def staff_call(ktu):
    return factories.CallFactory(
        university=ktu, slug="teaching", kind="staff_teaching", academic_year="2027/2028"
    )


@pytest.fixture
def place(call, aveiro):
    return factories.PlaceFactory(call=call, host=aveiro, capacity=2, level=6, field=factories.FieldFactory())


@pytest.fixture
def draft(ana, place):
    """Ana's, complete."""
    return factories.complete_application(ana, place)


@pytest.fixture
def submitted(draft, ana):
    return actions.submit_application(draft, by=ana)


@pytest.fixture
def eligible(submitted, ruta):
    return actions.decide(submitted, "find_eligible", by=ruta)


@pytest.fixture
def offered(eligible, place, ruta):
    return actions.offer_place(eligible, place=place, by=ruta)


@pytest.fixture
def desk(client, ruta):
    """Rūta at her desk."""
    client.force_login(ruta)
    return client


@pytest.fixture
def many(call, place):
    """Submitted applications, as many as asked for."""

    def make(count, **fields):
        made = []
        for n in range(count):
            person = factories.AppointmentFactory(university=call.university).user
            draft = factories.complete_application(person, place, family_name=f"Žmogus{n:03d}", **fields)
            made.append(actions.submit_application(draft, by=person))
        return made

    return make


@pytest.fixture
def in_state(submitted, place, ruta, ana):
    """The submitted application brought to a state by the verbs that lead there."""

    def bring(status) -> Application:
        for step in WAYS_TO[status]:
            take(submitted, step, place=place, ruta=ruta, ana=ana)
        return Application.objects.get(pk=submitted.pk)

    return bring


WAYS_TO = {
    "draft": ["take_back"],
    "submitted": [],
    "returned": ["return"],
    "eligible": ["find_eligible"],
    "ineligible": ["find_ineligible"],
    "offered": ["find_eligible", "offer"],
    "waitlisted": ["find_eligible", "waitlist"],
    "not_selected": ["find_eligible", "not_select"],
    "accepted": ["find_eligible", "offer", "accept"],
    "declined": ["find_eligible", "offer", "decline"],
    "expired": ["find_eligible", "offer", "expire"],
    "withdrawn": ["withdraw"],
}


def take(application, step, *, place, ruta, ana):
    """Take `step` as the person whose it is."""
    own = {
        "submit": actions.submit_application, "take_back": actions.take_back_application,
        "accept": actions.accept_offer, "decline": actions.decline_offer, "withdraw": actions.withdraw_application,
    }  # fmt: skip
    if step in own:
        return own[step](application, by=ana)
    if step == "expire":
        with clock.one_moment(clock.now() + dt.timedelta(days=30)):
            return actions.expire_offer(application)
    if step in actions.OFFERS:
        return actions.offer_place(application, place=place, by=ruta, step=step)
    return actions.decide(application, step, by=ruta, note="Because.")
