"""The alliance's own figures: edited by the office, never over somebody else's numbers."""

import pytest
from django.core.exceptions import PermissionDenied
from reversion.models import Revision, Version

from audit.models import Event
from ground.workflow import NotPossible
from members import editing
from members.actions import alliance as actions
from members.models import Centre, CentreNetwork, Figure
from tests.members.sending import client_of, fields_in, filled, page, send

pytestmark = pytest.mark.django_db
FIGURES = "/en/universities/alliance/figures/edit/"
NETWORKS = "/en/universities/alliance/networks/"
ROW = {
    "figures-0-kind": "students",
    "figures-0-qualifier": "over",
    "figures-0-value": "300 000",
    "figures-0-year": "2025",
}


def test_the_office_gives_the_figures_and_they_show_at_once(egle, ktu):
    assert "Edit these figures" in page(egle, "/en/universities/")
    assert send(egle, FIGURES, comment="Counted anew", **ROW).status_code == 302
    assert "over 300,000" in page(None, "/en/universities/")
    entry = Event.objects.get(verb="members.edit_alliance")
    assert (entry.actor, entry.details["before"]) == (egle, [])
    assert entry.details["after"][0]["value"] == 300000
    revision = Revision.objects.get()
    assert (revision.user, revision.comment) == (egle, "Counted anew")
    assert send(egle, FIGURES).status_code == 302
    assert Event.objects.filter(verb="members.edit_alliance").count() == 1


def test_figures_of_universities_stay_theirs(egle, ktu):
    Figure.objects.create(university=ktu, kind="students", value=7, year=2024)
    send(egle, FIGURES, **ROW)
    assert set(Figure.objects.values_list("university", "value")) == {(ktu.pk, 7), (None, 300000)}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"figures-0-year": "3000"}, "less than or equal to 2100"),
        ({"figures-0-year": "2099"}, "This year has not begun yet."),
        ({"figures-0-value": "many"}, "Enter a whole number."),
    ],
)
def test_wrong_figures_are_refused_and_stay_typed(egle, typed, says):
    answer = send(egle, FIGURES, **ROW | typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text
    assert f'value="{next(iter(typed.values()))}"' in text
    assert not Figure.objects.exists()


def test_of_two_who_change_them_the_second_sees_both(egle, laima):
    send(egle, FIGURES, **ROW)
    begun = filled(laima, FIGURES)
    send(egle, FIGURES, **{"figures-0-value": "310000"})
    answer = client_of(laima).post(FIGURES, begun | {"figures-0-value": "320000"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "310000" in text
    again = fields_in(text)
    assert again["figures-0-value"] == "320000"
    assert client_of(laima).post(FIGURES, again).status_code == 302
    assert Figure.objects.get().value == 320000


def test_nobody_else_edits_them(ruta, dainius):
    for person in (ruta, dainius):
        assert client_of(person).get(FIGURES).status_code == 404
        assert "Edit these figures" not in page(person, "/en/universities/")
        stored = actions.figures()
        with pytest.raises(PermissionDenied):
            actions.edit_figures(by=person, typed=stored, seen=editing.marks(stored))


def test_the_office_adds_and_changes_a_network_of_centres(egle):
    assert send(egle, f"{NETWORKS}new/", name_en="Sister hubs", name_lt="Seserys").status_code == 302
    made = CentreNetwork.objects.get()
    address = f"{NETWORKS}{made.pk}/"
    assert address in page(egle, FIGURES)
    begun = filled(egle, address)
    send(egle, address, description_en="Share what they learn.", name_lt="Seserų tinklas")
    answer = client_of(egle).post(address, begun | {"name_lt": "Kitaip"})
    assert answer.status_code == 409
    again = fields_in(answer.content.decode())
    assert (again["name_lt"], again["description_en"]) == ("Kitaip", "Share what they learn.")
    assert client_of(egle).post(address, again).status_code == 302
    made.refresh_from_db()
    assert (made.name_en, made.name_lt) == ("Sister hubs", "Kitaip")
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["members.add_network", "members.change_network", "members.change_network"]
    assert Version.objects.get_for_object(made).count() == 3


def test_a_network_has_one_name_and_no_other_networks_name(egle, ruta):
    made = CentreNetwork.objects.create(name_en="Sister hubs")
    for name, words in (("", "Give the name in at least one language."), ("Sister hubs", "already exists")):
        answer = send(egle, f"{NETWORKS}new/", name_en=name)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert client_of(ruta).get(f"{NETWORKS}{made.pk}/").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.save_network(made, by=ruta, typed=actions.network(made), seen={})


def test_the_figures_tell_who_changed_them_when_and_why(egle, ruta):
    send(egle, FIGURES, comment="Counted anew", **ROW)
    send(egle, FIGURES, **{"figures-0-value": "310000"})
    history = FIGURES.replace("edit/", "history/")
    assert history in page(egle, FIGURES)
    text = page(egle, history)
    assert text.index("<del>over 300,000</del> <ins>over 310,000</ins>") < text.index("Counted anew")
    assert "Students, 2025: <ins>over 300,000</ins>" in text
    assert egle.name in text
    assert client_of(ruta).get(history).status_code == 404


def test_a_network_is_removed_once_no_centre_is_in_it(egle, ruta, aveiro):
    made = CentreNetwork.objects.create(name_en="Sister hubs")
    centre = Centre.objects.create(
        host=aveiro.organisation, slug="hub", name_en="Hub of Aveiro", network=made
    )
    address = f"{NETWORKS}{made.pk}/remove/"
    assert address in page(egle, f"{NETWORKS}{made.pk}/")
    answer = client_of(egle).post(address)
    assert answer.status_code == 409
    assert "These centres are in it: Hub of Aveiro." in answer.content.decode()
    with pytest.raises(NotPossible):
        actions.remove_network(made, by=egle)
    Centre.objects.filter(pk=centre.pk).update(network=None)
    begun = filled(egle, f"{NETWORKS}{made.pk}/") | {"description_en": "Typed too late."}
    with pytest.raises(PermissionDenied):
        actions.remove_network(made, by=ruta)
    assert client_of(ruta).post(address).status_code == 404
    for _ in range(2):  # a second click
        assert client_of(egle).post(address).status_code == 302
    assert not CentreNetwork.objects.exists()
    assert Event.objects.get(verb="members.remove_network").details["was"]["name_en"] == "Sister hubs"
    late = client_of(egle).post(f"{NETWORKS}{made.pk}/", begun)
    assert late.status_code == 410
    assert "<p>Typed too late.</p>" in late.content.decode()
    assert client_of(egle).get(f"{NETWORKS}{made.pk}/").status_code == 404


def test_a_network_tells_its_saves(egle, ruta):
    send(egle, f"{NETWORKS}new/", name_en="Sister hubs")
    made = CentreNetwork.objects.get()
    send(egle, f"{NETWORKS}{made.pk}/", name_en="Sisters", comment="Shorter")
    history = f"{NETWORKS}{made.pk}/history/"
    text = page(egle, history)
    assert "<del>Sister hubs</del> <ins>Sisters</ins>" in text
    assert "Shorter" in text
    assert client_of(ruta).get(history).status_code == 404
