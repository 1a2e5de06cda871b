"""A release of the charter list: uploaded, checked, looked at, taken over or left aside."""

import datetime as dt

import pytest
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from audit.models import Event
from ground.workflow import NotPossible
from members.admin.releases import CharterReleaseAdmin
from members.imports import releases
from members.models import CharterRelease, Identifier, Organisation, Scheme
from tests import factories
from tests.members.test_imports import CRETE, HAMBURG, HEADER, PRISTINA, by_code, take_over

pytestmark = pytest.mark.django_db
S = CharterRelease.Status


def upload(*lines, by):
    return releases.upload_release((HEADER + "".join(lines)).encode(), name="list.csv", by=by)


def checked(*lines, by):
    release = upload(*lines, by=by)
    assert releases.work_on_releases() == 1
    release.refresh_from_db()
    return release


def test_checking_tells_what_is_new_changed_per_field_and_gone_and_writes_nothing(egle):
    take_over(HAMBURG, CRETE)
    moved = HAMBURG.replace("Hamburg,DE", "Harburg,DE").replace("E10208607", "E10208608")
    release = checked(moved, PRISTINA, by=egle)
    assert release.status == S.CHECKED
    assert release.counts == {"new": 1, "changed": 1, "unchanged": 0, "gone": 1, "kept": 0}
    by_kind = {change["kind"]: change for change in release.changes}
    assert by_kind["changed"]["fields"] == [
        ["city", "Hamburg", "Harburg"],
        ["oid", "E10208607", "E10208608"],
    ]
    assert by_kind["gone"]["code"] == "G  KRITIS01"
    assert by_kind["new"]["name"] == "UNIVERSITETI I PRISHTINES"
    assert Organisation.objects.count() == 2
    assert by_code(Scheme.PIC, "999838753").city == "Hamburg"


def test_what_was_shown_is_taken_over_once_and_the_bytes_go(egle):
    release = checked(HAMBURG, CRETE, by=egle)
    releases.take_release(release, by=egle)
    releases.work_on_releases()
    release.refresh_from_db()
    assert (release.status, bytes(release.content)) == (S.TAKEN, b"")
    assert release.settled_at is not None
    assert Organisation.objects.count() == 2
    assert [e.verb for e in Event.objects.order_by("pk")] == [
        "members.upload_charters",
        "members.take_charters",
    ]
    with pytest.raises(NotPossible):
        releases.take_release(release, by=egle)


def test_a_second_release_of_the_same_list_does_nothing(egle):
    take_over(HAMBURG, CRETE)
    release = checked(HAMBURG, CRETE, by=egle)
    assert release.counts == {"new": 0, "changed": 0, "unchanged": 2, "gone": 0, "kept": 0}
    assert release.changes == []
    with pytest.raises(NotPossible, match="changes nothing"):
        releases.take_release(release, by=egle)
    release.refresh_from_db()
    assert release.status == S.CHECKED


@pytest.mark.parametrize("uploader", ["en", "lt"])
def test_that_records_changed_is_told_in_the_readers_language_whoever_uploaded(egle, uploader):
    egle.language = uploader
    egle.save()
    release = checked(HAMBURG, by=egle)
    take_over(CRETE)
    releases.take_release(release, by=egle)
    releases.work_on_releases()
    release.refresh_from_db()
    told = CharterReleaseAdmin(CharterRelease, AdminSite()).problem_told
    assert told(release).startswith("Records changed since")
    with translation.override("lt"):
        assert told(release).startswith("Po sąrašo patikros")


def test_when_records_changed_since_the_check_it_is_shown_anew_and_nothing_is_taken_over(egle):
    release = checked(HAMBURG, by=egle)
    take_over(CRETE)
    releases.take_release(release, by=egle)
    releases.work_on_releases()
    release.refresh_from_db()
    assert release.status == S.CHECKED
    shown = CharterReleaseAdmin(CharterRelease, AdminSite()).problem_told
    assert "changed since the list was checked" in shown(release)
    assert release.counts["gone"] == 1
    assert not Identifier.objects.filter(value="999838753").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "lacks these columns"), (HEADER.encode(), "empty"), (HEADER.encode() + b"\xff\xfe", "not text in UTF-8"),
     ((HEADER + HAMBURG.replace("D  HAMBURG03", "D HAMBURG03")).encode(), "1 row is wrong.")],
)  # fmt: skip
def test_what_is_not_such_a_list_is_refused_with_the_reason(egle, content, says):
    release = releases.upload_release(content, name="x.csv", by=egle)
    releases.work_on_releases()
    release.refresh_from_db()
    assert release.status == S.REFUSED
    assert says in release.problem


