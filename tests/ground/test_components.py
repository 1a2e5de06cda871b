"""Components: what each one says, and that nothing given to it can break out of it."""

import datetime as dt
import re

import pytest
from django import forms
from django.template import Context, Template, engines

from ground.cartography import project
from ground.paging import Page
from ground.templatetags.components import _PARTS

TODAY = dt.date(2026, 2, 20)
EVIL = '"><script>alert(1)</script>'


def show(source, **context):
    """The HTML of a template source."""
    return Template(source).render(Context(context))


def test_a_button_is_a_submit_button_or_a_link():
    assert show('{% button tone="danger" name="do" value="x" %}Remove{% endbutton %}') == (
        '<button type="submit" class="button danger" name="do" value="x">Remove</button>'
    )
    assert show('{% button href="/a/" %}Read{% endbutton %}') == '<a class="button" href="/a/">Read</a>'


def test_a_way_of_one_step_is_not_shown():
    assert show("{% breadcrumb 'News' %}") == show("{% breadcrumb 'News' '/news/' %}") == ""
    assert '<li><a href="/news/">News</a></li>' in show("{% breadcrumb 'News' '/news/' 'An article' %}")


def test_a_post_button_carries_the_proof_of_origin(rf):
    request = rf.get("/")
    html = (
        engines["django"]
        .from_string('{% post_button action="/x/" %}Accept{% endpost_button %}')
        .render({}, request)
    )
    assert 'name="csrfmiddlewaretoken" value="' in html
    assert 'value=""' not in html


@pytest.mark.parametrize(
    "source",
    [
        "{% tag evil %}",
        "{% notice title=evil %}{{ evil }}{% endnotice %}",
        "{% section_title evil evil evil %}",
        "{% facts %}{% fact evil %}{{ evil }}{% endfact %}{% endfacts %}",
        "{% figure evil evil %}",
        "{% steps %}{% step evil note=evil %}{{ evil }}{% endstep %}{% endsteps %}",
        "{% tasks %}{% task evil evil evil evil %}{% endtasks %}",
        "{% sheet evil %}{% endsheet %}",
        "{% breadcrumb evil evil evil %}",
        "{% nothing evil %}{% endnothing %}",
        "{% file_row evil evil 'application/pdf' 10 evil %}",
        "{% card evil evil evil %}{% endcard %}",
        "{% chips evil %}{% chip evil evil evil %}{% endchips %}",
        "{% search_box evil evil evil %}",
        "{% button href=evil %}{{ evil }}{% endbutton %}",
        "{% nav_link evil evil %}",
    ],
)
def test_what_is_given_cannot_break_out(source):
    assert "<script" not in show(source, evil=EVIL)


def test_a_fact_without_a_value_is_left_out():
    assert show("{% fact 'Head' %}{{ head }}{% endfact %}", head="") == ""


@pytest.mark.parametrize(
    ("start", "end", "share", "words"),
    [
        (dt.date(2024, 2, 22), dt.date(2026, 3, 1), 99, "9 days left"),
        (dt.date(2026, 2, 20), dt.date(2028, 2, 20), 0, "730 days left"),
        (dt.date(2024, 1, 1), dt.date(2025, 1, 1), 100, ""),
        (dt.date(2027, 1, 1), dt.date(2028, 1, 1), 0, ""),
        (dt.date(2026, 2, 20), dt.date(2026, 2, 20), 0, "last day today"),
    ],
)
def test_a_period_bar_shows_how_much_has_passed(start, end, share, words):
    html = show("{% period_bar start end today %}", start=start, end=end, today=TODAY)
    assert f'width="{share}"' in html
    assert f"{share} percent" in html
    assert words in html
    assert ("<strong>" in html) == bool(words)


def test_a_period_bar_turns_amber_near_the_end_and_grey_after_it():
    near = show("{% period_bar s e t %}", s=dt.date(2024, 1, 1), e=dt.date(2026, 5, 1), t=TODAY)
    over = show("{% period_bar s e t %}", s=dt.date(2024, 1, 1), e=dt.date(2026, 1, 1), t=TODAY)
    assert 'class="period soon"' in near
    assert 'class="period over"' in over


def test_no_period_no_bar():
    assert show("{% period_bar None None %}") == ""


NOON = dt.datetime(2026, 2, 20, 12, tzinfo=dt.UTC)


