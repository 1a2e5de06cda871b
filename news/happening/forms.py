"""The shape of what organisers write of an event. What may be chosen is the caller's word."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ground.forms import DateField, PortalForm
from ground.templatetags.ground_tags import zone_words
from members.models import Centre, University
from mobility.models import Call
from news.forms import PapersForm, TextForm, UniversityChoice, pair
from news.happening.times import When, is_left_out, when_of
from news.happening.where import PlaceForm, place_as_it_is
from news.happening.writing import FOLLOWING, LINKS, ONE, TEXTS
from news.models import Event, Repeats
from projects.forms import find_organisations
from projects.models import Project, address_key

MOST_ROWS = 60
_LIST = re.compile(r"[\n,;]+")
_TIMES = ["%H:%M", "%H.%M", "%H:%M:%S"]


def _time(label: Any, **more: Any) -> forms.TimeField:
    wrong = {"invalid": _("Enter a time such as 15:00.")}
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "data-width": "narrow"})
    return forms.TimeField(
        label=label, required=False, input_formats=_TIMES, widget=widget, error_messages=wrong, **more
    )


class Universities(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: University) -> str:
        """The full name: short ones say little to people of another member."""
        return obj.name


class EventForm(TextForm, PlaceForm):
    """An event in both languages, as it was at `version`; one language is enough."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    first_on = DateField(label=_("First day"))
    from_time = _time(_("Begins at"), help_text=_("Leave it empty while the hour is not known."))
    last_on = DateField(
        label=_("Last day"), required=False, help_text=_("Only when it lasts longer than a day.")
    )
    to_time = _time(_("Ends at"))
    zone = forms.ChoiceField(
        label=_("Time zone of the place"), help_text=_("The hours above are those of its clocks.")
    )
    place_en, place_lt = pair(
        _("Place in English"), _("Place in Lithuanian"), 300, help_text=_("Empty while it is not known.")
    )
    is_online = forms.BooleanField(
        label=_("One can take part online"), required=False,
        help_text=_("Also when there is a place to go to besides."),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Link for joining online"), max_length=300, required=False, assume_scheme="https",
        help_text=_("Empty while it is not known."),
    )  # fmt: skip
    organiser = forms.CharField(
        label=_("Organiser, when it is another organisation"), max_length=300, required=False,
        help_text=_("Its name, its Erasmus code or its PIC."),
    )  # fmt: skip
    universities = Universities(
        University.objects.none(), label=_("Universities that take part"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    centres = forms.ModelMultipleChoiceField(
        Centre.objects.none(),
        label=_("Innovation centres"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    calls = forms.ModelMultipleChoiceField(
        Call.objects.none(), label=_("Calls for mobility that are open or to come"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    projects = forms.CharField(
        label=_("Projects"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": "2"}),
        help_text=_("Their numbers, one a line, such as S-NET-24-50."),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [(zone, zone_words(zone)) for zone in choices["zones"]]
        self.seen_projects = choices["projects"]
        for name in ("universities", "centres", "calls"):
            self.fields[name].queryset = choices[name]

    def clean_organiser(self) -> Any:
        """The organisation that is meant; none where nothing was typed."""
        typed = self.cleaned_data["organiser"].strip()
        if not typed:
            return None
        found = list(find_organisations(typed)[:6])
        same = [one for one in found if typed.casefold() in (one.name.casefold(), one.short_name.casefold())]
        if len(same) == 1 or len(found) == 1:
            return (same or found)[0]
        names = "; ".join(one.name for one in found)
        words = (
            _("Write the whole name of one of these: %(names)s")
            if found
            else _("No such organisation is known.")
        )
        raise ValidationError(words, params={"names": names}, code="organisation")

    def clean_projects(self) -> list[Project]:
        """The projects of which the numbers were typed."""
        typed = [code.strip() for code in _LIST.split(self.cleaned_data["projects"]) if code.strip()]
        keys = {address_key(code): code for code in typed}
        found = {project.key: project for project in self.seen_projects.filter(key__in=[*keys][:100])}
        if missing := [code for key, code in keys.items() if key not in found]:
            words = _("There is no project with this number: %(codes)s")
            raise ValidationError(words, params={"codes": ", ".join(missing)}, code="project")
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors.keys() & {"first_on", "from_time", "last_on", "to_time", "zone"}:
            data["when"] = self._clean_when(data)
        if data.get("link"):
            data["is_online"] = True
        return data

    def _clean_when(self, data: dict[str, Any]) -> When:
        when = When(data["zone"], data["first_on"], data["from_time"], data["last_on"], data["to_time"])
        if when.to_time and not when.from_time:
            self.add_error("from_time", _("Say when it begins, too."))
        if when.last_on and when.last_on < when.first_on:
            self.add_error("last_on", _("The event ends before it begins."))
        if when.from_time and when.last_on and not when.to_time:
            self.add_error("to_time", _("Say when it ends on the last day."))
        ends_early = when.last_on in (None, when.first_on) and when.from_time and when.to_time
        if ends_early and when.to_time <= when.from_time:  # type: ignore[operator]
            self.add_error("to_time", _("The event ends before it begins."))
        first, last = (
            ("from_time", when.first_on, when.from_time),
            ("to_time", when.last_on or when.first_on, when.to_time),
        )
        for name, day, time in (first, last):
            if time and is_left_out(day, time, when.zone):
                self.add_error(name, _("On that day the clocks go forward and leave this hour out."))
        return when

    @property
    def values(self) -> dict[str, Any]:
        """What the verbs take, beside the person and the event."""
        texts = {f"{name}_{code}" for name in TEXTS for code in ("en", "lt")}
        names = {*texts, *LINKS, "is_online", "link", "organiser", "when"}
        given = {name: value for name, value in self.cleaned_data.items() if name in names}
        return given | self.place_values


def dates_in(typed: str) -> list[dt.date]:
    """The dates that stand in a text, one a line. Raises ValidationError."""
    field = DateField()
    return [field.clean(one.strip()) for one in _LIST.split(typed) if one.strip()][:200]


class NewEventForm(EventForm):
    """An event that is begun. The token makes a second click give the same event."""

    version = None  # type: ignore[assignment]
    token = forms.UUIDField(widget=forms.HiddenInput)
    university = UniversityChoice(
        University.objects.none(), label=_("Published by"), required=False, empty_label=_("The alliance")
    )
    repeats = forms.ChoiceField(
        label=_("Comes again"),
        required=False,
        choices=[("", _("No, it is a single event")), *Repeats.choices],
    )
    until = DateField(label=_("Last date of the series"), required=False)
    skipped = forms.CharField(
        label=_("Not on these dates"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": "2"}), help_text=_("One a line, such as 2026-12-24."),
    )  # fmt: skip

    def __init__(self, *args: Any, alliance: bool, choices: dict[str, Any], **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, choices=choices, **kwargs)
        field = self.fields["university"]
        field.queryset = choices["own"]
        if not alliance:
            field.required = True
            field.empty_label = None

    def clean_skipped(self) -> list[dt.date]:
        """The dates on which nothing takes place."""
        return dates_in(self.cleaned_data["skipped"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("repeats") and "until" not in self.errors:
            until, first = data.get("until"), data.get("first_on")
            if not until:
                self.add_error("until", _("Say until when it comes again."))
            elif first and until < first:
                self.add_error("until", _("The series ends before it begins."))
            elif first and until > first + dt.timedelta(days=2 * 366):
                self.add_error("until", _("A series lasts two years at most."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        own = ("token", "university", "repeats", "until", "skipped")
        return super().values | {name: self.cleaned_data[name] for name in own}


class ChangedEventForm(EventForm, PapersForm):
    """An event that is changed, with its files; of a series also those that follow (files are of one event alone)."""

    reach = forms.ChoiceField(
        label=_("What to change"), widget=forms.RadioSelect, initial=ONE, required=False,
        choices=[(ONE, _("This event alone")), (FOLLOWING, _("This event and all later ones of the series"))],
    )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        reach = self.cleaned_data.get("reach") or ONE
        return super().values | {"version": self.cleaned_data["version"], "reach": reach}


class CancelForm(PortalForm):
    """Why an event doesn't take place."""

    because_en, because_lt = pair(_("Reason in English"), _("Reason in Lithuanian"), 500, rows=3)


def as_it_is(event: Event) -> dict[str, Any]:
    """The event as its form shows it."""
    when = when_of(event)
    texts = {f"{name}_{code}" for name in TEXTS for code in ("en", "lt")}
    linked = {name: getattr(event, name).all() for name in LINKS if name != "projects"}
    return {
        **{name: getattr(event, name) or "" for name in texts}, **linked, "version": event.version,
        "projects": "\n".join(event.projects.values_list("code", flat=True)), "link": event.link,
        "is_online": event.is_online, "organiser": event.organiser.name if event.organiser else "",
        "zone": when.zone, "first_on": when.first_on, "from_time": when.from_time, "last_on": when.last_on,
        "to_time": when.to_time, **place_as_it_is(event),
    }  # fmt: skip


class ProgrammeForm(PortalForm):
    """One line of the programme."""

    on = DateField(label=_("Day"), required=False)
    starts = _time(_("From"))
    ends = _time(_("To"))
    title_en, title_lt = pair(_("What, in English"), _("What, in Lithuanian"), 200)
    speakers = forms.CharField(label=_("Who speaks"), max_length=300, required=False)
    room_en, room_lt = pair(_("Room in English"), _("Room in Lithuanian"), 100)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (
            any(data.values())
            and not (data.get("title_en") or data.get("title_lt"))
            and not data.get("DELETE")
        ):
            self.add_error("title_en", _("Say what happens, in at least one language."))
        if data.get("ends") and not data.get("starts"):
            self.add_error("starts", _("Say when it begins, too."))
        return data


class SpeakerForm(PortalForm):
    """One speaker."""

    name = forms.CharField(label=_("Name"), max_length=200)
    role_en, role_lt = pair(
        _("Role and organisation in English"), _("Role and organisation in Lithuanian"), 200
    )
    about_en, about_lt = pair(
        _("About the speaker in English"), _("About the speaker in Lithuanian"), 1000, rows=3
    )
    website = forms.URLField(label=_("Website"), max_length=300, required=False, assume_scheme="https")


def row_set(form: Any, extra: int) -> Any:
    """A set of at most MOST_ROWS rows; however many are sent, hardly more are read."""
    return forms.formset_factory(
        form, extra=extra, can_delete=True, max_num=MOST_ROWS, validate_max=True, absolute_max=MOST_ROWS + 10
    )


ProgrammeRows, SpeakerRows = row_set(ProgrammeForm, 3), row_set(SpeakerForm, 1)


def rows_in(formset: Any) -> list[dict[str, Any]]:
    """What was entered, row by row, without those that are to go."""
    return [
        {name: value for name, value in row.items() if name != "DELETE"}
        for row in (form.cleaned_data for form in formset)
        if row
        and not row.get("DELETE")
        and any(v for name, v in row.items() if name not in ("DELETE", "uuid"))
    ]


class VersionForm(PortalForm):
    """The version of the event that a form of rows was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
