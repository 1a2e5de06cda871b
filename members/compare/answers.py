"""The questions of the comparison, and each university's answers in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ground import languages, richtext
from ground.templatetags.ground_tags import SOON, day, days_left, days_until, in_language, number
from members.compare.told import Told
from members.models import Condition, Contact, Eqf, FactsheetLanguage, FactsheetTerm, Figure, Term, University

# Where the reader's own language has no text.
_ONLY_IN: Mapping[str, Promise] = {
    "en": gettext_lazy("only in English"),
    "lt": gettext_lazy("only in Lithuanian"),
}
LONGEST_TEXT = 280  # characters of a text of a factsheet; the factsheet has the whole


@dataclass(frozen=True)
class Fact:
    """One thing told: words, perhaps with a link, a note in small, a tag with its tone.

    `lang` and `note_lang` name the language of the words and of the note where that isn't the page's.
    """

    words: str
    href: str = ""
    note: str = ""
    lang: str = ""
    note_lang: str = ""
    tag: str = field(default="", compare=False)
    tone: str = field(default="", compare=False)

    @property
    def other(self) -> str:
        """Said beside words that the reader's language lacks."""
        return str(_ONLY_IN.get(self.lang or self.note_lang, ""))


Tell = Callable[[Told], Iterable[Fact]]
Question = tuple[Any, Tell]


@dataclass(frozen=True)
class Row:
    """One question with the answers of all universities in their order; an empty one was not told."""

    title: str
    cells: list[list[Fact]]
    names: list[str]

    @property
    def answers(self) -> list[tuple[str, list[Fact]]]:
        """Each university's short name with what it told."""
        return list(zip(self.names, self.cells, strict=True))

    @property
    def is_same(self) -> bool:
        """Whether all of them told, and told the same."""
        return bool(self.cells[0]) and not self.differs

    @property
    def differs(self) -> bool:
        """Whether they don't all tell the same, or all nothing."""
        return any(cell != self.cells[0] for cell in self.cells)


@dataclass(frozen=True)
class Section:
    """Questions of one kind."""

    title: str
    rows: list[Row]


def sections(all_told: Sequence[Told]) -> list[Section]:
    """The questions about the universities, studies, dates and living there."""
    asked = [
        (_("The university"), _about(all_told)),
        (_("Studies and languages"), _studies()),
        (_("Dates and deadlines"), _dates(all_told)),
        (_("Living there"), _living()),
    ]
    return [
        Section(title, [_row(question, all_told, tell) for question, tell in part]) for title, part in asked
    ]


def agreed_row(all_told: Sequence[Told], home: University) -> Row:
    """The places that agreements in force give to students of `home`."""
    title = _("Agreed with %(university)s, each year") % {"university": home.organisation}
    return _row(title, all_told, lambda told: _agreed(told, home))


def contacts_section(all_told: Sequence[Told]) -> Section:
    """Whom students ask; only contacts that are public."""
    return Section(_("Whom to ask"), [_row(_("Contacts"), all_told, _contacts)])


def _row(title: Any, all_told: Sequence[Told], tell: Tell) -> Row:
    return Row(
        str(title), [list(tell(told)) for told in all_told], [str(told.university) for told in all_told]
    )


def _about(all_told: Sequence[Told]) -> list[Question]:
    known = {kind for told in all_told for kind in told.figures}
    return [
        (_("Country"), lambda told: [Fact(str(told.university.organisation.country.name))]),
        (_("City"), _cities),
        *((kind.label, _figure(kind)) for kind in Figure.Kind if kind in known),
    ]


def _cities(told: Told) -> Iterator[Fact]:
    """The university's city, or those of its schools."""
    own = told.university.organisation.city_shown
    cities = [own] if own else dict.fromkeys(school["city"] for school in told.university.schools)
    yield from (Fact(city) for city in cities if city)


def _figure(kind: str) -> Tell:
    def tell(told: Told) -> list[Fact]:
        given = told.figures.get(kind)
        return [Fact(given.said, note=f"({given.year})")] if given else []

    return tell


def _studies() -> list[Question]:
    return [
        (_("Fields of education"), lambda told: [Fact(name) for name in told.fields]),
        (_("Teaches in"), _taught),
        (_("Language that students need"), _required),
        (_("Course catalogue"), _from_sheet("", "courses_website")),
    ]


def _taught(told: Told) -> Iterator[Fact]:
    levels: dict[str, list[str]] = {}
    for one in told.taught:
        levels.setdefault(one.language, []).extend([str(Eqf(one.level).label)] if one.level else [])
    for language, named in levels.items():
        yield Fact(languages.name(language), note=", ".join(named))


def _required(told: Told) -> Iterator[Fact]:
    for one in told.factsheet.languages.all() if told.factsheet else ():
        if one.whom == FactsheetLanguage.Whom.STUDENTS:
            note, lang = in_language(one, "note")
            yield Fact(f"{languages.name(one.language)} {one.level}", note=note, note_lang=lang)


