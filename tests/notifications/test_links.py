"""The link at the end of a mail: changes how its person gets one kind of mails, and nothing else."""

import datetime as dt
import re
import uuid
from email import message_from_string, policy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from notifications import kinds, links
from notifications.models import Message, Preference
from tests.notifications.conftest import PERIOD, say

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
CHANGED = "projects.changed"


@pytest.fixture
def token(dainius):
    return links.token_for(dainius.uuid, PERIOD)


@pytest.fixture
def visitor():
    """A mail program: no session, no form token."""
    return Client(enforce_csrf_checks=True)


def way(token):
    return reverse("steer_mails", args=[token])


def chosen(person, kind=PERIOD):
    return Preference.objects.filter(user=person, kind=kind).values_list("delivery", flat=True).first()


def test_every_optional_mail_says_how_to_change_it_in_its_text_and_header(dainius, sender, arrived):
    say(dainius)
    sender.run()
    mail = message_from_string(arrived()[0], policy=policy.default)
    address = settings.BASE_URL + way(links.token_for(dainius.uuid, PERIOD))
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for form in ("plain", "html"):
        body = mail.get_body((form,)).get_content()
        assert address in body
        assert "/en/inbox/preferences/" in body
        assert "You get this message because" in body


def test_a_mail_that_cannot_be_switched_off_has_no_way_out(dainius, sender, arrived):
    kind = kinds.MessageKind(**kinds.find(PERIOD).__dict__ | {"transactional": True})
    with kinds.temporarily(kind):
        say(dainius)
        sender.run()
    assert "List-Unsubscribe" not in arrived()[0]
    assert "/mails/" not in arrived()[0]


@pytest.mark.parametrize("kind", [k for k in kinds.all_kinds() if not k.transactional], ids=lambda k: k.name)
def test_a_link_of_every_kind_opens_a_page(visitor, dainius, kind):
    page = visitor.get(way(links.token_for(dainius.uuid, kind.name)))
    assert page.status_code == 200
    assert escape(str(kind.label)) in page.content.decode()


def test_looking_changes_nothing(visitor, dainius, token):
    for method in (visitor.get, visitor.head):
        assert method(way(token)).status_code == 200
        assert method(way(token), {"delivery": "off", "List-Unsubscribe": "One-Click"}).status_code == 200
    assert chosen(dainius) is None


def test_a_mail_program_stops_the_mails_with_one_post(visitor, dainius, token):
    response = visitor.post(way(token), ONE_CLICK)
    assert response.status_code == 200  # RFC 8058, 3.1: no redirect
    assert chosen(dainius) == "off"
    assert chosen(dainius, CHANGED) is None
    assert visitor.post(way(token), ONE_CLICK).status_code == 200


@pytest.mark.parametrize("wanted", ["daily", "weekly", "off"])
def test_each_button_changes_and_can_be_undone(visitor, dainius, token, wanted):
    done = visitor.post(way(token), {"delivery": wanted})
    assert chosen(dainius) == wanted
    page = visitor.get(done["Location"]).content.decode()
    assert "Your choice is kept" in page
    word = re.search(r'name="undo"[^>]*value="([^"]+)"', page)[1]
    visitor.post(way(token), {"undo": word})
    assert chosen(dainius) == "at_once"
    assert "Undo" not in visitor.get(way(token)).content.decode()


def test_a_digest_is_stopped_with_all_that_it_brings_and_brought_back(visitor, dainius):
    Preference.objects.create(user=dainius, kind=PERIOD, delivery="daily")
    Preference.objects.create(user=dainius, kind=CHANGED, delivery="weekly")
    token = links.token_for(dainius.uuid, "portal.daily_digest")
    done = visitor.post(way(token), {"delivery": "off"})
    assert (chosen(dainius), chosen(dainius, CHANGED)) == ("off", "weekly")
    word = re.search(r'name="undo"[^>]*value="([^"]+)"', visitor.get(done["Location"]).content.decode())[1]
    visitor.post(way(token), {"undo": word})
    assert (chosen(dainius), chosen(dainius, CHANGED)) == ("daily", "weekly")