def test_a_countdown_says_in_words_what_its_figures_show(at):
    with at(NOON):
        html = show(
            "{% countdown when 'Europe/Vilnius' %}", when=NOON + dt.timedelta(days=3, hours=2, minutes=5)
        )
    assert '<p class="hidden">in 3 days</p>' in html
    assert 'aria-hidden="true"' in html
    for figure in ("data-days>3<", "data-hours>2<", "data-minutes>05<"):
        assert figure in html


def test_a_countdown_of_something_going_on(at):
    with at(NOON):
        html = show("{% countdown b '' e %}", b=NOON - dt.timedelta(hours=1), e=NOON + dt.timedelta(hours=1))
    assert "happening now" in html
    assert "data-countdown" not in html


def test_a_countdown_of_something_over(at):
    with at(NOON):
        html = show("{% countdown when 'Europe/Vilnius' %}", when=NOON - dt.timedelta(days=2))
    assert "took place on 18 February 2026" in html


def test_a_countdown_of_a_day_without_an_hour_counts_days_in_its_zone(at):
    midnight = dt.datetime(2026, 2, 19, 22, tzinfo=dt.UTC)  # 20 February in Vilnius
    with at(NOON):
        assert "today" in show("{% countdown when 'Europe/Vilnius' day_only=True %}", when=midnight)
        assert "took place" in show("{% countdown when 'Europe/Lisbon' day_only=True %}", when=midnight)


def test_a_ticket_names_day_time_and_zone(at):
    with at(NOON):
        html = show("{% ticket 'Open day' '/e/' when zone='Europe/Rome' %}", when=NOON + dt.timedelta(days=1))
    assert '<time datetime="2026-02-21T12:00:00Z">21 February 2026, 13:00 (Rome time)</time>' in html


def test_a_pager_keeps_the_query_without_the_old_cursor(rf):
    context = {"request": rf.get("/?q=a b&after=old"), "page": Page([], before="be", after="af")}
    html = show("{% pager page %}", **context)
    assert 'href="?before=be&amp;q=a+b"' in html
    assert 'href="?after=af&amp;q=a+b"' in html
    assert "old" not in html
    assert show("{% pager page %}", request=context["request"], page=Page([], "", "")) == ""


def test_a_menu_entry_is_marked_on_its_page_and_below_it(rf):
    def entry(path):
        return show("{% nav_link '/en/news/' 'News' also='/en/events/' %}", request=rf.get(path))

    assert 'aria-current="page"' in entry("/en/news/")
    assert 'aria-current="true"' in entry("/en/news/a/")
    assert 'aria-current="true"' in entry("/en/events/b/")
    assert "aria-current" not in entry("/en/projects/")
    assert show("{% nav_link '' 'News' %}") == ""


class Asked(forms.Form):
    name = forms.CharField(label="Name")
    term = forms.ChoiceField(label="Term", choices=[("a", "A")], widget=forms.RadioSelect)

    def clean(self):
        raise forms.ValidationError("The two don't fit together.")


def test_the_error_summary_links_to_every_field():
    html = show("{% error_summary form %}", form=Asked({}))
    assert 'href="#id_name">Name: This field is required.' in html
    assert 'href="#id_term_0"' in html
    assert "<li>The two don&#x27;t fit together.</li>" in html


def test_the_error_summary_gathers_forms_and_formsets():
    formset = forms.formset_factory(Asked)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-name": ""}
    )
    html = show(
        "{% error_summary form formset none %}", form=Asked({"name": "x"}), formset=formset, none=None
    )
    assert html.count("<li>") == 5
    assert 'href="#id_form-0-name"' in html


def test_no_error_no_summary():
    assert show("{% error_summary form %}", form=Asked()) == ""


def test_the_map_shows_europe_and_in_an_inset_what_lies_beyond():
    pins = [
        {"latitude": 54.9, "longitude": 23.9, "label": "KTU", "name": "Kaunas", "href": "/u/ktu/"},
        {"latitude": 25.65, "longitude": -100.29, "label": "ITESM", "name": "Monterrey", "href": "/u/tec/"},
        {"latitude": None, "longitude": None, "label": "X", "name": "Unknown", "href": "/u/x/"},
    ]
    html = show("{% europe_map pins 'Map' %}", pins=pins)
    assert 'href="/u/ktu/" aria-label="KTU, Kaunas"' in html
    assert html.index('class="inset"') < html.index('href="/u/tec/" aria-label="ITESM, Monterrey"')
    assert "Unknown" not in html
    assert "inset" not in show("{% europe_map pins 'Map' %}", pins=pins[:1])