@pytest.mark.parametrize(
    ("content", "says", "lt"),
    [(b"", "lacks these columns", "trūksta šių stulpelių"),
     (HEADER.encode() + b"\xff\xfe", "not text in UTF-8", "nėra UTF-8"),
     ((HEADER + HAMBURG.replace("D  HAMBURG03", "D HAMBURG03")).encode(), "1 row is wrong.", "1 eilutė klaidinga")],
)  # fmt: skip
def test_why_a_list_was_refused_is_told_in_the_readers_language(egle, content, says, lt):
    egle.language = "lt"
    egle.save()
    release = releases.upload_release(content, name="x.csv", by=egle)
    releases.work_on_releases()
    release.refresh_from_db()
    assert lt in release.problem
    shown = CharterReleaseAdmin(CharterRelease, AdminSite()).problem_told
    assert says in shown(release)
    with translation.override("lt"):
        assert lt in shown(release)


def test_a_list_left_aside_is_never_taken_over(egle):
    release = checked(HAMBURG, by=egle)
    releases.discard_release(release, by=egle)
    assert releases.work_on_releases() == 0
    assert not Organisation.objects.exists()
    with pytest.raises(NotPossible):
        releases.discard_release(release, by=egle)


def test_only_the_office_and_administrators_may(ruta, laima):
    with pytest.raises(PermissionDenied):
        upload(HAMBURG, by=ruta)
    release = checked(HAMBURG, by=laima)
    with pytest.raises(PermissionDenied):
        releases.take_release(release, by=ruta)


def test_the_back_office_takes_a_release_from_upload_to_record(laima):
    take_over(CRETE)
    client = Client()
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    file = SimpleUploadedFile("list.csv", (HEADER + HAMBURG + CRETE.replace("RETHYMNO", "CHANIA")).encode())
    answer = client.post(reverse("admin:members_charterrelease_add"), {"file": file}, follow=True)
    assert answer.status_code == 200
    release = CharterRelease.objects.get()
    page = reverse("admin:members_charterrelease_change", args=[release.pk])
    assert b'name="_take"' not in client.get(page).content
    releases.work_on_releases()
    content = client.get(page).content.decode()
    assert "New: 1" in content
    assert "<del>RETHYMNO</del> → <ins>CHANIA</ins>" in content
    client.post(page, {"_take": "1"})
    releases.work_on_releases()
    release.refresh_from_db()
    assert release.status == S.TAKEN
    assert client.get(reverse("admin:members_charterrelease_changelist")).status_code == 200
    assert b'name="_discard"' not in client.get(page).content