def _dates(all_told: Sequence[Told]) -> list[Question]:
    """For every term that one of them has: when it is, and until when to nominate and apply."""
    known = {term for told in all_told for term in told.terms}
    questions: list[Question] = []
    for term in Term:
        if term in known:
            about = {"term": term.label}
            questions += [
                (term.label, _term(term)),
                (_("%(term)s: nominations until") % about, _deadline(term, "nomination_until")),
                (_("%(term)s: applications until") % about, _deadline(term, "application_until")),
            ]
    return [
        *(questions or [(_("Terms and deadlines"), lambda told: [])]),
        (_("Decision on an application within"), _weeks("decision_weeks")),
        (_("Transcript of records within"), _weeks("transcript_weeks")),
        (_("Academic calendar"), _from_sheet("", "calendar_website")),
    ]


def _term(term: str) -> Tell:
    def tell(told: Told) -> Iterator[Fact]:
        found: FactsheetTerm | None = told.terms.get(term)
        if found and (found.starts_on or found.ends_on):
            words = {"from": day(found.starts_on) or "…", "until": day(found.ends_on) or "…"}
            yield Fact(_("%(from)s to %(until)s") % words, note=_to_check(found))

    return tell


def _to_check(term: FactsheetTerm | None) -> str:
    """Dates that were only moved on from the year before say so."""
    return _("dates still to be checked") if term and term.to_check else ""


def _deadline(kind: str, name: str) -> Tell:
    def tell(told: Told) -> Iterator[Fact]:
        term = told.terms.get(kind)
        until: dt.date | None = getattr(term, name, None)
        if until is None:
            return
        left, note = days_until(until, told.today), _to_check(term)
        if left < 0:
            yield Fact(day(until), note=note, tag=_("passed"), tone="bad")
        else:
            tag = days_left(until, told.today) if left <= SOON else ""
            yield Fact(day(until), note=note, tag=tag, tone="signal" if tag else "")

    return tell


def _weeks(name: str) -> Tell:
    def tell(told: Told) -> Iterator[Fact]:
        weeks = getattr(told.factsheet, name, None)
        if weeks is not None:
            yield Fact(ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks})

    return tell


def _living() -> list[Question]:
    return [
        (_("Cost of living a month"), _costs),
        (_("Housing"), _from_sheet("housing", "housing_website")),
        (_("Visa"), _from_sheet("visa", "visa_website")),
        (_("Insurance"), _from_sheet("insurance", "insurance_website")),
        (_("Accessibility and inclusion"), _from_sheet("accessibility", "accessibility_website")),
    ]


def _costs(told: Told) -> Iterator[Fact]:
    if told.factsheet is None:
        return
    low, high = told.factsheet.costs_from, told.factsheet.costs_to
    if low and high and low != high:
        yield Fact(_("%(from)s to %(to)s euros") % {"from": number(low), "to": number(high)})
    elif low:
        words = _("%(number)s euros") if high else _("from %(number)s euros")
        yield Fact(words % {"number": number(low)})
    elif high:
        yield Fact(_("up to %(number)s euros") % {"number": number(high)})
    yield from _text(told, "costs")


def _from_sheet(text: str, website: str) -> Tell:
    """A text of the factsheet and the link that goes with it."""

    def tell(told: Told) -> Iterator[Fact]:
        if text:
            yield from _text(told, text)
        if address := getattr(told.factsheet, website, ""):
            yield Fact(urlsplit(address).netloc.removeprefix("www."), href=address)

    return tell


def _text(told: Told, name: str) -> Iterator[Fact]:
    words, lang = in_language(told.factsheet, name)
    if plain := " ".join(unescape(strip_tags(richtext.render(words))).split()):
        yield Fact(Truncator(plain).chars(LONGEST_TEXT), lang=lang)


def _contacts(told: Told) -> Iterator[Fact]:
    """Those of the factsheet, else those of the university whose duty is about students."""
    named: list[Contact] = list(told.factsheet.contacts.all()) if told.factsheet else []
    for one in named or told.contacts:
        subject, lang = in_language(one, "subject")
        about = subject or str(one.get_duty_display())
        if one.email:
            yield Fact(
                one.email, href=f"mailto:{one.email}", note=f"{one.name_shown}, {about}", note_lang=lang
            )
        else:
            note = ", ".join(part for part in (about, one.phone) if part)
            yield Fact(one.name_shown, note=note, note_lang=lang)


def _agreed(told: Told, home: University) -> Iterator[Fact]:
    if told.university.pk == home.pk:
        yield Fact(_("the home university itself"))
    elif not told.agreed:
        yield Fact(_("no places in force"))
    for condition in told.agreed:
        places = ngettext("%(count)d place", "%(count)d places", condition.places) % {
            "count": condition.places
        }
        yield Fact(f"{places}: {condition.get_kind_display()}", note=_terms_of(condition))


def _terms_of(condition: Condition) -> str:
    """Levels, fields and languages of a condition."""
    parts = [str(Eqf(level).label) for level in condition.levels]
    parts += [str(one.field.name) for one in condition.fields.all()]
    parts += [f"{languages.name(one.language)} {one.level}" for one in condition.languages.all()]
    return "; ".join(parts)
