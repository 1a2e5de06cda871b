"""The invented calls with their places."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from alliance_portal.demo.reading import Days, pick, read
from members.models import University
from mobility.editing import offering
from mobility.models import Call, Criterion, Place, Question, QuestionOption, RequiredDocument
from projects.models import Project


def load_calls(days: Days) -> None:
    """The invented calls that are not there yet, with places and the papers that they ask for."""
    universities = University.objects.in_bulk(field_name="slug")
    there = set(Call.objects.values_list("slug", flat=True))
    for row in read("calls")["call"]:
        if row["slug"] not in there:
            _call(row, universities, days)


def words(days: Days) -> dict[str, str]:
    """What stands for {autumn}, {spring}, {summer} and {year} in titles on the day of loading.

    Calls of November to April speak of the autumn after the coming summer, those of May to October of the next one.
    """
    day = days.day(0)
    autumn = day.year + (day.month >= 5)
    return {
        "autumn": f"{autumn}",
        "spring": f"{autumn}",
        "summer": f"{autumn}",
        "year": f"{autumn - 1}/{autumn}",
    }


def _drawn(call: Call, place: dict[str, Any]) -> dict[str, Any]:
    """From which agreement the seats of a place come, where an invented one has them."""
    for source in offering.sources(call):
        condition = source.condition
        fits = place["field"] in source.fields and place["level"] in (condition.levels or [place["level"]])
        offered = call.places.filter(origin=condition.origin).aggregate(seats=Sum("capacity"))["seats"] or 0
        if condition.receiving.slug == place["host"] and fits and source.left - offered >= place["capacity"]:
            return {"condition": condition, "origin": condition.origin}
    return {}


def _add_what_is_asked(call: Call, row: dict[str, Any]) -> None:
    """Papers, questions, criteria and languages, each in its order."""
    for n, paper in enumerate(row["documents"], 1):
        RequiredDocument.objects.create(call=call, position=n, **pick(paper, "name", "hint", "is_required"))
    for n, asked in enumerate(row.get("questions", []), 1):
        question = Question.objects.create(
            call=call, position=n, **pick(asked, "kind", "text", "hint", "is_required")
        )
        for m, (en, lt) in enumerate(asked.get("options", []), 1):
            QuestionOption.objects.create(question=question, position=m, words_en=en, words_lt=lt)
    for n, one in enumerate(row.get("criteria", []), 1):
        Criterion.objects.create(call=call, position=n, **pick(one, "name", "hint", "weight", "most"))
    for language, level in row.get("languages", []):
        call.languages.create(language=language, level=level)


def _call(row: dict[str, Any], universities: dict[str, University], days: Days) -> None:
    university = universities[row["university"]]
    names = words(days)
    values = pick(
        row, "slug", "kind", "mode", "summary", "tie_break", "publication", "offer_days", "max_wishes", "minimum_ects",
        "levels", "terms", "reviewers_wanted", "is_anonymous", "appeal_days", "most_earlier_months",
        "minimum_participants",
    )  # fmt: skip
    values |= {f"title_{language}": row[f"title_{language}"].format(**names) for language in ("en", "lt")}
    values.setdefault("reviewers_wanted", 2 if row.get("criteria") else 0)
    abroad = [days.day(offset, university.zone) for offset in row.get("programme_days", [])]
    values |= dict(zip(("programme_starts_on", "programme_ends_on"), abroad, strict=False))
    first = int(names["autumn"]) + row["year_offset"]
    call = Call.objects.create(
        **values,
        university=university,
        academic_year=f"{first}/{first + 1}",
        opens_at=days.at(row["opens_days"], "09:00", university.zone),
        closes_at=days.at(row["closes_days"], row["closes"], university.zone),
        decision_on=days.day(row["decision_days"], university.zone),
        is_demo=True,
    )
    terms = {f"term_{language}": text.format(**names) for language, text in row.get("term", {}).items()}
    for place in row["places"]:
        Place.objects.create(
            call=call, host=universities[place["host"]], field_id=place["field"], **terms,
            **pick(place, "level", "capacity", "language", "language_level"), **_drawn(call, place),
        )  # fmt: skip
    _add_what_is_asked(call, row)
    call.projects.set(Project.objects.filter(code__in=row.get("projects", [])))
