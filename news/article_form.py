"""The whole form of an article: texts in both languages, pictures, papers, what it is about, when it comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ground.templatetags.ground_tags import zone_words
from members.models import Centre, University
from mobility.editing.form import ZonedMomentField
from mobility.models import Call
from news import kept_pictures
from news.forms import LANGUAGES, PapersForm, TextForm
from news.models import KeptPicture, NewsItem, Picture
from projects.models import Project

MOST_PROJECTS = 50
NO_LEAD = "0"


@dataclass(frozen=True)
class PictureRow:
    """A picture of the article with its own fields."""

    picture: Picture
    alts: list[Any]
    lead: Any
    remove: Any
    markdown: dict[str, str]


class ArticleForm(TextForm, PapersForm):
    """An article as it was at `version`; `base` are the marks of what its writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    slug = forms.SlugField(
        label=_("Address"), required=False, max_length=120,
        help_text=_("The last part of the article's address. The old address leads on to the new one."),
    )  # fmt: skip
    published_at = ZonedMomentField(
        label=_("Published at"), required=False,
        help_text=_("Empty: when it is approved. A later moment: it is seen from exactly then."),
    )  # fmt: skip
    pinned_until = ZonedMomentField(
        label=_("Pinned until"), required=False, help_text=_("Until then it stands before all other news.")
    )
    universities = forms.ModelMultipleChoiceField(
        University.objects.none(), label=_("Universities it is about"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    centres = forms.ModelMultipleChoiceField(
        Centre.objects.none(),
        label=_("Innovation centres"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    calls = forms.ModelMultipleChoiceField(
        Call.objects.none(),
        label=_("Calls for mobility"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    projects = forms.CharField(
        label=_("Projects"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": "2"}),
        help_text=_("Numbers of projects, one in a line."),
    )  # fmt: skip
    picture_file = forms.FileField(
        label=_("Add a picture"), required=False, help_text=_("JPEG or PNG, at most 10 MB and 40 million pixels."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )  # fmt: skip
    kept_picture = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)
    kept_left_out = forms.BooleanField(label=_("Leave this picture out"), required=False)
    picture_alt_en = forms.CharField(label=_("What it shows, in English"), max_length=300, required=False)
    picture_alt_lt = forms.CharField(label=_("What it shows, in Lithuanian"), max_length=300, required=False)

    def __init__(self, *args: Any, item: NewsItem, user: Any, **kwargs: Any) -> None:
        self.item, self.user = item, user
        kwargs.setdefault("initial", initial(item))
        super().__init__(*args, papers=list(item.attachments.all()), **kwargs)
        self.zone = item.university.zone if item.university else settings.TIME_ZONE
        self.shown_pictures = list(item.pictures.all())
        self._offer()
        self._add_rows()

    def _offer(self) -> None:
        chosen: dict[str, Any] = dict(self.fields)
        chosen["universities"].queryset = University.objects.for_list()
        chosen["centres"].queryset = Centre.objects.order_by("pk")
        chosen["calls"].queryset = Call.objects.visible_to(self.user).published().order_by("-closes_at", "pk")
        for name in ("published_at", "pinned_until"):
            chosen[name].zone = self.zone
        chosen["universities"].label_from_instance = lambda one: one.name_shown

    def _add_rows(self) -> None:
        """Fields of each picture and attachment, and which picture leads."""
        for one in self.shown_pictures:
            for code, _name in LANGUAGES:
                words = _("What it shows, in English") if code == "en" else _("What it shows, in Lithuanian")
                value = getattr(one, f"alt_{code}") or ""
                self.fields[f"pic{one.number}_alt_{code}"] = forms.CharField(
                    label=words, max_length=300, required=False, initial=value
                )
            self.fields[f"pic{one.number}_remove"] = forms.BooleanField(
                label=_("Remove this picture"), required=False
            )
        leads = [(NO_LEAD, _("No picture"))] + [
            (str(one.number), _("Picture %(number)s") % {"number": one.number}) for one in self.shown_pictures
        ]
        if self.shown_pictures:
            self.fields["lead"] = forms.ChoiceField(
                label=_("The picture that leads the article"), choices=leads, required=False,
                widget=forms.RadioSelect,
                initial=next((str(one.number) for one in self.shown_pictures if one.is_lead), NO_LEAD),
            )  # fmt: skip

    @property
    def picture_rows(self) -> list[PictureRow]:
        """The pictures there are, each with its fields and what places it in the text."""
        return [
            PictureRow(
                one,
                [self[f"pic{one.number}_alt_{code}"] for code, _words in LANGUAGES],
                one.is_lead,
                self[f"pic{one.number}_remove"],
                {code: markdown(one, code) for code, _words in LANGUAGES},
            )
            for one in self.shown_pictures
        ]

    @property
    def zone_words(self) -> str:
        """Whose clocks the moments of the form follow."""
        return zone_words(self.zone)

    @property
    def kept(self) -> KeptPicture | None:
        """The picture that was chosen before and is kept until the form is saved."""
        return kept_pictures.find(self.item, self.user, self["kept_picture"].value() or "")

    def clean_projects(self) -> list[Project]:
        """The projects with these numbers, that the person may see."""
        wanted = [line.strip() for line in self.cleaned_data["projects"].splitlines() if line.strip()]
        if len(wanted) > MOST_PROJECTS:
            raise forms.ValidationError(_("An article names at most 50 projects."))
        rows = Project.objects.visible_to(self.user).for_list().filter(code__in=wanted)
        found = {project.code: project for project in rows}
        if missing := [code for code in wanted if code not in found]:
            raise forms.ValidationError(
                _("There is no project with the number %(code)s."), params={"code": missing[0]}
            )
        return [found[code] for code in dict.fromkeys(wanted)]

    def clean(self) -> dict[str, Any]:
        """A picture comes with its words."""
        data = super().clean()
        chosen = data.get("picture_file") or (self.kept if not data.get("kept_left_out") else None)
        if chosen and not (data.get("picture_alt_en") or data.get("picture_alt_lt")):
            self.add_error(
                "picture_alt_en", _("Say in words what the picture shows, in at least one language.")
            )
        return data


def markdown(picture: Picture, code: str) -> str:
    """What places the picture in the text of one language."""
    words = getattr(picture, f"alt_{code}") or picture.alt_en or picture.alt_lt or ""
    plain = words.replace("\\", "").replace("[", "(").replace("]", ")")
    return f"![{plain}](picture:{picture.number})"


def initial(item: NewsItem) -> dict[str, Any]:
    """The form as the item is stored."""
    texts = {
        f"{name}_{code}": getattr(item, f"{name}_{code}") or ""
        for name in ("title", "summary", "body")
        for code, _words in LANGUAGES
    }
    return texts | {
        "version": item.version,
        "slug": item.slug,
        "published_at": item.published_at,
        "pinned_until": item.pinned_until,
        "topics": item.topics.all(),
        "universities": item.universities.all(),
        "centres": item.centres.all(),
        "calls": item.calls.all(),
        "projects": "\n".join(project.code for project in item.projects.all()),
    }
