"""The shape of what readers and editors of the newsletter fill in."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ground.forms import MomentField, PortalForm
from ground.templatetags.ground_tags import in_language
from members.models import University
from news.models import Issue, Subscription, Topic
from news.newsletter.issues import TEXTS, Proposal, Text, key_of, texts_of
from news.newsletter.subscribing import Choice
from notifications.composing import BadAddress, checked_address

HIGHEST = 2_147_483_647


class ChoiceForm(PortalForm):
    """What somebody wants to read, how often and in which language."""

    language = forms.ChoiceField(
        label=_("Language of the letters"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    rhythm = forms.ChoiceField(
        label=_("How often"), choices=Subscription.Rhythm.choices, initial=Subscription.Rhythm.WEEKLY,
        widget=forms.RadioSelect,
    )  # fmt: skip
    universities = forms.MultipleChoiceField(
        label=_("Universities"), required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)
    alliance = forms.BooleanField(label=_("What the alliance itself tells"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = University.objects.visible_to(AnonymousUser()).for_list().order_by("slug")
        self._universities = {one.slug: one for one in members}
        self._topics = {one.slug: one for one in Topic.objects.all()}
        named = [(slug, one.name_shown) for slug, one in self._universities.items()]
        self.fields["universities"].choices = sorted(named, key=lambda pair: pair[1])  # type: ignore[attr-defined]
        about = [(slug, in_language(one, "name")[0]) for slug, one in self._topics.items()]
        self.fields["topics"].choices = about  # type: ignore[attr-defined]

    @property
    def choice(self) -> Choice:
        """What was chosen, as the verbs take it."""
        data = self.cleaned_data
        return Choice(
            language=data["language"], rhythm=data["rhythm"], alliance=data["alliance"],
            universities=[self._universities[slug] for slug in dict.fromkeys(data["universities"])],
            topics=[self._topics[slug] for slug in dict.fromkeys(data["topics"])],
        )  # fmt: skip


def chosen_by(subscription: Subscription) -> dict[str, Any]:
    """What a form begins with."""
    return {
        "language": subscription.language, "rhythm": subscription.rhythm, "alliance": subscription.alliance,
        "universities": [one.slug for one in subscription.universities.all()],
        "topics": [one.slug for one in subscription.topics.all()],
    }  # fmt: skip


class SubscribeForm(ChoiceForm):
    """The same with the consent, and with an address where nobody is known to own one."""

    consent = forms.BooleanField(
        label=_("Send me the newsletter. I can stop it in every letter with one click."),
        error_messages={"required": _("Tick the box if you want the newsletter.")},
    )

    field_order = ["email", "language", "rhythm", "universities", "topics", "alliance", "consent"]

    def __init__(self, *args: Any, known: str = "", typed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not known:
            self.fields["email"] = _address(typed)
            self.order_fields(self.field_order)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        try:
            checked_address(email)
        except BadAddress as error:
            raise ValidationError(_("Enter one e-mail address, such as name@university.eu.")) from error
        return email


def _address(typed: str) -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"), max_length=254, initial=typed,
        error_messages={
            "required": _("“%(label)s” is missing.") % {"label": _("E-mail address")},
            "invalid": _("Enter one e-mail address, such as name@university.eu."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip


class IssueForm(PortalForm):
    """Subject and introduction in both languages; which texts stand in the issue, and in which order.

    The texts come as `text` in their order, and as `add`; `step` moves one (`up:`, `down:`, `drop:` and its key).
    """

    subject_en = forms.CharField(
        label=_("Subject in English"),
        max_length=150,
        required=False,
        help_text=_("Needed before it is sent."),
    )
    subject_lt = forms.CharField(
        label=_("Subject in Lithuanian"),
        max_length=150,
        required=False,
        help_text=_("Needed before it is sent."),
    )
    introduction_en = forms.CharField(
        label=_("Introduction in English"), max_length=2000, required=False, widget=forms.Textarea,
        help_text=_("A few plain sentences; an empty line begins a new paragraph."),
    )  # fmt: skip
    introduction_lt = forms.CharField(
        label=_("Introduction in Lithuanian"), max_length=2000, required=False, widget=forms.Textarea,
        help_text=_("A few plain sentences; an empty line begins a new paragraph."),
    )  # fmt: skip
    version = forms.IntegerField(min_value=1, max_value=HIGHEST, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, issue: Issue, proposal: Proposal) -> None:
        words = {name: getattr(issue, name) for name in TEXTS}
        super().__init__(data, initial=words | {"version": issue.version})
        stored = texts_of(issue, among=proposal.offered)
        self.known = {key_of(text): text for text in [*proposal.offered, *stored]}
        self.texts = self._sent(data) if data is not None else stored
        self.rest = [text for text in proposal.offered if text not in self.texts]

    def _sent(self, data: QueryDict) -> list[Text]:
        keys = dict.fromkeys([*data.getlist("text"), *data.getlist("add")])
        order = [key for key in keys if key in self.known]
        step, _colon, key = data.get("step", "").partition(":")
        if key in order and step in ("up", "down", "drop"):
            place = order.index(key)
            order.remove(key)
            if step != "drop":
                order.insert(max(place - 1, 0) if step == "up" else place + 1, key)
        return [self.known[key] for key in order]


class MomentForm(PortalForm):
    """When an issue is sent, by the portal's own clock."""

    at = MomentField(label=_("Send at"))

    def full_clean(self) -> None:
        """Hours that are typed are those of the portal's zone."""
        with timezone.override(ZoneInfo(settings.TIME_ZONE)):
            super().full_clean()
