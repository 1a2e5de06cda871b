import datetime as dt
import re

import pytest
from django.template.loader import get_template

from notifications import kinds, preview, reminders

MOMENT = dt.datetime(2025, 12, 1, 7, 0, tzinfo=dt.UTC)
WORDED = [kind for kind in kinds.all_kinds() if not kind.verbatim]


def word(name, language="en", **more):
    kind = kinds.find(name)
    return kinds.word(
        kind, kind.sample | more, name="S-NET-24-50", moment=MOMENT, language=language, person="Ana"
    )


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize("kind", WORDED, ids=lambda kind: kind.name)
def test_every_kind_is_worded_with_its_sample_in_every_language(kind, language):
    wording = word(kind.name, language)
    text, html = kinds.mail_bodies(kind, wording, language)
    assert "\n" not in wording.subject
    assert len(wording.subject) <= 150
    assert wording.subject in html or "&" in html
    assert wording.paragraphs[0].splitlines()[0] in text
    assert str(kind.why) in text or language == "lt"
    assert re.search(rf"https?://[^/]+/{language}/", text)
    assert "{{" not in text + html
    assert "{%" not in text + html
    if kind.link:
        assert wording.path.startswith(f"/{language}/")
        assert wording.url in text


@pytest.mark.parametrize("kind", [kind for kind in kinds.all_kinds() if kind.transactional is False])
def test_every_message_that_can_be_switched_off_says_how(kind):
    text, html = kinds.mail_bodies(kind, word(kind.name), "en")
    assert "/en/inbox/preferences/" in text
    assert "/en/inbox/preferences/" in html


def test_kinds_have_a_full_sentence_for_why():
    for kind in kinds.all_kinds():
        assert str(kind.why).startswith("You get this message because "), kind.name
        assert str(kind.why).endswith("."), kind.name


def test_every_reminder_kind_has_its_message_kind():
    for kind in reminders.all_kinds():
        assert kinds.find(kind.message)


def test_a_message_says_what_and_until_when():
    wording = word("projects.period_ends")
    assert wording.subject == "S-NET-24-50 ends on 1 March 2026: 90 days left"
    assert "Membership of the European Consortium" in wording.paragraphs[1]


def test_names_with_signs_are_not_escaped_in_plain_text_and_are_in_html():
    kind = kinds.find("projects.period_ends")
    wording = word("projects.period_ends", title_en='Tea & <b>"biscuits"</b>')
    text, html = kinds.mail_bodies(kind, wording, "en")
    assert 'Tea & <b>"biscuits"</b>' in text
    assert "Tea &amp; &lt;b&gt;" in html
    assert "<b>" not in html


def test_template_syntax_in_a_name_stays_text():
    assert (
        "{{ settings.SECRET_KEY }}"
        in word("projects.period_ends", title_en="{{ settings.SECRET_KEY }}").paragraphs[1]
    )


@pytest.mark.parametrize(
    "dirty", ["a\nb", "a\r\nBcc: x@people.example", "a\u2028b", "a\x0bb", "a\x00b", "  a   b "]
)
def test_one_line_has_no_line_breaks(dirty):
    clean = kinds.one_line(dirty)
    assert clean.splitlines() == [clean]
    assert clean.startswith("a ")


def test_a_context_that_lacks_something_is_said_as_one_error():
    with pytest.raises(kinds.WordingFailed, match="period_ends"):
        kinds.word(kinds.find("projects.period_ends"), {}, name="X", moment=MOMENT, language="en")


def test_a_context_of_records_is_refused():
    with pytest.raises(TypeError):
        kinds.plain({"kind": object()})


def test_dates_and_moments_of_a_context_come_back_as_such():
    seen = {}

    def present(fields, moment):
        seen.update(fields)
        return fields | {"left": 1, "title": "T"}

    kind = kinds.MessageKind("projects.period_ends", "x", "y", {}, present=present)
    stored = kinds.plain({"ends_on": dt.date(2026, 3, 1), "closes_at": MOMENT, "until_at": "", "zone": "UTC"})
    kinds.word(kind, stored, name="X", moment=MOMENT, language="en")
    assert seen["ends_on"] == dt.date(2026, 3, 1)
    assert seen["closes_at"] == MOMENT
    assert seen["until_at"] == ""


def test_an_unknown_kind_is_an_error():
    with pytest.raises(kinds.UnknownKind):
        kinds.find("nobody.said_this")


def test_mail_layouts_load_nothing_from_elsewhere():
    source = get_template("messages/layout.html").template.source
    assert "<img" not in source
    assert "<script" not in source
    assert "http" not in source.replace("{{ wording.url }}", "")


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize(
    "kind", [kind for kind in kinds.all_kinds() if kind.digest], ids=lambda kind: kind.name
)
@pytest.mark.django_db
def test_a_digest_brings_each_of_its_messages_once_in_every_language(kind, language):
    shown = preview.of(kind, language)
    for part in kinds.optional_kinds()[: preview.PARTS]:
        wording = preview.worded(part, language)
        assert shown.text.count(wording.subject) == 1
        assert shown.text.count(wording.url) >= 1
        assert shown.html.count("<h2") == preview.PARTS
    assert "/mails/" in shown.text
    assert shown.subject


def test_a_preview_tells_of_a_date_that_is_still_to_come():
    assert "7 days left" in preview.worded(kinds.find("projects.period_ends"), "en").subject


def test_digests_are_no_choice_of_their_own():
    assert not [kind for kind in kinds.optional_kinds() if kind.digest]


def test_what_asks_for_something_can_be_settled():
    asking = {kind.name for kind in kinds.all_kinds() if kind.asks}
    assert {"members.agreement_sent", "projects.milestone_due", "mobility.place_offered"} <= asking
