"""What an applicant answered: as a snapshot that stays, and as lines that people read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from documents.models import Document
from ground import languages
from ground.templatetags.ground_tags import day
from mobility import parts
from mobility.models import Application, Call, Cefr, Eqf, Gender, Place, Question, Seniority

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One answer. `long` ones are text of several lines; `paper` is the identifier of an uploaded document."""

    name: str
    value: str
    long: bool = False
    paper: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Section:
    slug: str
    title: str | Promise
    lines: list[Line] = field(default_factory=list)


def snapshot(application: Application, submitted_at: dt.datetime) -> dict[str, Any]:
    """Everything in the application (loaded `with_parts`) as plain JSON values, in both languages where it has two."""
    call = application.call
    return {
        "form": 1,
        "reference": application.reference,
        "submitted_at": submitted_at.astimezone(dt.UTC).isoformat(),
        "call": {
            "slug": call.slug, **_both(call, "title"), "kind": call.kind, "academic_year": call.academic_year,
            "university": call.university.name,
        },
        "personal": _personal(application),
        **({"studies": _studies(application)} if call.for_students else {"work": _fields(application, parts.WORK)}),
        "languages": [{"language": row.language, "level": row.level} for row in application.languages.all()],
        "wishes": [{"rank": wish.rank, **place_facts(wish.place)} for wish in application.wishes.all()],
        "motivation": _fields(application, parts.MOTIVATION),
        "documents": [_paper(paper) for paper in application.documents.all()],
        "questions": [told for question in call.questions.all() if (told := _question(application, question))],
        "declarations": _fields(application, parts.DECLARATIONS),
    }  # fmt: skip


