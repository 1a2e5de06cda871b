"""A form that is sent after its session had ended is kept for the person to whom it was shown, and for nobody else."""

import re
from html import unescape

import pytest
from django.contrib.auth import login
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse

from ground import kept
from members.agreements.content import read
from members.models import AgreementVersion
from tests import factories
from tests.members import agreeing
from tests.members.sending import client_of, fields_in

pytestmark = pytest.mark.django_db
STILL_HERE = "What you typed is still here"


@pytest.fixture
def draft(ktu, aveiro, ruta):
    return agreeing.propose(ktu, aveiro, ruta)


def address(version):
    return reverse("members:agreement_edit", args=[version.agreement.uuid, version.number])


def sent_too_late(person, version, **typed):
    """The client of a browser whose session ended while `person` wrote, after the form was sent; and the answer."""
    client, path = client_of(person), address(version)
    data = fields_in(text_of(client.get(path))) | typed
    client.logout()
    return client, client.post(path, data)


def sign_in(client, person):
    """As people do: what the session held before stays in it."""
    request = RequestFactory().get("/")
    request.session = client.session
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key


def text_of(answer):
    return answer.content.decode()


def carried(answer):
    """What the page that gives the words back would send."""
    data = QueryDict(mutable=True)
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text_of(answer)):
        data.appendlist(unescape(name), unescape(value))
    return dict(data.lists())


def test_what_was_typed_waits_until_the_same_person_has_signed_in_and_is_then_saved(draft, ruta):
    client, answer = sent_too_late(ruta, draft, **{"terms-remarks": "Typed too late."})
    assert (answer.status_code, answer["Location"].partition("?")[2]) == (302, f"next={address(draft)}")
    assert "What you typed is kept: sign in to go on." in text_of(client.get(answer["Location"]))
    sign_in(client, ruta)
    page = client.get(address(draft))
    assert STILL_HERE in text_of(page)
    assert STILL_HERE in text_of(client.get(address(draft)))  # loaded again, it is still there
    assert read(AgreementVersion.objects.get()).remarks != "Typed too late."
    assert client.post(address(draft), carried(page)).status_code == 302
    assert read(AgreementVersion.objects.get()).remarks == "Typed too late."
    assert STILL_HERE not in text_of(client.get(address(draft)))


def test_it_is_given_up_only_when_the_person_says_so(draft, ruta):
    client, _answer = sent_too_late(ruta, draft, **{"terms-remarks": "Typed too late."})
    sign_in(client, ruta)
    page = client.get(address(draft))
    data = carried(page) | {"kept_form_given_up": "1"}
    assert client.post(address(draft), data)["Location"] == address(draft)
    assert STILL_HERE not in text_of(client.get(address(draft)))
    assert read(AgreementVersion.objects.get()).remarks != "Typed too late."


def test_who_signs_in_instead_never_sees_it_nor_does_the_first_one_after_them(draft, ruta, dainius):
    client, _answer = sent_too_late(ruta, draft, **{"terms-remarks": "Typed too late."})
    sign_in(client, dainius)
    answer = client.get(address(draft))
    assert answer.status_code in (403, 404)
    assert "Typed too late." not in text_of(answer)
    assert "kept_forms" not in client.session


@pytest.mark.parametrize(
    "proof", ["", "nonsense", "old", "list", "of another address", "of an earlier shape"]
)
def test_without_a_proof_of_who_typed_nothing_is_kept(draft, ruta, proof, monkeypatch):
    if proof == "old":
        monkeypatch.setattr(kept, "HOLDS_FOR", -1)
    made = {
        "list": [ruta.pk], "of an earlier shape": ruta.pk, "old": [ruta.pk, address(draft)],
        "of another address": [ruta.pk, "/en/elsewhere/"],
    }  # fmt: skip
    if proof in made:
        proof = signing.dumps(made[proof], salt="ground.kept")
    client, answer = sent_too_late(ruta, draft, **{"typed_by": proof, "terms-remarks": "Typed too late."})
    assert answer.status_code == 302
    assert "kept_forms" not in client.session