def test_the_map_is_drawn_the_same_in_lithuanian(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    from django.utils import translation

    with translation.override("lt"):
        html = show(
            "{% europe_map pins 'Map' %}", pins=[{"latitude": 54.9, "longitude": 23.9, "label": "KTU"}]
        )
    assert 'cx="429' in html
    assert "," not in html.split('cx="')[1].split('"')[0]


def test_kaunas_lies_where_the_land_was_projected():
    x, y = project(54.90272, 23.90961)
    assert (round(x), round(y)) == (429, 268)
    assert project(-53, -168) is None


def test_the_gallery_shows_every_component(client, db):
    html = client.get("/en/components/").content.decode()
    for name in ("button", "tag", "notice", "alert", "period", "numbers", "facts", "ticket", "steps", "tasks",
                 "ruled", "file", "card", "empty", "search", "chips", "facet", "pager", "map", "sheet", "bulk",
                 "diff", "prose", "problem", "wishes", "counter", "pair"):  # fmt: skip
        assert f'class="{name}' in html, name


@pytest.mark.parametrize("first", [True, False])
def test_what_is_drawn_once_keeps_safe_text_apart_from_text_and_languages_from_each_other(first):
    from django.utils import translation
    from django.utils.safestring import SafeString

    words = f"<b>{first}</b>"
    given = [words, SafeString(words)] if first else [SafeString(words), words]
    shown = {type(one): show("{% tag words %}", words=one) for one in given}
    assert shown[SafeString] == f'<span class="tag">{words}</span>'
    assert shown[str] == f'<span class="tag">&lt;b&gt;{first}&lt;/b&gt;</span>'
    english = show("{% tag words %}", words=translation.gettext_lazy("Phase"))
    with translation.override("lt"):
        assert show("{% tag words %}", words=translation.gettext_lazy("Phase")) != english


def test_one_and_true_are_not_the_same_to_a_component():
    assert "1" in show("{% nav_link '/x/' 'X' count=count %}", count=1, request=None)
    assert "True" in show("{% nav_link '/x/' 'X' count=count %}", count=True, request=None)


def test_parts_of_the_frame_mark_the_page_for_visitors_and_for_people(client, ana, ktu):
    pages = [
        "/en/",
        "/en/projects/",
        "/en/projects/new-ideas/",
        "/lt/projects/",
        "/en/contacts/",
        "/en/nowhere/a/b/",
    ]

    def marks():
        return [
            re.findall(r'href="([^"]+)" aria-current="(\w+)"', client.get(page).content.decode())
            for page in pages
        ]

    _PARTS.clear()
    first = marks()
    assert first[1] == [("/en/projects/", "page")] * 2
    assert first[2] == [("/en/projects/", "true")] * 2
    assert first[4] == [("/en/contacts/", "page")]
    assert first == marks(), "what is remembered is what was drawn"
    assert "My work" not in client.get("/en/").content.decode()
    client.force_login(ana)
    assert "My work" in client.get("/en/").content.decode()
    client.logout()
    assert "My work" not in client.get("/en/").content.decode()


def test_what_is_remembered_of_the_frame_links_no_deeper_than_it_looks(client, db):
    _PARTS.clear()
    client.get("/en/")
    assert _PARTS
    found = {href for html in _PARTS.values() for href in re.findall(r'href="(/[^"]*)"', html)}
    pages = {href for href in found if href.endswith("/")}  # feeds end without it, and show no frame
    assert len(pages) > 5
    never_marked = {"/en/news/newsletter/"}  # a plain link of the footer
    assert all(href.strip("/").count("/") <= 1 for href in pages - never_marked)


def test_a_consent_that_is_missing_is_told_without_its_whole_sentence():
    class Consent(forms.Form):
        agreed = forms.BooleanField(label="Send me letters.", error_messages={"required": "Tick the box."})
        name = forms.CharField(label="Name", error_messages={"required": "Write it."})

    html = show("{% error_summary form %}", form=Consent({}))
    assert ">Tick the box.</a>" in html
    assert ">Name: Write it.</a>" in html
