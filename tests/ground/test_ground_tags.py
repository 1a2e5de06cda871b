"""Dates, times, sizes and money in words, in both languages."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from ground.templatetags import ground_tags as tags

TODAY = dt.date(2026, 2, 20)


@pytest.fixture
def lithuanian():
    with translation.override("lt"):
        yield


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "1 March 2026"), ("lt", "2026\u00a0m. kovo 1\u00a0d."), ("en-gb", "1 March 2026")],
)
def test_day_is_written_in_full(language, words):
    with translation.override(language):
        assert tags.day(dt.date(2026, 3, 1)) == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("−1,264", "−€12", "−€0.50")), ("lt", ("−1\u00a0264", "−12 €", "−0,50\u00a0€"))],
)
def test_below_naught_stands_a_real_minus_sign(language, words):
    with translation.override(language):
        assert (tags.number(-1264), tags.money(-12), tags.money(Decimal("-0.5"))) == words


def test_day_of_nothing_is_empty():
    assert tags.day(None) == ""
    assert tags.weekday(None) == ""
    assert tags.moment(None) == ""
    assert tags.iso(None) == ""


def test_day_of_a_moment_is_the_day_in_the_portals_zone():
    late = dt.datetime(2026, 3, 1, 22, 30, tzinfo=dt.UTC)
    assert Template("{{ at|day }}").render(Context({"at": late})) == "2 March 2026"


def test_the_same_moment_has_another_day_in_another_zone():
    late = dt.datetime(2026, 3, 1, 22, 30, tzinfo=dt.UTC)
    assert tags.day(late) == "1 March 2026"
    assert tags.day(late.astimezone(ZoneInfo("Europe/Vilnius"))) == "2 March 2026"


def test_what_was_written_in_one_language_is_not_read_in_another():
    for language, day, number, money in (
        ("en", "1 March 2026", "6,142", "€12,000"),
        ("lt", "2026\u00a0m. kovo 1\u00a0d.", "6\u00a0142", "12\u00a0000 €"),
        ("en", "1 March 2026", "6,142", "€12,000"),
    ):
        with translation.override(language):
            assert tags.day(dt.date(2026, 3, 1)) == day
            assert (tags.number(6142), tags.money(12000)) == (number, money)


def test_moment_names_its_zone():
    at = dt.datetime(2026, 12, 3, 21, 59, tzinfo=dt.UTC)
    assert tags.moment(at, "Europe/Vilnius") == "3 December 2026, 23:59 (Vilnius time)"
    assert tags.moment(at, "Europe/Lisbon") == "3 December 2026, 21:59 (Lisbon time)"
    assert tags.moment(at) == "3 December 2026, 23:59 (Vilnius time)"
    assert tags.moment(at, "Asia/Tokyo") == "4 December 2026, 06:59 (time zone Asia/Tokyo)"


def test_moment_around_the_end_of_summer_time():
    before, after = (
        dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
    )
    assert "03:30" in tags.moment(before, "Europe/Vilnius")
    assert "03:30" in tags.moment(after, "Europe/Vilnius")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (dt.date(2026, 2, 19), "ended on 19 February 2026"),
        (dt.date(2026, 2, 20), "last day today"),
        (dt.date(2026, 2, 21), "1 day left"),
        (dt.date(2026, 3, 1), "9 days left"),
    ],
)
def test_days_left(end, words):
    assert tags.days_left(end, TODAY) == words


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (dt.date(2026, 2, 19), "closed on 19 February 2026"),
        (dt.date(2026, 2, 20), "closes today"),
        (dt.date(2026, 2, 21), "closes in 1 day"),
        (dt.date(2026, 3, 4), "closes in 12 days"),
    ],
)
def test_closes(end, words):
    assert tags.closes(end, TODAY) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (dt.date(2026, 2, 19), "took place on 19 February 2026"),
        (dt.date(2026, 2, 20), "today"),
        (dt.date(2026, 2, 21), "tomorrow"),
        (dt.date(2026, 2, 23), "in 3 days"),
    ],
)
def test_starts(at, words):
    assert tags.starts(at, TODAY) == words


def test_overdue_is_said_only_of_what_is_late():
    assert tags.overdue(dt.date(2026, 2, 14), TODAY) == "6 days overdue"
    assert tags.overdue(dt.date(2026, 2, 19), TODAY) == "1 day overdue"
    assert tags.overdue(TODAY, TODAY) == ""
    assert tags.overdue(None, TODAY) == ""


def test_days_until_a_deadline_depends_on_the_zone(at):
    deadline = dt.datetime(2026, 2, 20, 22, 30, tzinfo=dt.UTC)
    with at(dt.datetime(2026, 2, 20, 12, tzinfo=dt.UTC)):
        assert tags.closes(deadline, "Europe/Vilnius") == "closes in 1 day"
        assert tags.closes(deadline, "Europe/Lisbon") == "closes today"
        assert tags.days_until(deadline) == 1


def test_sentences_of_nothing_are_empty():
    assert tags.days_left(None) == tags.closes(None) == tags.starts(None) == ""


def test_numbers_and_money_use_the_languages_marks():
    assert tags.number(6142) == "6,142"
    assert tags.money(12000, "EUR") == "€12,000"
    assert tags.money(Decimal("12000.50")) == "€12,000.50"
    assert tags.number("x") == tags.money(None) == ""


def test_numbers_and_money_in_lithuanian(lithuanian):
    assert tags.number(6142) == "6\u00a0142"
    assert tags.money(12000, "EUR") == "12\u00a0000 €".replace("\u00a0€", " €")
    assert tags.size(1_100_000) == "1,1\u00a0MB"


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (240_123, "240\u00a0kB"),
        (999_500, "1\u00a0MB"),
        (1_100_000, "1.1\u00a0MB"),
    ],
)
def test_sizes(octets, words):
    assert tags.size(octets) == words
    assert tags.size(None) == ""


def test_kinds_of_files():
    assert tags.kind("application/pdf") == "PDF"
    assert tags.kind("text/csv; charset=utf-8") == "CSV"
    assert tags.kind("image/webp") == "WEBP"
    assert tags.kind(None) == ""


def test_text_falls_back_to_the_other_language_and_says_so(lithuanian):
    record = SimpleNamespace(title_en="Cities & <towns>", title_lt="")
    html = Template('{% text record "title" %}').render(Context({"record": record}))
    assert html == '<span lang="en">Cities &amp; &lt;towns&gt;</span>'


def test_text_in_the_language_of_the_page_is_plain_and_escaped():
    record = SimpleNamespace(title_en="Cities & towns", title_lt="Miestai")
    assert Template('{% text record "title" %}').render(Context({"record": record})) == "Cities &amp; towns"


def test_text_of_a_record_without_any_is_empty():
    assert Template('{% text record "title" %}').render(Context({"record": SimpleNamespace()})) == ""


def test_rich_text_falls_back_in_a_marked_block():
    record = SimpleNamespace(about_en="", about_lt="Labas, *pasauli*")
    html = Template('{% rich record "about" %}').render(Context({"record": record}))
    assert html == '<div class="flow" lang="lt"><p>Labas, <em>pasauli</em></p>\n</div>'


def test_markdown_shows_raw_html_as_text():
    assert "<script" not in Template("{{ source|markdown }}").render(
        Context({"source": "<script>go()</script>"})
    )


def test_languages_keep_the_page_and_its_query(rf):
    context = Context({"request": rf.get("/en/accessibility/?q=a&phase=b")})
    found = tags.languages(context)
    assert [(one["code"], one["path"], one["current"]) for one in found] == [
        ("en", "/en/accessibility/?q=a&phase=b", True),
        ("lt", "/lt/accessibility/?q=a&phase=b", False),
    ]


def test_title_says_error_only_for_a_form_that_was_sent_wrong():
    class Asked(forms.Form):
        name = forms.CharField()

    formset = forms.formset_factory(Asked)
    assert tags.error_prefix(Context({"form": Asked()})) == ""
    assert tags.error_prefix(Context({"form": Asked({"name": "x"})})) == ""
    assert tags.error_prefix(Context({"form": Asked({})})) == "Error: "
    assert tags.error_prefix(Context({"rows": formset({"form-TOTAL_FORMS": "x"})})) == "Error: "


def test_looking_for_wrong_forms_does_not_look_into_what_is_lazy():
    asked = []
    lazy = SimpleLazyObject(lambda: asked.append(1) or "")
    assert tags.error_prefix(Context({"unread": lazy})) == ""
    assert asked == []


def test_a_public_page_makes_no_form_token_that_nobody_uses(client, db):
    assert "csrftoken" not in client.get("/en/projects/").cookies


def test_get_reads_keys_that_templates_cannot_write():
    assert tags.get({"data-max": "5"}, "data-max") == "5"
    assert tags.get({}, "x") == tags.get(None, "x") == ""


def test_numbers_in_sentences_carry_the_marks_of_the_language():
    day = dt.date(2026, 1, 1)
    far = day + dt.timedelta(days=1264)
    assert tags.days_left(far, day) == "1,264 days left"
    with translation.override("lt"):
        assert "1\u00a0264 dienos" in tags.days_left(far, day)
    assert tags.filled("100 %% of %(number)d %(what)s", number=1264, what="days") == "100 % of 1,264 days"


@pytest.mark.parametrize(("day", "tone"), [(0, "signal"), (30, "signal"), (31, ""), (-1, "signal")])
def test_a_deadline_turns_amber_in_its_last_thirty_days(day, tone):
    today = dt.date(2026, 11, 22)
    assert tags.urgency(today + dt.timedelta(days=day), today) == tone
    assert tags.urgency(None, today) == ""


@pytest.mark.parametrize(
    ("value", "axis", "said"),
    [
        (Decimal("25.67507"), "latitude", "25.67507° N"),
        (Decimal("-33.90000"), "latitude", "33.9° S"),
        (Decimal("23.0"), "longitude", "23° E"),
        (Decimal("-100.31847"), "longitude", "100.31847° W"),
        (None, "latitude", ""),
    ],
)
def test_a_place_is_told_with_its_side_of_the_world(value, axis, said):
    assert tags.degrees(value, axis) == said
    with translation.override("lt"):
        assert tags.degrees(value, axis).startswith(said[:-3].replace(".", ","))
