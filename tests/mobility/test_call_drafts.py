"""What is typed into the form of a call is kept on the server: by the person, by the tab, for thirty days."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from ground import clock
from mobility import actions
from mobility.models import Call, CallDraft
from mobility.tasks import sweep_call_drafts
from mobility.views.drafts import clock_time
from tests import factories
from tests.mobility.test_pages_call_clash import carried
from tests.mobility.test_pages_calling import begun, fields, signed_in, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, ruta):
    return signed_in(client, ruta)


@pytest.fixture
def draft(ktu):
    return begun(ktu)


@pytest.fixture
def sent(desk, draft):
    """What the form carries as its writer opens it, with what is typed."""
    return lambda **changed: fields(draft, **carried(desk.get(url(draft)))) | {"draft": 0} | changed


def keep(client, call, data):
    return client.post(url(call, "call_draft"), data, headers={"accept": "application/json"})


def test_what_is_typed_is_kept_and_shown_again_until_it_is_saved(desk, draft, sent, ruta):
    typed = sent(
        title_en="Half typ", terms=["autumn"], **{"criteria-total": "1", "criteria-0-name_en": "Grades"}
    )
    answer = keep(desk, draft, typed)
    kept = CallDraft.objects.get()
    assert answer.json() == {"version": 1, "words": f"Saved {clock_time(kept, ruta)}"}
    assert Call.objects.get().title_en == "Studies"
    page = desk.get(url(draft))
    text = page.content.decode()
    for shown in ("You were writing here", 'value="Half typ"', 'value="Grades"', 'name="draft" value="1"'):
        assert shown in text
    assert (
        desk.post(
            url(draft), typed | {"draft": 1, "criteria-0-weight": "1", "criteria-0-most": "10"}
        ).status_code
        == 302
    )
    assert Call.objects.get().title_en == "Half typ"
    assert not CallDraft.objects.exists()
    assert "You were writing here" not in desk.get(url(draft)).content.decode()


def test_it_is_its_writers_alone(desk, draft, sent, laima):
    keep(desk, draft, sent(title_en="Mine alone"))
    assert "Mine alone" not in signed_in(desk, laima).get(url(draft)).content.decode()
    keep(desk, draft, sent(title_en="Laima's"))
    assert CallDraft.objects.count() == 2


def test_only_what_belongs_to_the_form_is_kept(desk, draft, sent):
    keep(desk, draft, sent(nonsense="x", publication="archived", csrfmiddlewaretoken="x",
                           **{"places-0-condition": "1", "places-0-capacity": "3", "x-0-key": "1"}))  # fmt: skip
    names = {name for name, _value in CallDraft.objects.get().content}
    assert {"title_en", "version", "base", "places-total", "places-0-capacity"} <= names
    assert not {"nonsense", "publication", "csrfmiddlewaretoken", "typed_by", "draft", "places-0-condition",
                "x-0-key"} & names  # fmt: skip


def test_an_older_tab_does_not_write_over_a_newer_one(desk, draft, sent):
    typed = sent(title_en="First")
    assert keep(desk, draft, typed).json()["version"] == 1
    assert keep(desk, draft, typed | {"title_en": "Second", "draft": 1}).json()["version"] == 2
    stale = keep(desk, draft, typed | {"title_en": "Old tab", "draft": 1})
    assert stale.status_code == 409
    assert "You wrote in this call elsewhere" in stale.json()["words"]
    assert ["title_en", "Second"] in CallDraft.objects.get().content
    assert (
        keep(desk, draft, typed | {"title_en": "Second", "draft": 1}).status_code == 200
    )  # the very same again


def test_saving_an_older_tab_leaves_what_another_typed(desk, draft, sent):
    typed = sent(title_en="Phone")
    keep(desk, draft, typed)
    keep(desk, draft, typed | {"summary_en": "More.", "draft": 1})
    assert desk.post(url(draft), typed | {"draft": 1}).status_code == 302
    assert "More." in desk.get(url(draft)).content.decode()


def test_what_is_refused_is_kept_too(desk, draft, sent):
    page = desk.post(url(draft), sent(title_en="Good work", max_wishes="-1"))
    assert page.status_code == 422
    assert 'name="draft" value="1"' in page.content.decode()
    assert 'value="Good work"' in desk.get(url(draft)).content.decode()


def test_it_is_discarded_only_as_it_was_seen(desk, draft, sent):
    keep(desk, draft, sent(title_en="Mine"))
    for version, left in ((7, 1), (1, 0)):
        desk.post(url(draft, "call_draft"), {"discard": "1", "draft": version})
        assert CallDraft.objects.count() == left


def test_who_was_signed_out_while_typing_loses_nothing(desk, draft, sent, ruta):
    typed = sent(title_en="Still mine")
    desk.logout()
    answer = keep(desk, draft, typed)
    assert "You are signed out" in answer.json()["words"]
    assert CallDraft.objects.get().user == ruta
    for proof in ("", "made-up", _proof_of_another_call(signed_in(desk, ruta), draft)):
        desk.logout()
        assert (
            keep(desk, draft, typed | {"typed_by": proof, "title_en": "Hostile", "draft": 1}).status_code
            == 401
        )
    assert ["title_en", "Still mine"] in CallDraft.objects.get().content


def _proof_of_another_call(client, call):
    other = factories.CallFactory(university=call.university, publication="draft")
    return carried(client.get(url(other)))["typed_by"]


def test_too_much_is_refused_and_nobody_else_keeps_anything(desk, draft, sent, ana):
    assert keep(desk, draft, sent(summary_en="x" * 600_000)).status_code == 413
    with pytest.raises(PermissionDenied):
        actions.keep_call_typed(draft, by=ana, content=[], version=0)
    assert keep(signed_in(desk, ana), draft, {"title_en": "x"}).status_code == 404
    assert desk.post(reverse("mobility:call_draft", args=["nothing"])).status_code == 404
    assert not CallDraft.objects.exists()


def test_drafts_go_after_thirty_days(desk, draft, sent):
    keep(desk, draft, sent())
    assert sweep_call_drafts() == 0
    CallDraft.objects.update(saved_at=clock.now() - dt.timedelta(days=31))
    assert sweep_call_drafts() == 1
