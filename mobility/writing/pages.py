"""Which form a part of the application has."""

from __future__ import annotations

from typing import Any

from mobility.writing.own import DeclarationsForm, MotivationForm, PersonalForm, StudiesForm, WorkForm
from mobility.writing.questions import QuestionsForm
from mobility.writing.rows import LanguagesForm, WishesForm

OF_PART: dict[str, Any] = {
    "personal": PersonalForm,
    "studies": StudiesForm,
    "work": WorkForm,
    "languages": LanguagesForm,
    "wishes": WishesForm,
    "motivation": MotivationForm,
    "questions": QuestionsForm,
    "declarations": DeclarationsForm,
}
