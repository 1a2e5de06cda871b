"""What is typed and not saved yet: kept, told, found again on another device, never lost without a word."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from ground import clock
from mobility import actions, parts
from mobility.models import Application, PartDraft, Wish
from tests import factories
from tests.mobility.test_pages_applying import PERSONAL, languages, part, save, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


def hidden(response, name):
    import re

    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


def fields(response, **typed):
    """What a browser sends along with what was typed."""
    return {name: hidden(response, name) for name in ("seen", "draft", "keeper")} | typed


def keep(site, application, slug, shown, **typed):
    address = url(application, "application_draft", slug)
    return site.post(address, fields(shown) | typed, headers={"accept": "application/json"})


def test_typing_is_kept_and_found_on_another_device(site, draft, client, ana):
    shown = site.get(part(draft, "motivation"))
    answer = keep(site, draft, "motivation", shown, motivation="Half a sent")
    assert answer.json()["words"].startswith("Saved ")
    assert Application.objects.get().motivation != "Half a sent"
    other = site.get(part(draft, "motivation")).content.decode()
    assert "Half a sent" in other
    assert "You were writing here" in other


def test_kept_words_are_settled_by_saving_and_by_discarding(site, draft):
    shown = site.get(part(draft, "motivation"))
    version = keep(site, draft, "motivation", shown, motivation="First").json()["version"]
    data = fields(shown) | {"draft": version, "motivation": "First, and more."}
    assert site.post(part(draft, "motivation"), data).status_code == 302
    assert not PartDraft.objects.exists()
    shown = site.get(part(draft, "motivation"))
    version = keep(site, draft, "motivation", shown, motivation="Second").json()["version"]
    site.post(url(draft, "application_draft", "motivation"), {"discard": "1", "draft": version})
    assert not PartDraft.objects.exists()
    assert Application.objects.get().motivation == "First, and more."


def test_later_device_is_told_and_shown_both(site, draft):
    phone, desk = site.get(part(draft, "motivation")), site.get(part(draft, "motivation"))
    keep(site, draft, "motivation", phone, motivation="From the phone.")
    told = keep(site, draft, "motivation", desk, motivation="From the desk.")
    assert told.status_code == 409
    assert "Another device wrote" in told.json()["words"]
    assert PartDraft.objects.get().content == [["motivation", "From the phone."]]
    both = site.post(part(draft, "motivation"), fields(desk, motivation="From the desk."))
    assert both.status_code == 409
    assert "From the phone." in both.content.decode()
    assert "From the desk." in both.content.decode()
    assert site.post(part(draft, "motivation"), fields(both, motivation="Both.")).status_code == 302
    assert Application.objects.get().motivation == "Both."


def test_words_of_another_device_are_not_lost_by_saving_here(site, draft):
    desk = site.get(part(draft, "motivation"))
    keep(site, draft, "motivation", site.get(part(draft, "motivation")), motivation="From the phone.")
    assert site.post(part(draft, "motivation"), fields(desk, motivation="Desk.")).status_code == 409
    assert PartDraft.objects.get().content == [["motivation", "From the phone."]]


def test_unsaved_words_keep_an_application_from_being_submitted(site, draft):
    keep(site, draft, "motivation", site.get(part(draft, "motivation")), motivation="Not done yet")
    check = site.post(url(draft, "application_submit"), {"version": Application.objects.get().version})
    assert check.status_code == 422
    assert "Save or discard what you typed" in check.content.decode()
    assert Application.objects.get().status == "draft"


def test_refused_answers_are_kept_too(site, draft):
    response = save(site, draft, "personal", **PERSONAL | {"birth_date": "31/02/2004"})
    assert response.status_code == 422
    text = site.get(part(draft, "personal")).content.decode()
    assert "31/02/2004" in text


def test_words_sent_after_the_session_ended_are_kept(site, client, ana, draft):
    shown = site.get(part(draft, "motivation"))
    site.logout()
    answer = site.post(part(draft, "motivation"), fields(shown, motivation="Typed while signed out."))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url
    client.force_login(ana)
    assert "Typed while signed out." in client.get(part(draft, "motivation")).content.decode()


def test_autosave_goes_on_after_the_session_ended(site, draft):
    shown = site.get(part(draft, "motivation"))
    site.logout()
    told = keep(site, draft, "motivation", shown, motivation="More.").json()
    assert not told["signed_in"]
    assert "sign in to go on" in told["words"]


@pytest.mark.parametrize("proof", ["", "x", "of another page", "of another person"])
def test_without_the_proof_nobody_writes_for_others(proof, site, draft, tomas):
    from mobility.writing.typed import keeper_for

    proofs = {
        "of another page": keeper_for(draft.applicant, draft.uuid, "personal"),
        "of another person": keeper_for(tomas, draft.uuid, "motivation"),
    }
    site.logout()
    data = {"keeper": proofs.get(proof, proof), "motivation": "Hostile."}
    for name in ("application_draft", "application_part"):
        status = site.post(url(draft, name, "motivation"), data).status_code
        assert status == (404 if proof == "of another person" else 302)
    assert not PartDraft.objects.exists()


def test_drafts_are_of_limited_length_and_of_known_fields(site, draft):
    shown = site.get(part(draft, "motivation"))
    assert keep(site, draft, "motivation", shown, motivation="x" * 200_000).status_code == 413
    keep(site, draft, "motivation", shown, motivation="a\x00b", status="accepted", given_name="Eve")
    assert PartDraft.objects.get().content == [["motivation", "ab"]]


def test_rules_are_told_while_typing(site, draft):
    told = keep(site, draft, "studies", site.get(part(draft, "studies")), ects="30", level="8").json()
    assert any("60 ECTS" in words for words in told["concerns"])
    assert any("other levels" in words for words in told["concerns"])
    save(site, draft, "studies", study_programme="X", ects="30", level="6", field="0613", draft="99")


def test_rules_are_told_on_the_page_and_in_the_list(site, draft, call):
    call.languages.create(language="de", level="B2")
    Application.objects.update(ects=30)
    assert "at least 60 ECTS credits" in site.get(part(draft, "studies")).content.decode()
    assert "German B2" in site.get(part(draft, "languages")).content.decode()
    listed = site.get(url(draft)).content.decode()
    assert "at least 60 ECTS credits" in listed
    assert "German B2" in listed


# Wishes


def test_wishes_move_without_scripts_and_nothing_is_saved_by_it(site, call, ana, aveiro):
    first, second = factories.PlaceFactory.create_batch(2, call=call, host=aveiro)
    draft = factories.complete_application(ana, first, second)
    address = part(draft, "wishes")
    shown = site.get(address)
    typed = {"wish_1": str(first.uuid), "wish_2": str(second.uuid), "wish_3": ""}
    response = site.post(address, fields(shown, **typed, move="up-2"))
    assert response.url == f"{address}#id_wish_1"
    form = site.get(address).context["form"]
    assert [form[f"wish_{n}"].value() for n in (1, 2, 3)] == [str(second.uuid), str(first.uuid), ""]
    assert list(Wish.objects.order_by("rank").values_list("place", flat=True)) == [first.pk, second.pk]


@pytest.mark.parametrize("step", ["up-1", "down-3", "up-9", "sideways-1", "", "up-\x00", "up-²"])
def test_wish_that_can_not_move_stays(step, site, draft, place):
    shown = site.get(part(draft, "wishes"))
    response = site.post(part(draft, "wishes"), fields(shown, wish_1=str(place.uuid), move=step))
    assert response.status_code == 302
    assert site.get(part(draft, "wishes")).context["form"]["wish_1"].value() == str(place.uuid)


def test_swapped_wishes_are_saved(site, call, ana, aveiro):
    places = factories.PlaceFactory.create_batch(3, call=call, host=aveiro)
    draft = factories.complete_application(ana, *places)
    order = [places[2], places[0], places[1]]
    data = {f"wish_{n}": str(place.uuid) for n, place in enumerate(order, 1)}
    assert save(site, draft, "wishes", **data).status_code == 302
    assert [wish.place for wish in draft.wishes.order_by("rank")] == order


def test_place_that_was_just_withdrawn_is_named_and_the_choice_stays(site, draft, place, aveiro):
    other = factories.PlaceFactory(call=draft.call, host=aveiro)
    shown = site.get(part(draft, "wishes"))
    type(place).objects.filter(pk=place.pk).update(is_offered=False)
    typed = {"wish_1": str(place.uuid), "wish_2": str(other.uuid), "wish_3": ""}
    response = site.post(part(draft, "wishes"), fields(shown, **typed))
    text = response.content.decode()
    assert response.status_code == 422
    assert "no longer offered" in str(response.context["form"].errors["wish_1"])
    assert "wish_2" not in response.context["form"].errors
    assert f'<option value="{place.uuid}" selected' in text
    assert list(Wish.objects.values_list("place", flat=True)) == [place.pk]
    assert str(place.uuid) in json.dumps(PartDraft.objects.get().content)


def test_withdrawn_place_is_no_choice_for_others(site, draft, place):
    type(place).objects.filter(pk=place.pk).update(is_offered=False)
    Wish.objects.all().delete()
    assert str(place.uuid) not in site.get(part(draft, "wishes")).content.decode()


# Names and numbers


def test_names_of_a_hundred_letters_go_through_to_the_receipt(site, draft):
    long = "Ž" * 100
    assert (
        save(site, draft, "personal", **PERSONAL | {"given_name": long, "family_name": long}).status_code
        == 302
    )
    one = Application.objects.get()
    assert site.post(url(one, "application_submit"), {"version": one.version}).status_code == 302
    assert long in site.get(url(one)).content.decode()
    assert site.get(url(one, "application_receipt_pdf")).content.startswith(b"%PDF")


def test_name_of_200_letters_is_told_and_kept(site, draft):
    response = save(site, draft, "personal", **PERSONAL | {"family_name": "x" * 200})
    assert response.status_code == 422
    assert "x" * 200 in response.content.decode()


@pytest.mark.parametrize(("typed", "kept"), [("2.5", "2.5"), ("2,5", "2.5"), ("0", "0.0"), ("", None)])
def test_months_are_typed_with_point_or_comma(typed, kept, site, draft):
    with_comma = "," in typed
    if with_comma:
        from django.utils import translation

        with translation.override("lt"):
            response = save(site, draft, "studies", study_programme="X", earlier_months=typed)
    else:
        response = save(site, draft, "studies", study_programme="X", earlier_months=typed)
    assert response.status_code == 302
    value = Application.objects.get().earlier_months
    assert (None if value is None else str(value)) == kept


def test_unit_gender_and_opportunities_are_in_the_snapshot(site, draft, ktu):
    unit = ktu.units.create(name_en="Faculty of Informatics", name_lt="Informatikos fakultetas")
    more = {"unit": unit.pk, "gender": "2", "fewer_opportunities": "true"}
    assert save(site, draft, "personal", **PERSONAL | more).status_code == 302
    one = actions.submit_application(Application.objects.get(), by=draft.applicant)
    assert one.snapshot["personal"]["unit"]["name_lt"] == "Informatikos fakultetas"
    text = site.get(url(one)).content.decode()
    assert "Faculty of Informatics" in text
    assert "Female" in text


def test_more_rows_of_languages_without_scripts(site, draft):
    shown = site.get(part(draft, "languages"))
    site.post(part(draft, "languages"), fields(shown, move="row", **languages(("en", "C1"), ("lt", "C2"))))
    assert (
        site.get(part(draft, "languages")).content.decode().count("<fieldset") == 4
    )  # with the one for scripts


# The close


@pytest.mark.parametrize(
    ("closes", "late"),
    [
        (dt.datetime(2027, 3, 28, 0, 59, tzinfo=dt.UTC), 61),  # the last minute before the clocks go forward
        (dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC), 61),
        (dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), 61),  # 03:30, the first time
        (dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC), 61),  # 03:30, the second time
        (dt.datetime(2027, 2, 3, 21, 59, tzinfo=dt.UTC), 61),
    ],
)
def test_a_minute_after_the_close_is_in_and_a_second_more_is_not(closes, late, draft, call, ana):
    call.opens_at, call.closes_at = closes - dt.timedelta(days=20), closes
    call.save()
    from ground.workflow import NotPossible

    with clock.one_moment(closes + dt.timedelta(seconds=late)), pytest.raises(NotPossible):
        actions.submit_application(draft, by=ana)
    assert Application.objects.get().status == "draft"
    for before in (dt.timedelta(seconds=59), -dt.timedelta(seconds=1)):
        with clock.one_moment(closes + before):
            done = actions.submit_application(draft, by=ana)
            assert done.status == "submitted"
            actions.take_back_application(done, by=ana)


def test_words_typed_before_the_close_are_kept_after_it(site, draft, call):
    shown = site.get(part(draft, "motivation"))
    call.closes_at = clock.now() - dt.timedelta(seconds=61)
    call.save()
    assert keep(site, draft, "motivation", shown, motivation="Too late.").status_code == 200
    response = site.post(part(draft, "motivation"), fields(shown, motivation="Too late.", draft="1"))
    assert response.status_code == 409
    assert "Too late." in response.content.decode()


def test_every_page_of_the_form_has_a_part(call):
    assert parts.find(call, "questions") is parts.QUESTIONS


# The reasons of what was refused


@pytest.mark.parametrize(
    ("slug", "typed", "words"),
    [
        ("personal", PERSONAL | {"birth_date": "31/02/2004"}, "Enter a real date"),
        ("personal", PERSONAL | {"birth_date": "2090-01-01"}, "has to be in the past"),
        ("studies", {"study_programme": "X", "ects": "many"}, "Credits earned must be a number"),
        ("languages", languages(("en", "")), "Choose the level too."),
        ("languages", languages(("en", "C1"), ("en", "B1")), "A language stands here twice."),
    ],
)
def test_page_opened_again_says_why_what_was_typed_was_refused(slug, typed, words, site, draft):
    assert save(site, draft, slug, **typed).status_code == 422
    shown = site.get(part(draft, slug))
    assert shown.status_code == 200
    assert words in shown.content.decode()
    assert "There is a problem" in shown.content.decode()


def test_wish_typed_twice_says_so_again(site, draft, place):
    twice = {"wish_1": str(place.uuid), "wish_2": str(place.uuid)}
    assert save(site, draft, "wishes", **twice).status_code == 422
    assert "You chose this place already." in site.get(part(draft, "wishes")).content.decode()


def test_rows_of_languages_come_with_reasons_and_without_scripts(site, draft):
    shown = site.get(part(draft, "languages"))
    rows = languages(("en", ""))
    site.post(part(draft, "languages"), fields(shown, move="row", **rows))
    text = site.get(part(draft, "languages")).content.decode()
    assert "Choose the level too." in text
    assert text.count("<fieldset") == 3  # the one that was typed, one more, one for scripts


@pytest.mark.parametrize("slug", ["personal", "studies", "languages", "wishes", "questions", "motivation"])
def test_page_with_a_draft_costs_as_little(slug, site, call, draft, django_assert_num_queries):
    call.questions.create(text_en="Why?", kind="long")
    typed = {
        "personal": PERSONAL | {"birth_date": "x"}, "studies": {"ects": "x", "earlier_months": "3"},
        "languages": languages(("en", "")), "motivation": {"motivation": "Half"},
    }.get(slug, {})  # fmt: skip
    keep(site, draft, slug, site.get(part(draft, slug)), **typed)
    with django_assert_num_queries(3 if slug == "motivation" else 4):
        site.get(part(draft, slug))


# Too much


def test_too_much_to_keep_is_told_in_words(site, draft):
    shown = site.get(part(draft, "motivation"))
    told = keep(site, draft, "motivation", shown, motivation="x" * (2 * 1024 * 1024 + 1))
    assert told.status_code == 413
    assert "too long to be kept" in told.json()["words"]
    lt = url(draft, "application_draft", "motivation").replace("/en/", "/lt/")
    far = site.post(lt, {"motivation": "x" * 3_000_000}, headers={"accept": "application/json"})
    assert far.json()["words"] != told.json()["words"]


# The way back to the check of the answers


def test_way_back_to_the_check_is_kept_by_removing_and_discarding(site, draft, call):
    from tests.documents.samples import upload

    asked = factories.RequiredDocumentFactory(call=call)
    page = url(draft, "application_documents") + "?from=check"
    sent = site.post(page, {"asked": asked.uuid, "file": upload()})
    assert sent.url.startswith(page)
    text = site.get(sent.url).content.decode()
    assert "The file is uploaded." in text
    paper = draft.documents.get().document
    remove = url(draft, "application_document_remove", paper.uuid) + "?from=check"
    assert f'action="{remove}"' in text
    assert site.post(remove).url == page
    keep(site, draft, "motivation", site.get(part(draft, "motivation")), motivation="Half")
    discard = url(draft, "application_draft", "motivation") + "?from=check"
    assert f'action="{discard}"' in site.get(part(draft, "motivation") + "?from=check").content.decode()
    assert site.post(discard, {"discard": "1", "draft": "1"}).url == part(draft, "motivation") + "?from=check"
