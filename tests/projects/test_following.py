import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from ground import clock
from notifications.models import InboxItem, Message
from projects import actions
from projects.models import Follower, Project
from tests import factories

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def followed(project, ana):
    """S-NET-24-50, followed by Ana since a while ago."""
    actions.follow(project, by=ana)
    return project


def told(kind="projects.changed"):
    return [
        (message.user_uuid, message.context["what"])
        for message in Message.objects.filter(kind=kind, state=Message.State.DUE).order_by("pk")
    ]


def press(client, project, step, **more):
    return client.post(f"/en/projects/{project.key}/follow/", {"step": step, **more})


def test_following_twice_is_following_once_and_so_is_stopping(client, project, ana):
    client.force_login(ana)
    for _ in range(2):
        assert press(client, project, "follow").status_code == 302
        assert "collected for an hour" in client.get(f"/en/projects/{project.key}/").content.decode()
    assert Follower.objects.filter(user=ana, project=project).count() == 1
    for _ in range(2):
        assert press(client, project, "unfollow").status_code == 302
    assert not Follower.objects.exists()


@pytest.mark.parametrize("step", ["", "become_rector", "\x00", "follow " * 900])
def test_a_step_that_is_none_changes_nothing(client, project, ana, step):
    client.force_login(ana)
    assert press(client, project, step).status_code == 400
    assert not Follower.objects.exists()


def test_the_page_offers_what_is_not_so_yet(client, project, ana):
    client.force_login(ana)
    page = client.get(project.get_absolute_url()).content.decode()
    assert 'value="follow"' in page
    press(client, project, "follow")
    page = client.get(project.get_absolute_url()).content.decode()
    assert 'value="unfollow"' in page
    assert 'value="follow"' not in page


def test_a_visitor_is_offered_no_following(client, project):
    assert "/follow/" not in client.get(project.get_absolute_url()).content.decode()


def test_who_does_not_see_a_project_cannot_follow_it(client, ana, ktu):
    draft = factories.ProjectFactory(lead=ktu, publication="draft")
    client.force_login(ana)
    assert press(client, draft, "follow").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.follow(draft, by=ana)
    assert not Follower.objects.exists()


def test_an_edit_is_told_to_who_follows_and_not_to_who_made_it(followed, ana, dainius):
    actions.follow(followed, by=dainius)
    fields = {"lead": followed.lead, "title_en": "Edited"}
    actions.edit_project(followed, by=dainius, version=followed.version, fields=fields, rows={})
    assert told() == [(str(ana.uuid), "edit")]


def test_three_edits_within_an_hour_are_one_message_that_comes_at_its_end(followed, ana, dainius, at):
    for minutes in (0, 20, 59):
        with at(NOON + minutes * MINUTE):
            actions.tell_followers(followed, dainius, "edit")
    [message] = Message.objects.filter(kind="projects.changed")
    assert message.not_before == NOON + 60 * MINUTE
    with at(NOON + 61 * MINUTE):
        actions.tell_followers(followed, dainius, "edit")
    assert Message.objects.filter(kind="projects.changed").count() == 2


def test_changes_of_different_kinds_are_told_each(followed, dainius):
    for what in ("edit", "amend", "document"):
        actions.tell_followers(followed, dainius, what)
    assert [what for _, what in told()] == ["edit", "amend", "document"]


def test_what_nobody_knows_how_to_say_is_refused(followed, dainius):
    with pytest.raises(LookupError):
        actions.tell_followers(followed, dainius, "become_rector")


def test_a_message_shows_in_the_portal_when_it_is_due_only(followed, ana, dainius, at):
    with at(NOON):
        actions.tell_followers(followed, dainius, "edit")
    items = InboxItem.objects.filter(user=ana)
    assert not items.shown_at(NOON + 59 * MINUTE).exists()
    assert items.shown_at(NOON + 60 * MINUTE).exists()


def test_taken_back_to_draft_is_told_to_those_who_still_see_it_and_what_waited_goes_no_more(
    followed, ana, egle, dainius
):
    actions.follow(followed, by=egle)
    actions.tell_followers(followed, dainius, "edit")
    actions.change_publication(followed, step="withdraw", by=dainius)
    assert told() == [(str(egle.uuid), "withdraw")]
    assert not InboxItem.objects.filter(user=ana).exists()


def test_changes_of_a_draft_are_not_told_to_who_no_longer_sees_it(followed, ana, dainius):
    actions.change_publication(followed, step="withdraw", by=dainius)
    actions.tell_followers(Project.objects.get(pk=followed.pk), dainius, "edit")
    assert told() == []


def test_closed_accounts_are_not_told(followed, ana, dainius):
    ana.is_active = False
    ana.save()
    assert actions.tell_followers(followed, dainius, "edit") == 0


def test_who_stops_following_gets_not_even_what_waits(followed, ana, egle, dainius):
    actions.follow(followed, by=egle)
    actions.tell_followers(followed, dainius, "edit")
    actions.unfollow(followed, by=ana)
    assert told() == [(str(egle.uuid), "edit")]


def test_nothing_is_told_of_what_was_rolled_back(followed, dainius):
    with transaction.atomic():
        actions.tell_followers(followed, dainius, "edit")
        transaction.set_rollback(True)
    assert told() == []


def test_internal_papers_are_not_told_and_public_ones_are(followed, dainius):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.world import PDF

    for public in (False, True):
        upload = SimpleUploadedFile(f"paper{public}.pdf", PDF, content_type="application/pdf")
        actions.add_document(
            followed, by=dainius, upload=upload, title_en="Paper", title_lt="", is_public=public
        )
        assert [what for _, what in told()] == (["document"] if public else [])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_what_is_followed_takes_as_many_queries_for_three_as_for_one(
    client, ana, ktu, rows, django_assert_num_queries
):
    for i in range(rows):
        project = factories.ProjectFactory(lead=ktu, title_en=f"Followed {i}")
        factories.MilestoneFactory(project=project, due_on=clock.today(dt.UTC) + dt.timedelta(days=9))
        actions.follow(project, by=ana)
    client.force_login(ana)
    with django_assert_num_queries(6):
        text = client.get("/en/projects/followed/").content.decode()
    assert text.count('value="unfollow"') == rows


def test_the_list_shows_nothing_that_is_no_longer_seen(client, followed, ana, dainius):
    actions.change_publication(followed, step="withdraw", by=dainius)
    client.force_login(ana)
    assert followed.title_en not in client.get("/en/projects/followed/").content.decode()


def test_stopping_from_the_list_leads_back_to_it(client, followed, ana):
    client.force_login(ana)
    response = press(client, followed, "unfollow", back="list")
    assert response["Location"] == "/en/projects/followed/"
