"""Visitors' pages that are kept: right after every change, and the same for nobody but visitors."""

import threading
import time

import pytest
from django.db import connection, transaction

from projects.models import Project
from tests import factories
from tests.finished import another, asked, fill, pages, plain, shown

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pages_are_kept")]


@pytest.fixture
def other():
    """Another connection to the same database."""
    with another() as made:
        yield made


def test_a_committed_change_is_shown_at_once(other):
    project = factories.ProjectFactory(title_en="Old words")
    for path in (f"/en/projects/{project.key}/", "/en/projects/", "/en/"):
        fill(path)
    other.execute("UPDATE projects_project SET title_en = 'New words'")
    assert b"Old words" in shown(f"/en/projects/{project.key}/").content, "not committed yet"
    other.commit()
    for path in (f"/en/projects/{project.key}/", "/en/projects/", "/en/"):
        assert b"Old words" not in shown(path).content
    assert b"New words" in shown(f"/en/projects/{project.key}/").content


def test_without_its_trigger_a_change_is_not_seen(other):
    """The control: it is the trigger that does it."""
    project = factories.ProjectFactory(title_en="Old words")
    path = f"/en/projects/{project.key}/"
    fill(path)
    other.execute("SET session_replication_role = replica")
    other.execute("UPDATE projects_project SET title_en = 'New words'")
    other.commit()
    assert b"Old words" in shown(path).content


def test_what_was_withdrawn_is_gone_at_once():
    project = factories.ProjectFactory()
    path = f"/en/projects/{project.key}/"
    fill(path)
    Project.objects.update(publication="draft")
    assert shown(path).status_code == 404


def test_a_page_that_was_begun_before_a_change_is_not_kept(other):
    """The number is read before the page; a change in between makes the page nobody's."""
    project = factories.ProjectFactory(title_en="Old words")
    path = f"/en/projects/{project.key}/"

    def drawn_slowly(request):
        response = plain()
        other.execute("UPDATE projects_project SET title_en = 'New words'")
        other.commit()
        return response

    assert asked(drawn_slowly, path).content == b"page"
    assert pages() == 0


def test_a_writer_that_takes_its_time_keeps_nobody_waiting(other):
    project = factories.ProjectFactory(title_en="Old words")
    path = f"/en/projects/{project.key}/"
    other.execute("UPDATE projects_project SET acronym = 'SLOW'")
    with another() as quick:  # gives up after three seconds
        quick.execute("INSERT INTO news_topic (slug, name) VALUES ('quick', 'Quick')")
    assert b"SLOW" not in fill(path).content
    other.commit()
    assert b"SLOW" in shown(path).content


@pytest.mark.parametrize(
    "change", ["mobility_place SET capacity = 3", "projects_milestone SET title_en = 'x'"]
)
def test_writers_that_end_at_the_same_time_wait_in_no_circle(other, change):
    """The number is the last that anybody locks: the checks of foreign keys, which lock too, come before it."""
    project = factories.ProjectFactory()
    factories.PlaceFactory(), factories.MilestoneFactory()
    with another() as second:
        second.execute("SELECT 1 FROM projects_project WHERE id = %s FOR UPDATE", [project.pk])
        second.execute(f"UPDATE {change}")
        other.execute("UPDATE members_university SET zone = 'Europe/Rome'")  # noted here, checked later:
        other.execute(
            "INSERT INTO projects_website (url, position, project_id) VALUES ('https://x.example', 1, %s)",
            [project.pk],
        )
        ended = []
        first = threading.Thread(target=lambda: ended.append(other.commit()))
        first.start()
        time.sleep(0.3)  # it waits for the project now
        second.commit()
        first.join(5)
    assert ended == [None]


def test_every_commit_has_a_number_of_its_own_and_leaves_nothing_behind():
    university = factories.UniversityFactory()
    numbers = [number()]
    for capacity in range(3):
        with another() as writer:
            writer.execute("UPDATE members_university SET latitude = %s, longitude = 0", [capacity])
            writer.execute("SAVEPOINT s")
            writer.execute("UPDATE members_university SET longitude = %s", [capacity])
            writer.execute("ROLLBACK TO s")
        numbers.append(number())
    assert sorted(set(numbers)) == numbers
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ground_change")
        assert cursor.fetchone() == (0,)
    university.refresh_from_db()
    assert university.latitude == 2


def test_a_change_after_a_savepoint_that_was_given_up_counts():
    factories.UniversityFactory()
    before = number()
    with another() as writer:
        writer.execute("SAVEPOINT s")
        writer.execute("UPDATE members_university SET latitude = 1, longitude = 1")
        writer.execute("ROLLBACK TO s")
        writer.execute("UPDATE members_university SET latitude = 2, longitude = 2")
    assert number() > before


def number():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM ground_version")
        return cursor.fetchone()[0]


def test_pages_are_drawn_when_the_shelf_is_broken():
    path = f"/en/projects/{factories.ProjectFactory().key}/"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ground_finished RENAME TO ground_elsewhere")
        try:
            assert shown(path).status_code == 200
        finally:
            cursor.execute("ALTER TABLE ground_elsewhere RENAME TO ground_finished")


def test_pages_are_drawn_after_the_database_has_ended_the_connection(other):
    path = f"/en/projects/{factories.ProjectFactory().key}/"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other.execute("SELECT pg_terminate_backend(%s)", [pid])
    connection.health_check_enabled = True  # as at the beginning of a request to a server
    connection.health_check_done = False
    assert shown(path).status_code == 200


def test_within_a_transaction_nothing_is_kept_or_read():
    project = factories.ProjectFactory(title_en="Old words")
    path = f"/en/projects/{project.key}/"
    fill(path)
    with transaction.atomic():
        Project.objects.update(title_en="Own words")
        assert b"Own words" in shown(path).content


def test_who_has_the_page_is_told_that_it_is_the_same_until_it_changes():
    project = factories.ProjectFactory(title_en="Old words")
    path = f"/en/projects/{project.key}/"
    tag = fill(path)["ETag"]
    same = shown(path, **{"If-None-Match": tag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert "frame-ancestors 'none'" in same["Content-Security-Policy"]
    assert {"Cookie", "Accept-Encoding"} <= set(same["Vary"].split(", "))
    assert shown(path, **{"If-None-Match": '"another"'}).status_code == 200
    project.title_en = "New words"
    project.save()
    assert shown(path, **{"If-None-Match": tag}).status_code == 200