def page_of(name, ruta, ieva, dainius, ktu):
    """A form of another room: who fills it in, its address."""
    if name == "profile":
        return ruta, reverse("accounts:profile")
    if name == "news":
        return ieva, reverse("news:create")
    project = factories.ProjectFactory(code="KEPT-1", lead=ktu)
    if name == "amendment":
        return dainius, reverse("projects:amend", args=[project.code])
    milestone = factories.MilestoneFactory(project=project)
    return dainius, reverse("projects:milestone_done", args=[project.code, milestone.uuid])


@pytest.mark.parametrize("name", ["profile", "news", "amendment", "milestone"])
def test_forms_of_other_rooms_are_kept_too(name, ruta, ieva, dainius, ktu):
    person, path = page_of(name, ruta, ieva, dainius, ktu)
    client = client_of(person)
    proof = re.search(r'name="typed_by" value="([^"]+)"', text_of(client.get(path)))[1]
    client.logout()
    answer = client.post(path, {"typed_by": proof, "some_text": "Typed too late."})
    assert "What you typed is kept" in text_of(client.get(answer["Location"]))
    sign_in(client, person)
    page = text_of(client.get(path))
    assert STILL_HERE in page
    assert "Typed too late." in page


def test_what_no_form_of_ours_could_hold_is_not_kept(draft, ruta):
    client, answer = sent_too_late(ruta, draft, **{"terms-remarks": "x" * 500_001})
    assert answer.status_code == 302
    assert "kept_forms" not in client.session


def test_other_pages_answer_as_ever_while_it_waits(draft, ruta):
    client, _answer = sent_too_late(ruta, draft, **{"terms-remarks": "Typed too late."})
    sign_in(client, ruta)
    assert STILL_HERE not in text_of(client.get(reverse("members:agreements")))
    assert STILL_HERE in text_of(client.get(address(draft)))


def test_words_that_have_waited_too_long_are_not_given_back(draft, ruta, monkeypatch):
    client, _answer = sent_too_late(ruta, draft, **{"terms-remarks": "Typed too late."})
    sign_in(client, ruta)
    monkeypatch.setattr(kept, "HOLDS_FOR", -1)
    assert "Typed too late." not in text_of(client.get(address(draft)))
    assert "kept_forms" not in client.session


def test_several_forms_wait_each_at_its_own_address_and_the_oldest_goes_first(draft, ruta):
    client = client_of(ruta)
    proofs = {n: kept.proof_for(ruta, address(draft)) for n in range(6)}
    client.logout()
    for n, proof in proofs.items():
        client.post(f"{address(draft)}?n={n}", {"typed_by": proof, "remarks": f"Words {n}"})
    sign_in(client, ruta)
    pages = {n: text_of(client.get(f"{address(draft)}?n={n}")) for n in proofs}
    assert [n for n, text in pages.items() if f'value="Words {n}"' in text] == [2, 3, 4, 5]
    client.post(
        f"{address(draft)}?n=3", carried(client.get(f"{address(draft)}?n=3")) | {"kept_form_given_up": "1"}
    )
    assert STILL_HERE not in text_of(client.get(f"{address(draft)}?n=3"))
    assert 'value="Words 4"' in text_of(client.get(f"{address(draft)}?n=4"))


def test_files_are_named_to_be_chosen_again(draft, ruta):
    client = client_of(ruta)
    proof = kept.proof_for(ruta, address(draft))
    client.logout()
    file = SimpleUploadedFile("<b>scan</b>.pdf", b"%PDF-1.7", content_type="application/pdf")
    client.post(address(draft), {"typed_by": proof, "remarks": "Words", "paper": file})
    sign_in(client, ruta)
    text = text_of(client.get(address(draft)))
    assert "Choose these files again" in text
    assert 'value="Words"' in text
    assert "b&gt;.pdf</li>" in text
