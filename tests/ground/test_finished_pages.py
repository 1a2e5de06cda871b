"""Which pages are kept, as what, and until when."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection, models

from ground import finished, finished_shelf
from mobility.models import GRACE
from tests import factories
from tests.finished import asked, fill, pages, plain, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages_are_kept")]
NOON = dt.datetime(2026, 6, 1, 12, 3, tzinfo=dt.UTC)
# Rows that no visitor's page shows.
NEVER_SHOWN = {
    "accounts_user", "accounts_user_groups", "accounts_user_user_permissions", "members_appointment",
    "members_versionside", "members_approval", "members_charterrelease", "members_emaildomain",
    "members_appointmentrequest", "members_joinchoice",
    "audit_event",
    "notifications_message", "notifications_inboxitem", "notifications_preference", "notifications_mailtimes",
    "notifications_reminderrule", "notifications_reminderoverride", "notifications_reminderround",
    "notifications_trackeddate", "notifications_reminderplan", "notifications_secrettoken",
    "notifications_beat", "notifications_brake", "notifications_troubledaddress", "notifications_deliveryreport",
    "projects_follower", "projects_savedfilter", "projects_formdraft", "projects_bulkchange", "projects_import",
    "projects_importrow",
    "mobility_application", "mobility_languageskill", "mobility_wish", "mobility_applicationdocument",
    "mobility_answer", "mobility_partdraft", "mobility_submission", "mobility_reading", "mobility_review",
    "mobility_score", "mobility_conflictofinterest", "mobility_impartialitystatement", "mobility_internalnote",
    "mobility_bulkdecision", "mobility_pendingdecision", "mobility_savedtable", "mobility_applicationmessage",
    "mobility_completionrequest", "mobility_appeal", "mobility_reviewerunit",
    "mobility_calldraft",
    "news_question", "news_registration", "news_followup",
    "news_previewlink", "news_itemdraft", "news_keptpicture", "news_serieschange",
    "news_subscription", "news_subscription_universities", "news_subscription_topics", "news_announcement",
    "news_issue", "news_issueentry", "news_issuecopy",  # the archive of the newsletter is not kept
}  # fmt: skip
# Moments in rows that are shown, which decide nothing or lie in the past.
TURN_NOTHING = {
    "documents_document.uploaded_at", "projects_project.created_at", "projects_project.updated_at",
    "projects_sharing.shared_at", "members_agreement.created_at", "members_agreement.changed_at",
    "members_agreementversion.created_at", "members_agreementversion.changed_at", "members_agreementversion.sent_at",
    "members_agreementversion.approved_at", "members_factsheet.changed_at",
    "mobility_callchange.changed_at", "news_event.starts_at", "news_event.ends_at", "news_event.changed_at",
    "news_event.cancelled_at", "news_lead.chosen_at", "news_lead.ended_at",
    "news_newsitem.changed_at", "texts_staticpage.changed_at",
}  # fmt: skip
OURS = ("accounts", "members", "projects", "mobility", "news", "documents", "audit", "notifications",
        "texts")  # fmt: skip


def test_every_table_is_watched_or_never_shown():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'ground_note_change'")
        watched = {table for (table,) in cursor.fetchall()}
    ours = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in OURS]
    tables = {model._meta.db_table for model in ours}
    assert not watched & NEVER_SHOWN
    assert watched | NEVER_SHOWN == tables


def test_every_moment_that_is_shown_turns_pages_or_decides_nothing():
    said = {f"{model._meta.db_table}.{field}" for model, field in finished.turning()}
    ours = [m for m in apps.get_models() if m._meta.app_label in OURS and m._meta.db_table not in NEVER_SHOWN]
    moments = {
        f"{model._meta.db_table}.{field.name}"
        for model in ours
        for field in model._meta.local_fields
        if isinstance(field, models.DateTimeField)
    }
    assert said | TURN_NOTHING == moments


@pytest.mark.parametrize("language", ["en", "lt"])
def test_a_page_is_read_from_the_shelf_with_one_query_and_is_the_same(language, django_assert_num_queries):
    project = factories.ProjectFactory()
    path = f"/{language}/projects/{project.key}/"
    first = fill(path)
    with django_assert_num_queries(1):
        second = shown(path)
    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())
    assert second["Content-Language"] == language


def test_a_page_from_the_shelf_has_every_header_of_one_that_is_drawn(settings):
    path = f"/en/projects/{factories.ProjectFactory().key}/"
    fill(path)
    held = shown(path)
    settings.FINISHED_PAGES = False
    drawn = shown(path)
    assert held.content == drawn.content
    loose = {"Content-Security-Policy"}  # its parts come in any order
    assert {n: v for n, v in drawn.items() if n not in loose}.items() <= dict(held.items()).items()
    for name in loose:
        assert sorted(held[name].split("; ")) == sorted(drawn[name].split("; "))
    assert set(held.headers) - set(drawn.headers) == {"ETag", "Cache-Control"}
    assert held["Cache-Control"] == "no-cache"


def drawn(at, moment, path):
    """Whether the page had to be drawn for a visitor at `moment`."""
    statements = []

    def note(execute, sql, values, many, context):
        statements.append(sql)
        return execute(sql, values, many, context)

    with at(moment), connection.execute_wrapper(note):
        assert shown(path).status_code == 200
    return len(statements) > 1


def test_a_page_ends_with_the_quarter_of_an_hour(at):
    path = f"/en/projects/{factories.ProjectFactory().key}/"
    assert drawn(at, NOON, path)
    assert not drawn(at, NOON + dt.timedelta(minutes=11, seconds=59), path)
    assert drawn(at, NOON + dt.timedelta(minutes=12), path)
    assert not drawn(at, NOON + dt.timedelta(minutes=26), path)


def test_a_page_ends_when_a_deadline_passes_and_when_its_grace_ends(at):
    closes = NOON + dt.timedelta(minutes=4)
    path = factories.CallFactory(closes_at=closes).get_absolute_url()
    assert drawn(at, NOON, path)
    assert not drawn(at, closes - dt.timedelta(seconds=1), path)
    assert drawn(at, closes, path)
    assert drawn(at, closes + GRACE, path)
    assert not drawn(at, closes + GRACE + dt.timedelta(seconds=1), path)


def test_news_appears_at_its_moment(at):
    factories.NewsItemFactory(title_en="Told later", published_at=NOON + dt.timedelta(minutes=2))
    with at(NOON):
        assert b"Told later" not in fill("/en/news/").content
    with at(NOON + dt.timedelta(minutes=1)):
        assert b"Told later" not in shown("/en/news/").content
    with at(NOON + dt.timedelta(minutes=2)):
        assert b"Told later" in shown("/en/news/").content


def test_a_countdown_is_right_to_the_minute(at):
    event = factories.EventFactory(starts_at=NOON + dt.timedelta(days=3, seconds=30))
    path = event.get_absolute_url()
    assert drawn(at, NOON, path)
    assert not drawn(at, NOON + dt.timedelta(seconds=29), path)
    assert drawn(at, NOON + dt.timedelta(seconds=30), path)


def test_a_view_can_say_that_its_page_ends_earlier(at):
    def respond(request):
        finished.until(NOON + dt.timedelta(seconds=5))
        return plain()

    with at(NOON):
        asked(respond)
    for seconds, wanted in ((4, b"page"), (5, b"new")):
        with at(NOON + dt.timedelta(seconds=seconds)):
            assert (
                asked(
                    lambda request: plain(b"new"),
                ).content
                == wanted
            )


def test_the_shelf_stays_bounded(monkeypatch):
    monkeypatch.setattr(finished_shelf, "MOST_PAGES", 3)
    monkeypatch.setattr(finished_shelf, "TIDY_EVERY", 4)
    shelf = finished_shelf.TableShelf()
    now, number = dt.datetime.now(dt.UTC), shelf.find(b"0" * 32).number
    for place in range(12):
        entry = finished.Entry.of(plain(), number, now + dt.timedelta(minutes=place))
        shelf.keep(b"%032d" % place, entry)
    assert pages() == 3
    assert shelf.find(b"%032d" % 11).entry.packed == entry.packed, "the newest are left"


def test_a_page_that_is_too_large_is_not_kept(monkeypatch):
    monkeypatch.setattr("ground.finished_middleware.MOST_BYTES", 10)
    assert asked(lambda request: plain()).content == b"page"
    assert pages() == 0
