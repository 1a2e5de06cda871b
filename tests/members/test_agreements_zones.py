"""On an agreement everybody reads moments in the zone of their own, and it is named."""

import datetime as dt

import pytest
from django.urls import reverse

from members.actions import agreements
from members.register.known import known
from members.reports import agreement_paper
from tests.members import agreeing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]


@pytest.fixture
def agreement(ktu, aveiro, ruta, bruno):
    for person, zone in ((ruta, "Europe/Vilnius"), (bruno, "Europe/Lisbon")):
        person.zone = zone
        person.save()
    return agreeing.agreed(ktu, aveiro, ruta, bruno)


@pytest.mark.parametrize(
    ("who", "own", "other"),
    [("ruta", "Vilnius time", "Lisbon time"), ("bruno", "Lisbon time", "Vilnius time")],
)
@pytest.mark.parametrize("page", ["agreement", "agreement_version"])
def test_pages_tell_moments_in_the_readers_zone_alone(page, who, own, other, agreement, client, request):
    client.force_login(request.getfixturevalue(who))
    number = [1] if page == "agreement_version" else []
    text = client.get(reverse(f"members:{page}", args=[agreement.uuid, *number])).content.decode()
    assert own in text
    assert other not in text


def test_the_paper_has_one_zone(agreement, bruno):
    whole = known(agreement.uuid, bruno)
    paper = agreement_paper(
        whole.agreement, whole.versions[0], made_on=dt.date(2026, 11, 2), zone="Europe/Lisbon"
    )
    told = str(paper)
    assert told.count("(Lisbon time)") == 3  # sent, and two approvals
    assert "(Vilnius time)" not in told


def test_a_returned_version_names_who_returned_it(ktu, aveiro, ruta, bruno, client):
    version = agreeing.sent(ktu, aveiro, ruta)
    agreements.return_version(version, comment="Four, please.", by=bruno)
    address = reverse("members:agreement", args=[version.agreement.uuid])
    client.force_login(ruta)
    own = client.get(address).content.decode()
    assert "UA returned it with a comment. Write the next version." in own
    assert "“Four, please.”" in own
    client.force_login(bruno)
    theirs = client.get(address).content.decode()
    assert "You returned it with a comment. The next version is written by KTU." in theirs
    assert "UA returned it with a comment" in theirs  # the timeline
