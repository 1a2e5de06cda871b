"""The portal's own pages: as delivered, as the office changes them, as they were."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from reversion.models import Version

from audit.models import Event as Line
from ground import richtext
from news.models import Admission
from news.newsletter import subscribing
from news.newsletter.keeping import KEPT_AFTER
from news.registering import coming
from tests.finished import fill, shown
from tests.ground.conftest import pages_are_kept  # noqa: F401
from texts import actions, delivery, history
from texts.models import Slug, StaticPage

pytestmark = pytest.mark.django_db
EDIT = "/en/texts/privacy/edit/"


def signed_in(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def texts(**more):
    return delivery.delivered("privacy") | more


def changed(by, version=1, **more):
    return actions.change("privacy", by=by, version=version, **texts(**more))


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize("slug", Slug.values)
def test_every_page_is_there_before_anything_was_loaded(language, slug, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(f"/{language}/{slug}/")
    text = response.content.decode()
    assert response.status_code == 200
    assert f"<h1>{delivery.delivered(slug)[f'title_{language}']}</h1>" in text
    assert "<h2>" in text
    assert f'href="/{language}/{slug}/"' in text  # the footer leads there


def test_the_accessibility_statement_has_what_the_model_of_the_european_union_asks_for(client):
    text = client.get("/en/accessibility/").content.decode()
    for part in (
        "Compliance status", "Non-accessible content", "Non-compliance with the accessibility requirements",
        "Disproportionate burden", "Content not within the scope of the applicable legislation",
        "Preparation of this accessibility statement", "Feedback and contact information", "Enforcement procedure",
        "(EU) 2018/1523", "(EU) 2016/2102",
    ):  # fmt: skip
        assert part in text, part


def test_both_languages_of_a_delivered_text_have_the_same_parts():
    for slug in Slug.values:
        found = delivery.delivered(slug)
        counts = [[richtext.render(found[f"body_{code}"]).count(tag) for tag in ("<h3", "<li", "<a ", "<td")]
                  for code in ("en", "lt")]  # fmt: skip
        assert counts[0] == counts[1], slug


def test_what_is_delivered_is_stored_once_and_never_over_what_was_changed_here(egle, monkeypatch):
    assert delivery.deliver() == len(Slug.values)
    assert delivery.deliver() == 0
    changed(egle, title_en="Our privacy")
    newer = {slug: delivery.delivered(slug) | {"lede_en": "Newer."} for slug in Slug.values}
    monkeypatch.setattr(delivery, "delivered", newer.get)
    assert delivery.deliver() == len(Slug.values) - 1
    assert StaticPage.objects.get(slug="privacy").lede_en != "Newer."
    assert StaticPage.objects.get(slug="cookies").lede_en == "Newer."


def test_a_new_release_shows_its_text_at_once_where_nobody_changed_the_page(egle, client, monkeypatch):
    delivery.deliver()
    changed(egle, title_en="Our privacy")
    newer = {slug: delivery.delivered(slug) | {"lede_en": "Newer."} for slug in Slug.values}
    monkeypatch.setattr(delivery, "delivered", newer.get)
    assert "Newer." in client.get("/en/cookies/").content.decode()
    assert "Newer." not in client.get("/en/privacy/").content.decode()
    actions.change("cookies", by=egle, version=1, **(newer["cookies"] | {"title_en": "Our cookies"}))
    assert "Newer." in client.get("/en/cookies/").content.decode()


def test_the_first_change_keeps_what_was_delivered_in_the_history(egle):
    page = changed(egle, version=0, title_en="Our privacy")
    assert (page.version, page.is_own) == (2, True)
    newest, first = history.changes(page)
    (difference,) = newest.differences
    assert str(difference.label) == "Title in English"
    assert [piece.words for piece in difference.pieces if piece.came] == ["Our privacy"]
    assert newest.who == egle.name
    assert first.differences is None
    line = Line.objects.get(verb="texts.change")
    assert (line.actor, line.subject_uuid) == (egle, page.uuid)


def test_only_the_office_and_administrators_change_a_page(egle, laima, ieva, ruta):
    delivery.deliver()
    for person in (ieva, ruta):
        with pytest.raises(PermissionDenied):
            changed(person, title_en="Mine")
        page = StaticPage.objects.get(slug="privacy")
        revision = Version.objects.get_for_object(page).first().revision_id
        with pytest.raises(PermissionDenied):
            actions.restore("privacy", by=person, version=1, revision=revision)
    changed(egle, title_en="Of the office")
    changed(laima, version=2, title_en="Of the administrator")


def test_what_somebody_saved_meanwhile_is_never_overwritten(egle, laima):
    delivery.deliver()
    changed(egle, title_en="First")
    with pytest.raises(actions.Stale):
        changed(laima, title_en="Second")
    assert StaticPage.objects.get(slug="privacy").title_en == "First"


def test_saving_what_is_there_makes_no_version(egle):
    delivery.deliver()
    assert changed(egle).version == 1
    assert StaticPage.objects.get(slug="privacy").is_own is False


def test_the_database_refuses_a_page_without_a_language_and_one_that_nothing_links_to():
    delivery.deliver()
    for wrong in ({"title_lt": ""}, {"body_en": None}, {"slug": "horoscope"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaticPage.objects.filter(slug="privacy").update(**wrong)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("pages_are_kept")
def test_a_form_is_saved_and_shown_to_visitors_at_once(egle):
    delivery.deliver()
    fill("/en/privacy/")
    client = signed_in(egle)
    response = client.post(EDIT, texts(version=1, title_en="Our privacy", comment="Clearer"))
    assert response.status_code == 302
    assert "<h1>Our privacy</h1>" in shown("/en/privacy/").content.decode()
    page = client.get("/en/texts/privacy/history/").content.decode()
    assert "Clearer" in page
    assert egle.name in page


def test_a_conflict_shows_both_and_keeps_what_was_typed(egle, laima):
    delivery.deliver()
    changed(egle, lede_en="Saved meanwhile.")
    client = signed_in(laima)
    response = client.post(EDIT, texts(version=1, lede_en="Typed with care."))
    text = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else saved this page meanwhile" in text
    assert "Typed with care." in text
    assert egle.name in text
    assert "Saved" in text
    assert 'name="version" value="2"' in text
    assert client.post(EDIT, texts(version=2, lede_en="Typed with care.")).status_code == 302
    assert StaticPage.objects.get(slug="privacy").lede_en == "Typed with care."


def test_a_preview_saves_nothing_and_keeps_what_was_typed(egle):
    client = signed_in(egle)
    hostile = "## Part\n\n<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    text = client.post(EDIT, texts(version=0, body_en=hostile, preview="1")).content.decode()
    assert "Preview, not saved yet" in text
    assert "<strong>bold</strong>" in text
    assert "<script>alert" not in text
    assert 'href="javascript' not in text
    assert not StaticPage.objects.exists()


def test_an_empty_text_is_refused_in_words_and_nothing_typed_is_lost(egle):
    response = signed_in(egle).post(EDIT, texts(version=0, body_lt=" ", lede_lt="Kept"))
    assert response.status_code == 422
    assert "“Text in Lithuanian” is missing." in response.content.decode()
    assert "Kept" in response.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"version": "x"}, {"version": "9" * 40}, {"title_en": "a\x00b"}, {"body_en": "x" * 20_001}]
)
def test_bad_input_is_refused(egle, wrong):
    assert signed_in(egle).post(EDIT, texts(**{"version": 0, **wrong})).status_code == 422


def test_an_earlier_version_comes_back_as_a_new_one(egle):
    delivery.deliver()
    page = changed(egle, title_en="Our privacy")
    client, first = signed_in(egle), history.changes(page)[-1]
    path = f"/en/texts/privacy/history/{first.number}/restore/"
    assert "Our" in client.get(path).content.decode()
    assert client.post(path, {"version": "1"}).status_code == 409
    assert client.post(path, {"version": "2"}).status_code == 302
    page.refresh_from_db()
    assert (page.title_en, page.version) == ("Privacy", 3)
    assert "Restored the version of" in history.changes(page)[0].comment
    for version in ("", "x", "9" * 30, "-1"):
        assert client.post(path, {"version": version}).status_code == 409


def test_a_version_of_one_page_is_none_of_another(egle):
    delivery.deliver()
    other = Version.objects.get_for_object(StaticPage.objects.get(slug="about")).get().revision_id
    mine = Version.objects.get_for_object(StaticPage.objects.get(slug="cookies")).get().revision_id
    assert other != mine
    with pytest.raises(StaticPage.DoesNotExist):
        actions.restore("cookies", by=egle, version=1, revision=other)


@pytest.mark.parametrize(
    ("path", "number"), [("/en/texts/", 6), (EDIT, 6), ("/en/texts/privacy/history/", 7)]
)
def test_the_desk_costs_the_same_with_one_save_and_with_three(egle, path, number, django_assert_num_queries):
    delivery.deliver()
    client = signed_in(egle)
    client.get(path)
    for version in (1, 2, 3):
        changed(egle, version=version, title_en=f"Title {version}")
        with django_assert_num_queries(number):
            assert client.get(path).status_code == 200


def test_a_save_waits_for_another_that_is_under_way(egle, transactional_db):
    from tests.finished import another

    delivery.deliver()
    page = StaticPage.objects.get(slug="privacy")
    with another() as other:
        other.execute("SELECT 1 FROM texts_staticpage WHERE id = %s FOR UPDATE", [page.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            with pytest.raises(Exception, match="lock timeout"):
                changed(egle, title_en="At once")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


@pytest.mark.parametrize(
    ("language", "newsletter", "event", "never"),
    [
        ("en", "newsletter", "registered for an event", "deletes nothing by itself"),
        ("lt", "naujienlaišk", "registracij", "pats portalas nieko netrina"),
    ],
)
def test_the_delivered_privacy_page_names_newsletter_and_registrations_and_how_long_they_are_kept(
    language, newsletter, event, never
):
    body = delivery.delivered("privacy")[f"body_{language}"]
    for words in (newsletter, event):
        assert words in body, words
    assert never not in body
    hours = int(coming.HOLDS.total_seconds() // 3600)
    for span in (
        KEPT_AFTER.days,
        subscribing.HOLDS.days,
        hours,
        Admission._meta.get_field("keep_days").default,
    ):
        assert f" {span} " in body, span