@pytest.mark.parametrize("data", [{}, {"delivery": ""}, {"delivery": "hourly"}, {"delivery": "off\x00"},
                                  {"undo": "made-up"}, {"List-Unsubscribe": "no"}])  # fmt: skip
def test_what_no_button_says_changes_nothing(visitor, dainius, token, data):
    response = visitor.post(way(token), data)
    assert response.status_code == 422
    assert "Nothing was changed" in response.content.decode()
    assert chosen(dainius) is None


def test_an_undo_of_another_link_changes_nothing(visitor, dainius, ana, token):
    foreign = links.undo_word(links.token_for(ana.uuid, PERIOD), {PERIOD: "off"})
    assert visitor.post(way(token), {"undo": foreign}).status_code == 422
    assert visitor.get(way(token), {"done": foreign}).status_code == 200
    assert chosen(dainius) is None


def tampered(token):
    yield from (
        token[:-1],
        token[1:],
        "x" * 22 + token[22:],
        token.replace(":", ""),
        "",
        ":",
        "a" * 2000,
        "\ud800",
        "ž",
    )


def test_a_link_that_is_not_ours_opens_a_plain_page(visitor, dainius, token):
    for text in tampered(token):
        if not text or text == "\ud800":
            assert links.opened_by(text) is None
            continue
        for response in (visitor.get(way(text)), visitor.post(way(text), ONE_CLICK)):
            assert response.status_code == 404
            assert "This link does not work" in response.content.decode()
    assert not Preference.objects.exists()


def test_a_link_of_a_closed_account_and_of_none_opens_the_same_plain_page(visitor, dainius, token):
    type(dainius).objects.filter(pk=dainius.pk).update(is_active=False)
    nobody = links.token_for(uuid.uuid4(), PERIOD)
    pages = [visitor.post(way(one), ONE_CLICK) for one in (token, nobody)]
    assert [page.status_code for page in pages] == [404, 404]
    assert not Preference.objects.exists()


def test_a_link_opens_no_kind_that_cannot_be_switched_off(visitor, dainius):
    assert visitor.get(way(links.token_for(dainius.uuid, "account.mail"))).status_code == 404
    assert visitor.get(way(links.token_for(dainius.uuid, "gone.kind"))).status_code == 404


def test_a_link_names_nobody_and_is_no_other_signature(dainius, token):
    for private in (dainius.email, dainius.name, str(dainius.pk), PERIOD, dainius.uuid.hex):
        assert private not in token
    from django.core import signing

    with pytest.raises(signing.BadSignature):
        signing.Signer(salt="news.registration").unsign(token)


def test_links_stay_good_when_the_key_is_changed_and_end_when_it_is_dropped(settings, dainius, token):
    settings.MAIL_LINK_KEYS = ["new" * 20, *settings.MAIL_LINK_KEYS]
    assert links.opened_by(token).user == dainius
    fresh = links.token_for(dainius.uuid, PERIOD)
    assert fresh != token
    settings.MAIL_LINK_KEYS = ["new" * 20]
    assert links.opened_by(token) is None
    assert links.opened_by(fresh).kind.name == PERIOD


def test_a_link_is_good_for_more_than_a_year(time_machine, dainius, token):
    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(days=800))
    assert links.opened_by(token).user == dainius


def test_the_page_names_no_person_and_is_kept_by_nobody(visitor, dainius, token):
    response = visitor.get(way(token))
    page = response.content.decode()
    for private in (dainius.email, dainius.name):
        assert private not in page
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_page_speaks_the_persons_language(visitor, dainius, token):
    type(dainius).objects.filter(pk=dainius.pk).update(language="lt")
    assert '<html lang="lt">' in visitor.get(way(token)).content.decode()


def test_so_many_tries_are_refused_for_a_while(visitor, token):
    answers = [visitor.post(way(token), {"delivery": "daily"}).status_code for _ in range(62)]
    assert answers[-1] == 429
    assert answers[0] == 302


def test_the_page_costs_the_same_each_time(visitor, token, django_assert_num_queries):
    visitor.get(way(token))
    with django_assert_num_queries(2):  # person, delivery
        visitor.get(way(token))


def test_an_address_without_account_gets_no_such_link():
    message = Message(kind=PERIOD, recipient="mail:x", address="x@people.example")
    assert links.address_for(message) == ""