def digest(snapshot: Answers) -> str:
    """The SHA-256 of a snapshot, the same however the database orders its keys."""
    canonical = json.dumps(snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def place_facts(place: Place) -> dict[str, Any]:
    """What a wish keeps of the place it names."""
    return {
        "place": str(place.uuid), "host": place.host.name, "country": str(place.host.organisation.country),
        "field": {"code": place.field.code, **_both(place.field, "name")} if place.field else None,
        "level": place.level, **_both(place, "term"), "language": place.language,
        "language_level": place.language_level,
    }  # fmt: skip


def place_words(facts: Answers) -> str:
    """A place in one line: host, field, level, term, language."""
    told = [
        facts.get("host"), in_use(facts.get("field") or {}, "name"), _level(facts.get("level")), in_use(facts, "term"),
        f"{languages.name(facts.get('language') or '')} {_cefr(facts.get('language_level'))}".strip(),
    ]  # fmt: skip
    return " · ".join(str(words) for words in told if words)


def in_use(texts: Answers, name: str) -> str:
    """The text of a field kept in both languages: the one in use, else the other."""
    first = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return str(texts.get(f"{name}_{first}") or texts.get(f"{name}_en") or texts.get(f"{name}_lt") or "")


def titles(call: Call) -> dict[str, str]:
    """The title of a call in every language; where one is missing, what the other says."""
    kept = _both(call, "title")
    other = next((title for title in kept.values() if title), call.slug)
    return {code: kept[f"title_{code}"] or other for code, _name in settings.LANGUAGES}


def without_personal(kept: Answers) -> Answers:
    """A snapshot as those read it who follow the process only: studies and wishes."""
    return {slug: kept[slug] for slug in (parts.STUDIES.slug, parts.WISHES.slug) if slug in kept}


def sections(kept: Answers) -> list[Section]:
    """A snapshot as people read it, in the language in use; answers that are not there are left out."""
    makers: dict[parts.Part, Callable[[Any], Iterator[Line]]] = {
        parts.PERSONAL: _personal_lines, parts.STUDIES: _studies_lines, parts.WORK: _work_lines,
        parts.LANGUAGES: _language_lines, parts.WISHES: _wish_lines, parts.MOTIVATION: _motivation_lines,
        parts.DOCUMENTS: _document_lines, parts.QUESTIONS: _question_lines, parts.DECLARATIONS: _declaration_lines,
    }  # fmt: skip
    return [
        Section(part.slug, part.title, [line for line in make(kept[part.slug]) if line.value])
        for part, make in makers.items()
        if kept.get(part.slug) is not None and (part is not parts.QUESTIONS or kept[part.slug])
    ]


def papers_in(kept: Answers) -> set[str]:
    """The identifiers of the files that a snapshot names."""
    files = [*kept.get("documents", []), *(one.get("paper") or {} for one in kept.get("questions", []))]
    return {str(file["uuid"]) for file in files if file.get("uuid")}


def _both(record: Any, name: str) -> dict[str, str]:
    return {
        f"{name}_{code}": str(getattr(record, f"{name}_{code}") or "") for code, _name in settings.LANGUAGES
    }


def _fields(application: Application, part: parts.Part) -> dict[str, Any]:
    return {name: parts.plain(getattr(application, name)) for name in part.fields}


def _personal(application: Application) -> dict[str, Any]:
    unit = application.unit
    told = {"uuid": str(unit.uuid), **_both(unit, "name")} if unit else None
    return {**_fields(application, parts.PERSONAL), "unit": told, "email": application.applicant.email}


def _question(application: Application, question: Question) -> dict[str, Any] | None:
    """A question with its answer, both as they read now; None where nothing was answered."""
    answer = next((one for one in application.answers.all() if one.question_id == question.pk), None)
    if answer is None or not (answer.text or answer.options or answer.document):
        return None
    chosen = [one for one in question.options.all() if one.uuid in answer.options]
    return {
        "question": str(question.uuid), "kind": question.kind, **_both(question, "text"), "answer": answer.text,
        "options": [{"uuid": str(one.uuid), **_both(one, "words")} for one in chosen],
        "paper": _file(answer.document) if answer.document else None,
    }  # fmt: skip


def _studies(application: Application) -> dict[str, Any]:
    chosen = application.field
    told = {"code": chosen.code, **_both(chosen, "name")} if chosen else None
    return {**_fields(application, parts.STUDIES), "field": told}


def _paper(paper: Any) -> dict[str, Any]:
    return {**_both(paper.asked, "name"), **_file(paper.document)}


def _file(file: Document) -> dict[str, Any]:
    return {
        "uuid": str(file.uuid), "file": file.name, "type": file.content_type, "size": file.size, "sha256": file.sha256,
    }  # fmt: skip


def _level(level: Any) -> str:
    return str(Eqf(level).label) if level in Eqf.values else ""


def _cefr(level: Any) -> str:
    return str(Cefr(level).label) if level in Cefr.values else ""


def _personal_lines(kept: Answers) -> Iterator[Line]:
    yield Line(_("Given names"), kept.get("given_name", ""))
    yield Line(_("Family names"), kept.get("family_name", ""))
    born = kept.get("birth_date")
    yield Line(_("Date of birth"), day(dt.date.fromisoformat(born)) if born else "")
    yield Line(_("Nationality"), countries.name(kept.get("nationality") or "") or "")
    yield Line(_("Telephone"), kept.get("phone", ""))
    yield Line(_("E-mail address"), kept.get("email", ""))
    gender = kept.get("gender")
    yield Line(_("Gender"), str(Gender(gender).label) if gender in Gender.values else "")
    yield Line(_("Faculty or department"), in_use(kept.get("unit") or {}, "name"))
    fewer = kept.get("fewer_opportunities")
    yield Line(_("Fewer opportunities"), "" if fewer is None else _("Yes") if fewer else _("No"))


def _studies_lines(kept: Answers) -> Iterator[Line]:
    chosen = kept.get("field") or {}
    ects = kept.get("ects")
    yield Line(_("Study programme"), kept.get("study_programme", ""))
    yield Line(_("Level of studies"), _level(kept.get("level")))
    yield Line(_("Field of education"), f"{in_use(chosen, 'name')} ({chosen.get('code')})" if chosen else "")
    yield Line(_("ECTS credits earned so far"), "" if ects is None else str(ects))
    yield Line(_("Months of mobility so far"), number(kept.get("earlier_months")))


def _work_lines(kept: Answers) -> Iterator[Line]:
    yield Line(_("Department and position"), kept.get("work_unit", ""))
    seniority = kept.get("seniority")
    yield Line(_("Seniority"), str(Seniority(seniority).label) if seniority in Seniority.values else "")
    yield Line(_("Days abroad, without travel"), number(kept.get("planned_days")))
    yield Line(_("Teaching hours"), number(kept.get("hours")))
    yield Line(_("Overall objectives"), kept.get("work_goals", ""), long=True)
    yield Line(_("Added value"), kept.get("work_value", ""), long=True)
    yield Line(_("Programme of work"), kept.get("work_plan", ""), long=True)
    yield Line(_("Expected outcomes"), kept.get("work_outcomes", ""), long=True)


def number(value: Any) -> str:
    """A number kept as JSON, as people read it: "2.5", "2,5"; empty for none."""
    return "" if value in (None, "") else localize(Decimal(str(value)).normalize() + 0)


def _language_lines(kept: list[Answers]) -> Iterator[Line]:
    for row in kept:
        yield Line(languages.name(row.get("language", "")), _cefr(row.get("level")))


def _wish_lines(kept: list[Answers]) -> Iterator[Line]:
    for wish in kept:
        yield Line(_("Wish %(rank)s") % {"rank": wish.get("rank")}, place_words(wish))


def _motivation_lines(kept: Answers) -> Iterator[Line]:
    yield Line(_("Why you want to go"), kept.get("motivation", ""), long=True)


def _document_lines(kept: list[Answers]) -> Iterator[Line]:
    for paper in kept:
        yield Line(in_use(paper, "name"), paper.get("file", ""), paper=paper)


def _question_lines(kept: list[Answers]) -> Iterator[Line]:
    for one in kept:
        paper = one.get("paper")
        chosen = "\n".join(in_use(option, "words") for option in one.get("options", []))
        words = paper["file"] if paper else one.get("answer") or chosen
        yield Line(in_use(one, "text"), words, long=one.get("kind") != "file", paper=paper)


def _declaration_lines(kept: Answers) -> Iterator[Line]:
    yield Line(_("What I wrote is true"), _("Confirmed") if kept.get("declared_true") else "")
    yield Line(_("I have read how my data are used"), _("Confirmed") if kept.get("declared_privacy") else "")
