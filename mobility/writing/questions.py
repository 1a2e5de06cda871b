"""The call's own questions, answered in words or by choosing; files have a way of their own, beside the form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext

from ground.forms import PortalForm
from ground.templatetags.ground_tags import in_language
from mobility import answers, parts
from mobility.models import Answer, Application, Question, QuestionOption
from mobility.writing.told import told_by

LONGEST: dict[str, int] = {Question.Kind.SHORT: 300, Question.Kind.LONG: 6000}


def asked_by(application: Application) -> list[Any]:
    """The questions of the call in one query, each with `choices`, and `mine` (its answer) or None."""
    mine = FilteredRelation("answers", condition=Q(answers__application=application))
    words = [f"words_{code}" for code, _name in settings.LANGUAGES]
    options = QuestionOption.objects.filter(question=OuterRef("pk")).order_by("position", "pk")
    told = options.annotate(told=JSONObject(uuid="uuid", **dict(zip(words, words, strict=True))))
    choices = ArraySubquery(told.values("told"))
    rows = Question.objects.filter(call=application.call_id).annotate(mine=mine, choices=choices)
    return list(rows.select_related("mine__document").order_by("position", "pk"))


class QuestionsForm(PortalForm):
    """A field for each question that takes words or a choice. `typed` is a draft: shown, not checked."""

    optional_unsaid = True

    def __init__(self, data: Any = None, *, application: Application, typed: QueryDict | None = None) -> None:
        self.application = application
        asked = [question for question in self.questions if question.kind != Question.Kind.FILE]
        self.base_fields = {f"q-{question.uuid}": _field(question, typed) for question in asked}
        super().__init__(data)

    @cached_property
    def questions(self) -> list[Any]:
        """What the call asks, with the answers that are stored."""
        return asked_by(self.application)

    @property
    def shown(self) -> list[Any]:
        """What is stored, in the shape of `parts.stored`."""
        rows = [question.mine for question in self.questions if getattr(question, "mine", None)]
        kept = [row for row in rows if row.document_id is None]
        return [
            [row.question_id, row.text, parts.plain(row.options)] for row in sorted(kept, key=_by_question)
        ]

    def values(self) -> list[list[Any]]:
        """Question, words and chosen options of each answer that is not empty, in the shape of `parts.stored`."""
        rows = []
        for question in self.questions:
            given = self.cleaned_data.get(f"q-{question.uuid}") or ""
            if given and question.has_options:
                rows.append([question.pk, "", [given] if isinstance(given, str) else list(given)])
            elif given:
                rows.append([question.pk, given, []])
        return sorted(rows)

    def told(self) -> list[tuple[str, str]]:
        """What was typed, by label."""
        return told_by(self)

    @property
    def by_file(self) -> list[Any]:
        """The questions that are answered by a file."""
        return [question for question in self.questions if question.kind == Question.Kind.FILE]

    @property
    def waits_for_files(self) -> bool:
        """Whether a question that is answered by a file has none yet."""
        given = [getattr(question, "mine", None) for question in self.by_file]
        return any(answer is None or answer.document_id is None for answer in given)


def _by_question(answer: Answer) -> int:
    return answer.question_id


def _field(question: Any, typed: QueryDict | None) -> forms.Field:
    words, _lang = in_language(question, "text")
    if not question.is_required:
        words = gettext("%(question)s (optional)") % {"question": words}
    hint, _lang = in_language(question, "hint")
    common: dict[str, Any] = {
        "label": words, "help_text": hint, "required": False, "initial": _initial(question, typed),
    }  # fmt: skip
    if question.has_options:
        choices = [(str(one["uuid"]), answers.in_use(one, "words")) for one in question.choices]
        if question.kind == Question.Kind.CHOICES:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        return forms.ChoiceField(
            choices=[*choices, ("", gettext("No answer"))], widget=forms.RadioSelect, **common
        )
    widget = forms.Textarea if question.kind == Question.Kind.LONG else forms.TextInput
    return forms.CharField(max_length=LONGEST[question.kind], widget=widget, **common)


def _initial(question: Any, typed: QueryDict | None) -> Any:
    """What the field shows: the draft where there is one, else what is stored."""
    several = question.kind == Question.Kind.CHOICES
    if typed is not None:
        name = f"q-{question.uuid}"
        return typed.getlist(name) if several else typed.get(name, "")
    stored = getattr(question, "mine", None)
    if stored is None:
        return [] if several else ""
    chosen = [str(one) for one in stored.options]
    return chosen if several else stored.text or next(iter(chosen), "")
