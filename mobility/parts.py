"""The parts of an application: what each holds, and what is still missing in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility.models import Application, Call, Kind

MAX_WORDS = 600
NOT_STARTED, IN_PROGRESS, COMPLETED, OPTIONAL = "not_started", "in_progress", "completed", "optional"
CARRIED = "carried"  # whole, out of an earlier application; its owner has not looked at it yet


@dataclass(frozen=True, eq=False)
class Part:
    """One page of the application. `fields` are those of the application itself that it holds.

    A part is equal to itself alone: its title is another text in another language, and would be another key then.
    """

    slug: str
    title: Promise
    hint: Promise
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Missing:
    """Something without which the application can't be submitted: in which part, at which field, in words."""

    part: str
    field: str
    words: str


PERSONAL = Part(
    "personal", gettext_lazy("Personal data"), gettext_lazy("Name, date of birth, nationality, telephone"),
    ("given_name", "family_name", "birth_date", "nationality", "phone", "gender", "unit", "fewer_opportunities"),
)  # fmt: skip
STUDIES = Part("studies", gettext_lazy("Studies"), gettext_lazy("Programme, level, field, credits so far"),
               ("study_programme", "level", "field", "ects", "earlier_months"))  # fmt: skip
WORK = Part(
    "work", gettext_lazy("Work"), gettext_lazy("Seniority, hours and days, programme of work abroad"),
    ("work_unit", "seniority", "planned_days", "hours", "work_goals", "work_value", "work_plan", "work_outcomes"),
)  # fmt: skip
LANGUAGES = Part(
    "languages", gettext_lazy("Languages"), gettext_lazy("The languages you speak, with their levels")
)
WISHES = Part(
    "wishes", gettext_lazy("Wishes"), gettext_lazy("The places where you would like to go, best first")
)
MOTIVATION = Part(
    "motivation", gettext_lazy("Motivation"), gettext_lazy("At most 600 words"), ("motivation",)
)
DOCUMENTS = Part("documents", gettext_lazy("Documents"), gettext_lazy("The papers this call asks for"))
QUESTIONS = Part("questions", gettext_lazy("Questions"), gettext_lazy("What this call asks besides"))
DECLARATIONS = Part("declarations", gettext_lazy("Declarations"), gettext_lazy("What you confirm"),
                    ("declared_true", "declared_privacy"))  # fmt: skip


def of(call: Call) -> list[Part]:
    """The parts of an application to `call`, in their order."""
    own = STUDIES if call.for_students else WORK
    papers = [DOCUMENTS] if list(call.required_documents.all()) else []
    asked = [QUESTIONS] if list(call.questions.all()) else []
    return [PERSONAL, own, LANGUAGES, WISHES, MOTIVATION, *papers, *asked, DECLARATIONS]


def find(call: Call, slug: str) -> Part | None:
    """The part of that name, if an application to `call` has it (asked without a query for the papers)."""
    everywhere = [
        PERSONAL,
        STUDIES if call.for_students else WORK,
        LANGUAGES,
        WISHES,
        MOTIVATION,
        DOCUMENTS,
        QUESTIONS,
        DECLARATIONS,
    ]
    return next((part for part in everywhere if part.slug == slug), None)


def state(application: Application, part: Part, missing: list[Missing]) -> str:
    """How far a part is, given everything that is missing."""
    typed = any(draft.part == part.slug for draft in application.part_drafts.all())
    visited = part.slug in application.visited
    if any(one.part == part.slug for one in missing):
        return IN_PROGRESS if visited or typed else NOT_STARTED
    call = application.call
    optional: dict[Part, list[Any]] = {
        DOCUMENTS: list(call.required_documents.all()), QUESTIONS: list(call.questions.all()),
    }  # fmt: skip
    if part in (PERSONAL, STUDIES, WORK) and not visited:
        return CARRIED
    asks = part not in optional or any(asked.is_required for asked in optional[part])
    return COMPLETED if visited or asks else OPTIONAL


def missing(application: Application) -> list[Missing]:
    """What has to be added before the application (loaded `with_parts`) can be submitted."""
    checks: dict[str, Callable[[Application], list[tuple[str, str]]]] = {
        "personal": _personal, "studies": _studies, "work": _work, "languages": _languages, "wishes": _wishes,
        "motivation": _motivation, "documents": _documents, "questions": _questions, "declarations": _declarations,
    }  # fmt: skip
    return [
        Missing(part.slug, field, words)
        for part in of(application.call)
        for field, words in [*checks[part.slug](application), *_unsaved(application, part)]
    ]


def _unsaved(application: Application, part: Part) -> list[tuple[str, str]]:
    """What was typed and kept, but not saved: submitting would leave it out without a word."""
    if not any(draft.part == part.slug for draft in application.part_drafts.all()):
        return []
    words = _("Save or discard what you typed in “%(part)s”.")
    return [("draft", words % {"part": part.title})]


