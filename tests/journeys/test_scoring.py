"""A reviewer scores with the applicant's PDF shown in the page, under the one policy that every page has."""

import pytest
from django.urls import reverse

from mobility import actions
from mobility.actions import reviewing
from tests import factories
from tests.documents.samples import upload

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def review(ktu, aveiro, ana, jonas, ruta):
    call = factories.CallFactory(university=ktu, reviewers_wanted=1)
    draft = factories.complete_application(ana, factories.PlaceFactory(call=call, host=aveiro))
    asked = factories.RequiredDocumentFactory(call=call)
    actions.attach_document(draft, asked, upload(), by=ana)
    made = reviewing.assign_reviewer(actions.submit_application(draft, by=ana), jonas, by=ruta)
    reviewing.state_impartiality(call, by=jonas)
    return made


def test_the_paper_is_shown_in_the_page_and_pages_are_shown_in_no_frame(browse, review, jonas):
    page = browse(jonas)
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "ecurity" in said.text else None)
    with page.expect_response(lambda answer: "/document" in answer.url) as paper:
        page.goto(reverse("mobility:review_sheet", args=[review.uuid]))
        page.locator("iframe.paper").scroll_into_view_if_needed()
    assert paper.value.status == 200
    frame = page.locator("iframe.paper").element_handle().content_frame()
    frame.wait_for_load_state()
    assert paper.value.url == frame.url
    assert refused == []
    page.locator("iframe.paper").evaluate("(frame) => { frame.src = '/en/'; }")
    page.wait_for_timeout(1000)
    assert "frame-ancestors 'none'" in " ".join(refused)
