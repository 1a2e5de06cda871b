"""The shape of what editors write. Which universities are offered is the caller's word."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ground import pasted
from ground.forms import PortalForm, one_language_at_least
from ground.templatetags.ground_tags import zone_words
from members.models import Organisation, University
from mobility.editing.form import ZonedMomentField
from news.models import Attachment, Event, NewsItem, Topic

LANGUAGES = (("en", _("English")), ("lt", _("Lithuanian")))
MARKDOWN = _("Markdown: an empty line begins a paragraph, **bold**, ## heading, - list.")


def pair(
    label_en: Any, label_lt: Any, long: int | None = None, *, rows: int = 0, **more: Any
) -> list[forms.CharField]:
    """A text in both languages, neither of which is needed by itself; `rows` makes it one of several lines."""
    return [
        forms.CharField(
            label=label, max_length=long, required=False, **more,
            **({"widget": forms.Textarea(attrs={"rows": str(rows)})} if rows else {}),
        )
        for label in (label_en, label_lt)
    ]  # fmt: skip


class UniversityChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: University) -> str:
        """The full name: short ones say little to people of another member."""
        return obj.name


class TextForm(PortalForm):
    """A news item in both languages; one of them is enough."""

    title_en, title_lt = pair(_("Title in English"), _("Title in Lithuanian"), 200)
    summary_en, summary_lt = pair(_("Summary in English"), _("Summary in Lithuanian"), 500, rows=3)
    body_en, body_lt = pair(_("Text in English"), _("Text in Lithuanian"), rows=16, help_text=MARKDOWN)
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )

    optional_unsaid = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset = Topic.objects.all()
        one_language_at_least(self, "title")
        for name in ("body_en", "body_lt"):
            self.fields[name].widget.attrs |= {"data-markdown": "", "data-width": "tall"}

    @property
    def pairs(self) -> list[list[Any]]:
        """The texts, both languages side by side."""
        return [
            [self[f"{name}_{code}"] for code, _words in LANGUAGES] for name in ("title", "summary", "body")
        ]

    def clean(self) -> dict[str, Any]:
        """One language is enough, but each that is used has a title. Texts that were pasted as HTML come back as
        Markdown, so that what is stored is what is shown next."""
        data = super().clean() or self.cleaned_data
        for name in ("body_en", "body_lt"):
            if data.get(name):
                data[name] = pasted.as_markdown(data[name])
        used = [
            code
            for code, _name in LANGUAGES
            if any(data.get(f"{part}_{code}") for part in ("summary", "body"))
        ]
        if not used and not self.errors and not any(data.get(f"title_{code}") for code, _name in LANGUAGES):
            self.add_error("title_en", _("Write the title in at least one language."))
        for code in used:
            if not data.get(f"title_{code}") and f"title_{code}" not in self.errors:
                self.add_error(f"title_{code}", _("Write the title in the language of the text."))
        return data


@dataclass(frozen=True)
class PaperRow:
    """A file of a text with its own fields."""

    paper: Attachment
    titles: list[Any]
    remove: Any


class PapersForm(PortalForm):
    """The part of a form in which files are added to a text, named and taken away; `papers` are those there are."""

    paper_file = forms.FileField(
        label=_("Add an attachment"), required=False, help_text=_("PDF, JPEG or PNG, at most 10 MB.")
    )
    paper_name_en, paper_name_lt = pair(_("Its title in English"), _("Its title in Lithuanian"), 200)

    def __init__(self, *args: Any, papers: list[Attachment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown_papers = papers
        for one in papers:
            self._add_paper(one)

    def _add_paper(self, paper: Attachment) -> None:
        titles = pair(_("Its title in English"), _("Its title in Lithuanian"), 200)
        for (code, _name), field in zip(LANGUAGES, titles, strict=True):
            field.initial = getattr(paper, f"title_{code}") or ""
            self.fields[f"paper{paper.pk}_title_{code}"] = field
        self.fields[f"paper{paper.pk}_remove"] = forms.BooleanField(
            label=_("Remove this attachment"), required=False
        )

    @property
    def paper_rows(self) -> list[PaperRow]:
        """The files there are, each with its fields."""
        return [
            PaperRow(
                one,
                [self[f"paper{one.pk}_title_{code}"] for code, _words in LANGUAGES],
                self[f"paper{one.pk}_remove"],
            )
            for one in self.shown_papers
        ]

    @property
    def paper_again(self) -> str:
        """The name of a file that came with a form that was not saved: it is chosen again."""
        upload = self.files.get("paper_file")
        return str(upload.name) if upload else ""

    @property
    def papers_removed(self) -> list[Attachment]:
        return [one for one in self.shown_papers if self.cleaned_data.get(f"paper{one.pk}_remove")]


class NewItemForm(PortalForm):
    """What a news item begins with; the rest is written in its draft. The token makes a second click the same item."""

    title_en, title_lt = pair(_("Title in English"), _("Title in Lithuanian"), 200)
    token = forms.UUIDField(widget=forms.HiddenInput)
    university = UniversityChoice(
        University.objects.none(), label=_("Published by"), required=False, empty_label=_("The alliance")
    )
    partner = forms.CharField(
        label=_("Or a partner organisation"), max_length=300, required=False,
        help_text=_("Its name as the list of organisations has it, when a partner tells the news."),
    )  # fmt: skip

    optional_unsaid = True

    def __init__(self, *args: Any, universities: Any, alliance: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["university"]
        field.queryset = universities
        one_language_at_least(self, "title")
        if not alliance:
            field.required = True
            field.empty_label = None
            del self.fields["partner"]

    def clean_partner(self) -> Organisation | None:
        """The organisation with this name."""
        name = self.cleaned_data["partner"]
        if not name:
            return None
        found = Organisation.objects.filter(
            Q(name__iexact=name) | Q(local_name__iexact=name) | Q(lithuanian_name__iexact=name)
        ).defer("search")[:2]
        if len(found) != 1:
            raise forms.ValidationError(
                _("There is no single organisation with this name. Check how it is written.")
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        """A title in one language is enough; either a university or a partner tells the news."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data.get("title_en") or data.get("title_lt")):
            self.add_error("title_en", _("Write the title in at least one language."))
        if data.get("university") and data.get("partner"):
            self.add_error("partner", _("Either a university or a partner tells the news."))
        return data


class TopicForm(PortalForm):
    """A topic in both languages."""

    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    name_lt = forms.CharField(label=_("Name in Lithuanian"), max_length=100)


class LeadForm(PortalForm):
    """What shall lead the home page, and until when. Which texts may is the verb's business."""

    item = forms.SlugField(max_length=120, required=False, widget=forms.HiddenInput)
    event = forms.SlugField(max_length=120, required=False, widget=forms.HiddenInput)
    until = ZonedMomentField(
        label=_("Leads until"), required=False, help_text=_("Empty: until something else is chosen.")
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        moment: Any = self.fields["until"]
        moment.zone = settings.TIME_ZONE
        self.zone_words = zone_words(settings.TIME_ZONE)

    @property
    def text(self) -> NewsItem | Event | None:
        """The article or the event, where it is one that this person may read."""
        self.is_valid()
        item, event = (self.cleaned_data.get(name) for name in ("item", "event"))
        if item:
            rows = NewsItem.objects.visible_to(self.user).for_cards().with_leads()
            return rows.filter(slug=item).first()
        return Event.objects.visible_to(self.user).for_list().filter(slug=event).first() if event else None