def _personal(application: Application) -> list[tuple[str, str]]:
    found = []
    if not (application.given_name.strip() or application.family_name.strip()):
        found.append(("given_name", _("Write your names.")))
    if application.birth_date is None:
        found.append(("birth_date", _("Write your date of birth.")))
    if not application.nationality:
        found.append(("nationality", _("Choose your nationality.")))
    return found


def _studies(application: Application) -> list[tuple[str, str]]:
    found = []
    if not application.study_programme.strip():
        found.append(("study_programme", _("Name your study programme.")))
    if application.level is None:
        found.append(("level", _("Choose the level of your studies.")))
    if application.field_id is None:
        found.append(("field", _("Choose your field of education.")))
    if application.ects is None:
        found.append(("ects", _("Write how many ECTS credits you have earned so far.")))
    if application.call.most_earlier_months is not None and application.earlier_months is None:
        found.append(
            ("earlier_months", _("Write how many months of mobility you have had so far, 0 for none."))
        )
    return found


def _work(application: Application) -> list[tuple[str, str]]:
    """What the mobility agreement of staff needs; hours are taught, so training has none."""
    needed: dict[str, tuple[Any, str]] = {
        "work_unit": (application.work_unit.strip(), _("Name your department and position.")),
        "seniority": (application.seniority, _("Choose your seniority.")),
        "planned_days": (application.planned_days, _("Write how many days you will be there.")),
        "work_goals": (application.work_goals.strip(), _("Write what the stay is for.")),
        "work_plan": (application.work_plan.strip(), _("Describe what you will do at the host university.")),
    }
    if application.call.kind == Kind.STAFF_TEACHING:
        needed["hours"] = (application.hours, _("Write how many hours you will teach."))
    return [(field, words) for field, (given, words) in needed.items() if not given]


def _languages(application: Application) -> list[tuple[str, str]]:
    none = not list(application.languages.all())
    return [("form-0-language", _("Add at least one language you speak."))] if none else []


def _wishes(application: Application) -> list[tuple[str, str]]:
    wishes = list(application.wishes.all())
    gone = [wish for wish in wishes if not wish.place.is_offered]
    if not wishes:
        return [("wish_1", _("Choose at least one place."))]
    words = _("A place you wished for is no longer offered. Choose another or none.")
    return [(f"wish_{wish.rank}", words) for wish in gone]


def _motivation(application: Application) -> list[tuple[str, str]]:
    return [] if application.motivation.strip() else [("motivation", _("Write why you want to go."))]


def _documents(application: Application) -> list[tuple[str, str]]:
    there = {paper.asked_id for paper in application.documents.all()}
    needed = [asked for asked in application.call.required_documents.all() if asked.is_required]
    return [
        (f"file-{asked.uuid}", _("Upload: %(document)s.") % {"document": asked.name})
        for asked in needed
        if asked.pk not in there
    ]


def _questions(application: Application) -> list[tuple[str, str]]:
    answered = {
        answer.question_id
        for answer in application.answers.all()
        if answer.text.strip() or answer.options or answer.document_id
    }
    return [
        (f"q-{question.uuid}", _("Answer: %(question)s") % {"question": question.text})
        for question in application.call.questions.all()
        if question.is_required and question.pk not in answered
    ]


def _declarations(application: Application) -> list[tuple[str, str]]:
    found = []
    if not application.declared_true:
        found.append(("declared_true", _("Confirm that what you wrote is true.")))
    if not application.declared_privacy:
        found.append(("declared_privacy", _("Confirm that you have read how your data are used.")))
    return found


def stored(application: Application, part: Part) -> Any:
    """What a part holds now, as plain values."""
    if part is LANGUAGES:
        return [[row.language, row.level] for row in application.languages.order_by("pk")]
    if part is WISHES:
        return [str(wish.place.uuid) for wish in application.wishes.select_related("place").order_by("rank")]
    if part is QUESTIONS:
        rows = application.answers.filter(document=None).order_by("question_id")
        return [[row.question_id, row.text, plain(row.options)] for row in rows]
    columns = {field.name: field.attname for field in Application._meta.fields}  # a related record by its key
    return plain({name: getattr(application, columns[name]) for name in part.fields})


def plain(values: Any) -> Any:
    """`values` as a form gives them, in the shape of `stored`."""
    if isinstance(values, Mapping):
        return {name: plain(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [plain(value) for value in values]
    if isinstance(values, Model):
        return values.pk
    if isinstance(values, dt.date):
        return values.isoformat()
    return values if isinstance(values, bool | int | None) else str(values)


def fingerprint(values: Any) -> str:
    """A short mark of `stored` values: a page carries it, so that saving tells whether they changed meanwhile."""
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
