"""Filters of the list that people keep under a name."""

import pytest

from ground import clock
from projects.actions import saved as actions
from projects.models import SavedFilter
from tests import factories

pytestmark = pytest.mark.django_db
LIST, PAGE = "/en/projects/", "/en/projects/filters/"


@pytest.fixture
def own(client, dainius):
    client.force_login(dainius)
    return SavedFilter.objects.filter(user=dainius)


def keep(person, name="Ours", query="phase=ending"):
    return SavedFilter.objects.create(user=person, name=name, query=query, saved_at=clock.now())


def test_filter_is_kept_under_a_name_and_stands_above_the_list(client, own, ktu):
    response = client.post(f"{PAGE}?phase=ending&university=ktu&after=x&strange=1", {"name": " Ours   soon "})
    assert response["Location"] == f"{LIST}?phase=ending&university=ktu"
    assert own.get().name == "Ours soon"
    listed = client.get(response["Location"]).content.decode()
    assert 'aria-current="true">Ours soon' in listed


def test_what_is_kept_is_what_is_offered(client, own):
    client.post(f"{PAGE}?phase=bogus&phase=ending&phase=ending&sort=evil&q=%00 word", {"name": "Ours"})
    assert own.get().query == "q=word&phase=ending"


def test_list_offers_to_keep_the_present_filter_to_who_is_signed_in(client, ana):
    address = f'href="{PAGE}?phase=ending&amp;sort=newest"'
    query = {"phase": "ending", "sort": "newest"}
    assert address not in client.get(LIST, query).content.decode()
    client.force_login(ana)
    assert address in client.get(LIST, query).content.decode()
    assert "Save this filter" not in client.get(LIST).content.decode()


def test_filters_are_seen_by_nobody_else(client, dainius, ana):
    one = keep(dainius, name="Quince")
    client.force_login(ana)
    assert b"Quince" not in client.get(LIST).content
    assert b"Quince" not in client.get(PAGE).content
    assert client.post(f"{PAGE}{one.uuid}/", {"name": "Mine"}).status_code == 404
    assert client.post(f"{PAGE}{one.uuid}/remove/").status_code == 404
    with pytest.raises(SavedFilter.DoesNotExist):
        actions.rename_filter(one, by=ana, name="Mine")
    actions.remove_filter(one, by=ana)
    assert SavedFilter.objects.get().name == "Quince"


def test_doubled_name_is_said_and_can_be_replaced(client, own, dainius):
    keep(dainius)
    refused = client.post(f"{PAGE}?phase=planned", {"name": "Ours"})
    assert refused.status_code == 422
    assert b"already have a filter with this name" in refused.content
    assert b'name="replace"' in refused.content
    assert own.get().query == "phase=ending"
    client.post(f"{PAGE}?phase=planned", {"name": "Ours", "replace": "1"})
    assert own.get().query == "phase=planned"


def test_form_sent_twice_keeps_one_filter(client, own):
    for _time in range(2):
        assert client.post(f"{PAGE}?phase=ending", {"name": "Ours"}).status_code == 302
    assert own.count() == 1


def test_two_people_may_use_the_same_name(client, own, ana):
    keep(ana)
    assert client.post(f"{PAGE}?phase=ending", {"name": "Ours"}).status_code == 302


@pytest.mark.parametrize("data", [{}, {"name": ""}, {"name": "   "}, {"name": "x" * 81}, {"name": "a\x00b"}])
def test_name_that_cannot_be_is_refused_with_words(client, own, data):
    assert client.post(f"{PAGE}?phase=ending", data).status_code == 422
    assert not own.exists()


def test_fifty_filters_are_enough(client, own, dainius):
    for n in range(50):
        keep(dainius, name=str(n))
    response = client.post(f"{PAGE}?phase=ending", {"name": "One more"})
    assert response.status_code == 422
    assert b"up to 50 filters" in response.content
    assert own.count() == 50


def test_query_that_is_too_long_to_keep_is_said(client, own, ktu):
    units = [str(factories.UnitFactory(university=ktu).uuid) for _n in range(60)]
    address = f"{PAGE}?{'&'.join(f'department={unit}' for unit in units)}"
    assert b"too many choices" in client.get(address).content
    client.post(address, {"name": "Long"})
    assert not own.exists()


def test_nothing_filtered_is_nothing_to_keep(client, own):
    assert client.post(PAGE, {"name": "All"}).status_code == 200
    assert not own.exists()
    assert b"No saved filters yet" in client.get(PAGE).content


def test_filter_is_renamed_and_removed(client, own, dainius):
    one = keep(dainius)
    keep(dainius, name="Other")
    assert client.post(f"{PAGE}{one.uuid}/", {"name": "Other"}).status_code == 422
    assert client.post(f"{PAGE}{one.uuid}/", {"name": ""}).status_code == 422
    assert client.post(f"{PAGE}{one.uuid}/", {"name": "Ours"}).status_code == 302
    assert client.post(f"{PAGE}{one.uuid}/", {"name": "Newer"}).status_code == 302
    assert own.get(pk=one.pk).name == "Newer"
    assert b"Ending within 90 days" in client.get(PAGE).content
    assert client.post(f"{PAGE}{one.uuid}/remove/").status_code == 302
    assert client.post(f"{PAGE}{one.uuid}/remove/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_however_many_filters(
    client, own, dainius, rows, django_assert_num_queries
):
    for n in range(rows):
        keep(dainius, name=f"Filter {n}")
    with django_assert_num_queries(
        8
    ):  # session, person, moment, appointments, version, names, filters, unread
        response = client.get(PAGE)
    assert response.content.count(b"Filter ") >= rows


def test_name_that_nobody_sees_is_no_name(client, own):
    response = client.post(f"{PAGE}?phase=ending", {"name": "\u202e\u200b"})
    assert response.status_code == 422
    client.post(f"{PAGE}?phase=ending", {"name": "Ours\u202e now"})
    assert own.get().name == "Ours now"
