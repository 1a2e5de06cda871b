"""Forms in the portal's manner: dates as people type them, text that can be stored, words that name the field."""

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from ground.forms import MAX_TEXT, DateField, MomentField, PortalForm


class Asked(PortalForm):
    title_lt = forms.CharField(label="Title", max_length=20)
    about = forms.CharField(label="About", required=False, widget=forms.Textarea)
    short = forms.CharField(label="Short", required=False, max_length=30, widget=forms.Textarea)
    start = forms.DateField(label="Start")
    term = forms.ChoiceField(label="Term", choices=[("a", "A")], widget=forms.RadioSelect)
    file = forms.FileField(label="Transcript")
    sure = forms.BooleanField(label="I am sure")


GOOD = {"title_lt": "Miestai", "start": "2026-03-01", "term": "a", "sure": "on"}


def sent(**changes):
    return Asked(GOOD | changes, {"file": SimpleUploadedFile("a.pdf", b"x")})


@pytest.mark.parametrize(
    "typed", ["2026-03-01", "1/3/2026", "01/03/2026", "1.3.2026", "2026.03.01", "1 March 2026"]
)
def test_a_date_is_understood_as_people_type_it(typed):
    assert DateField().clean(typed) == dt.date(2026, 3, 1)
    form = sent(start=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["start"] == dt.date(2026, 3, 1)


@pytest.mark.parametrize("typed", ["31/02/2026", "tomorrow", "2026-13-01", "0026-03-01", "9999-01-01"])
def test_a_date_that_is_none_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError):
        DateField().clean(typed)
    assert "start" in sent(start=typed).errors


def test_a_wrong_date_comes_back_as_it_was_typed():
    html = str(sent(start="31/02/2026")["start"])
    assert 'type="text"' in html
    assert 'value="31/02/2026"' in html


def test_a_right_date_is_shown_in_the_browsers_own_field():
    html = str(sent()["start"])
    assert 'type="date"' in html
    assert 'value="2026-03-01"' in html


@pytest.mark.parametrize("typed", ["2026-03-01T23:59", "2026-03-01 23:59", "1/3/2026 23:59"])
def test_a_moment_is_understood_as_people_type_it(typed):
    value = MomentField().clean(typed)
    assert (value.day, value.month, value.hour, value.minute) == (1, 3, 23, 59)


@pytest.mark.parametrize("broken", ["a\x00b", "a\ud800b", "\ufffd", "a\x1bb", "a\x85b", "a\x7fb"])
def test_text_that_cannot_be_stored_is_refused(broken):
    assert "title_lt" in sent(title_lt=broken).errors
    assert "about" in sent(about=broken).errors


@pytest.mark.parametrize(
    "mark",
    ["\n", "\r\n", "\t", "\u2028", "\u200e", "\u200f", "\u061c", "\u202a", "\u202e", "\u2066", "\u2069"],
)
def test_a_line_has_no_breaks_and_no_turned_directions_but_a_text_may(mark):
    errors = sent(title_lt=f"a{mark}b").errors
    assert errors == {
        "title_lt": ["Leave out line breaks, tabs and invisible characters: this is one line of text."]
    }
    assert sent(about=f"a{mark}b").is_valid()


def test_what_people_write_in_names_is_taken():
    for name in ["Žižkė Ąžuolaitė", "O’Brien-Šimkutė", "می‌خواهم", "王小明", "Ana 👩‍🎓"]:
        assert sent(title_lt=name).is_valid(), name


def test_a_broken_text_is_refused_with_one_message():
    assert len(sent(title_lt="a\x00b").errors["title_lt"]) == 1


def test_text_without_a_limit_gets_one():
    assert sent(about="x" * MAX_TEXT).is_valid()
    assert "about" in sent(about="x" * (MAX_TEXT + 1)).errors


def test_the_browser_never_cuts_pasted_text_off():
    html = str(Asked()["short"])
    assert "maxlength" not in html
    assert 'data-max="30"' in html
    assert "short" in sent(short="x" * 31).errors


def test_what_is_missing_is_named():
    errors = Asked({}).errors
    assert errors["title_lt"] == ["“Title” is missing."]
    assert errors["term"] == ["Choose an answer to “Term”."]
    assert errors["file"] == ["Choose a file for “Transcript”."]
    assert errors["sure"] == ["Tick “I am sure” to go on."]


def test_words_that_a_form_chose_itself_stay():
    class Own(PortalForm):
        name = forms.CharField(error_messages={"required": "Say your name."})

    assert Own({}).errors["name"] == ["Say your name."]


def test_a_field_in_a_language_says_which():
    assert 'lang="lt"' in str(Asked()["title_lt"])
    assert "lang=" not in str(Asked()["about"])


def test_a_field_shows_label_hint_and_error_in_this_order():
    class Hinted(PortalForm):
        credits = forms.IntegerField(label="Credits", help_text="As in your transcript.")

    html = Hinted({"credits": "twelve"})["credits"].as_field_group()
    places = [html.index(part) for part in ("<label", "id_credits_helptext", "id_credits_error", "<input")]
    assert places == sorted(places)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_credits_helptext id_credits_error"' in html
    assert "Error: Enter a whole number." in html


def test_only_optional_fields_say_so():
    assert "(optional)" in Asked()["about"].as_field_group()
    assert "(optional)" not in Asked()["title_lt"].as_field_group()


def test_choices_are_grouped_under_a_legend():
    html = Asked({})["term"].as_field_group()
    assert "<fieldset" in html
    assert "<legend>Term" in html
    assert 'aria-describedby="id_term_error"' in html


def test_a_single_tick_has_its_label_after_it():
    html = Asked()["sure"].as_field_group()
    assert html.index("<input") < html.index("I am sure")


def test_a_whole_form_shows_every_field_and_hidden_ones():
    class Whole(PortalForm):
        name = forms.CharField()
        secret = forms.CharField(widget=forms.HiddenInput)

    html = str(Whole())
    assert html.count('class="field') == 2  # the wrapper of fields, and one field
    assert 'type="hidden"' in html


def test_a_formset_shows_its_rows_and_counters():
    html = str(forms.formset_factory(Asked, extra=2)())
    assert "form-TOTAL_FORMS" in html
    assert html.count("row-fields") == 2


def test_a_hint_that_somebody_wrote_is_shown_as_text():
    class Form(PortalForm):
        answer = forms.CharField(help_text="<b onclick=x>Bold</b> hint")

    html = str(Form()["answer"].as_field_group())
    assert "&lt;b onclick=x&gt;" in html
    assert "<b onclick" not in html
