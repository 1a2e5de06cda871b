"""Where the pages of the form lead: no needless step, and back to where the person came from."""

import pytest
from django.urls import reverse

from mobility import actions, parts
from mobility.models import Application
from tests import factories
from tests.documents.samples import upload
from tests.mobility.test_pages_applying import PERSONAL, part, save, seen, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


def test_whoever_signs_in_to_apply_comes_to_the_start_page_and_not_to_the_call_again(client, call, ana):
    text = client.get(reverse("mobility:call", args=[call.slug])).content.decode()
    assert f"?next=%2Fen%2Fmobility%2Fcalls%2F{call.slug}%2Fapply%2F" in text
    client.force_login(ana)
    assert client.get(reverse("mobility:apply", args=[call.slug])).status_code == 200


def test_whoever_may_not_apply_is_told_so_on_the_call_after_signing_in(client, call, bruno):
    client.force_login(bruno)
    response = client.get(reverse("mobility:apply", args=[call.slug]), follow=True)
    assert "for students of the sending university" in response.content.decode()


@pytest.mark.parametrize(
    ("slug", "name"), [("personal", "nationality"), ("studies", "level"), ("studies", "field")]
)
def test_empty_choice_asks_to_choose(slug, name, site, draft):
    field = site.get(part(draft, slug)).context["form"][name]
    assert ">Choose</option>" in str(field)
    assert "No answer</option>" in str(site.get(part(draft, "personal")).context["form"]["gender"])


def test_what_was_carried_over_is_marked_to_be_looked_at_until_it_is_saved(site, ana, ktu, draft):
    fresh = actions.start_application(factories.CallFactory(university=ktu), by=ana)
    states = {
        one.slug: parts.state(whole, one, parts.missing(whole))
        for whole in [_whole(fresh)]
        for one in parts.of(whole.call)
    }
    assert (states["personal"], states["motivation"]) == (parts.CARRIED, parts.NOT_STARTED)
    assert "Filled in from your last application" in site.get(url(fresh)).content.decode()
    save(site, fresh, "personal", **PERSONAL)
    assert parts.state(_whole(fresh), parts.PERSONAL, parts.missing(_whole(fresh))) == parts.COMPLETED


def _whole(application):
    return Application.objects.with_all().get(pk=application.pk)


def test_saved_questions_lead_to_the_files_that_are_missing_and_then_no_more(site, draft, call, ana):
    asked = call.questions.create(kind="file", text_en="Your plan", is_required=False)
    why = call.questions.create(kind="short", text_en="Why?")
    answer = {f"q-{why.uuid}": "Because."}
    assert save(site, draft, "questions", **answer).url == url(draft, "application_files")
    actions.attach_answer(draft, asked, upload(), by=ana)
    assert save(site, draft, "questions", **answer).url == url(draft)


def test_way_from_the_check_goes_by_the_files_and_back_to_the_check(site, draft, call):
    call.questions.create(kind="file", text_en="Your plan")
    asked = factories.RequiredDocumentFactory(call=call)
    address = part(draft, "questions") + "?from=check"
    files = site.post(address, {"seen": seen(site.get(address))}).url
    assert files == url(draft, "application_files") + "?from=check"
    assert f'href="{url(draft, "application_check")}"' in site.get(files).content.decode()
    papers = url(draft, "application_documents") + "?from=check"
    sent = site.post(papers, {"asked": asked.uuid, "file": upload()})
    assert sent.url == f"{papers}&sent={asked.uuid}#asked-{asked.uuid}"
    assert site.get(url(draft, "application_documents") + "?from=//evil.example").context["back"] == url(
        draft
    )


def test_check_page_shows_the_uploaded_files(site, draft, call, ana):
    paper = actions.attach_document(draft, factories.RequiredDocumentFactory(call=call), upload(), by=ana)
    text = site.get(url(draft, "application_check")).content.decode()
    assert f"{url(draft, 'application_document', paper.document.uuid)}?show" in text