def desk(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def change_page(release):
    return reverse("admin:members_charterrelease_change", args=[release.pk])


def test_the_back_office_shows_every_wrong_row_and_says_that_nothing_was_taken_over(laima):
    spoilt = [HAMBURG.replace("999838753", "9"), CRETE, PRISTINA.replace("2029-12-31", "later")]
    release = checked(*spoilt, by=laima)
    assert (release.status, Organisation.objects.exists()) == (S.REFUSED, False)
    content = desk(laima).get(change_page(release)).content.decode()
    assert "2 rows are wrong." in content
    assert "Nothing of this list was taken over, the good rows neither" in content
    assert "<td>2</td><td>TECHNISCHE UNIVERSITAT HAMBURG</td><td><code>D  HAMBURG03</code></td>" in content
    assert "<p>“9”: This is not a PIC." in content
    assert "<td>4</td><td>UNIVERSITETI I PRISHTINES</td>" in content
    assert "<p>“later” is no day of a charter (eche_end)." in content
    assert 'name="_take"' not in content


def test_the_back_office_tells_kept_names_and_marks_members_that_are_gone(laima):
    take_over(HAMBURG, CRETE)
    for pic, name in (
        ("999838753", "Hamburg University of Technology"),
        ("999895013", "University of Crete"),
    ):
        organisation = by_code(Scheme.PIC, pic)
        Organisation.objects.filter(pk=organisation.pk).update(name=name)
        factories.UniversityFactory(organisation=organisation)
    release = checked(HAMBURG, by=laima)
    content = desk(laima).get(change_page(release)).content.decode()
    assert "1 university of the alliance is no longer in this list.</strong> University of Crete." in content
    assert '<strong class="alliance">University of the alliance</strong>' in content
    assert (
        "Legal name, kept: ours “Hamburg University of Technology”, the list says “TECHNISCHE UNIVERSITAT HAMBURG”."
        in content
    )
    assert "Kept as the office wrote them, nothing else changed: 1" in content
    assert 'class="default" name="_take"' in content
    assert 'class="quiet" name="_discard"' in content


def test_the_back_office_offers_no_taking_over_of_a_list_that_changes_nothing(laima):
    take_over(HAMBURG)
    release = checked(HAMBURG, by=laima)
    client = desk(laima)
    content = client.get(change_page(release)).content.decode()
    assert "This list changes nothing" in content
    assert 'name="_take"' not in content
    assert 'class="default" name="_discard"' in content
    answer = client.post(change_page(release), {"_take": "1"}, follow=True)
    assert "nothing to take over" in answer.content.decode()
    release.refresh_from_db()
    assert release.status == S.CHECKED


def test_a_list_that_was_checked_before_kept_names_were_told_is_taken_over(egle):
    release = checked(HAMBURG, by=egle)
    for change in release.changes:
        del change["kept"], change["member"]
    del release.counts["kept"]
    release.save()
    releases.take_release(release, by=egle)
    releases.work_on_releases()
    release.refresh_from_db()
    assert release.status == S.TAKEN


def test_the_back_office_refuses_a_file_that_no_such_list_can_be(laima):
    client = Client()
    client.force_login(laima, backend="allauth.account.auth_backends.AuthenticationBackend")
    file = SimpleUploadedFile("list.csv", b"a" * (releases.MAX_BYTES + 1))
    answer = client.post(reverse("admin:members_charterrelease_add"), {"file": file})
    assert "too large" in answer.content.decode()
    assert not CharterRelease.objects.exists()


@pytest.mark.parametrize(
    ("scheme", "value"),
    [("erasmus", "LT KAUNAS2"), ("erasmus", "LTKAUNAS02"), ("pic", "12345678"), ("oid", "E1"), ("schac", "KTU.LT"),
     ("ror", "https://ror.org/01me6gb9"), ("isni", "1")],
)  # fmt: skip
def test_the_database_refuses_a_malformed_code(scheme, value):
    organisation = factories.OrganisationFactory()
    with pytest.raises(IntegrityError, match="members_identifier_shape"), transaction.atomic():
        Identifier.objects.create(organisation=organisation, scheme=scheme, value=value)


def test_a_ror_id_with_a_mistyped_digit_is_refused():
    organisation = factories.OrganisationFactory()
    Identifier(organisation=organisation, scheme="ror", value="https://ror.org/01me6gb93").full_clean()
    with pytest.raises(
        ValidationError, match=r"check digits of this ROR id .* such as https://ror.org/01me6gb93"
    ):
        Identifier(organisation=organisation, scheme="ror", value="https://ror.org/01me6gb94").full_clean()


def test_a_code_copied_from_a_page_with_hard_spaces_counts_plain_ones():
    code = Identifier(
        organisation=factories.OrganisationFactory(), scheme="erasmus", value="D\u00a0\u00a0HAMBURG03"
    )
    code.full_clean()
    assert code.value == "D  HAMBURG03"


def test_a_release_is_settled_exactly_when_it_has_the_moment(egle):
    release = upload(HAMBURG, by=egle)
    with pytest.raises(IntegrityError, match="members_charterrelease_settled"), transaction.atomic():
        CharterRelease.objects.filter(pk=release.pk).update(settled_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    "content",
    [
        b'"a"b,erasmus_code\n',
        b"a" * 200_000 + b",pic\n",
        (HEADER + HAMBURG.replace("TECHNISCHE", "TECH\x00NISCHE")).encode(),
        (HEADER + HAMBURG.replace("Hamburg,DE", "Hamburg,DEXYZ")).encode(),
        (HEADER + HAMBURG.replace("2021-01-01", "0001-01-01")).encode(),
    ],
)
def test_a_bad_list_is_refused_and_keeps_no_later_one_waiting(egle, content):
    bad = releases.upload_release(content, name="bad.csv", by=egle)
    good = upload(HAMBURG, by=egle)
    assert releases.work_on_releases() == 2
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == (S.REFUSED, S.CHECKED)
    assert bad.problem
