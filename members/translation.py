from modeltranslation.translator import TranslationOptions, register

from members.models import (
    Centre,
    CentreNetwork,
    Contact,
    Factsheet,
    FactsheetLanguage,
    FieldOfEducation,
    OrganisationalUnit,
    University,
)


@register(University)
class UniversityTranslation(TranslationOptions):
    fields = ("summary", "priorities", "strategy", "history")


@register(OrganisationalUnit)
class OrganisationalUnitTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Contact)
class ContactTranslation(TranslationOptions):
    fields = ("subject",)


@register(CentreNetwork)
class CentreNetworkTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Centre)
class CentreTranslation(TranslationOptions):
    fields = ("name", "founding_agreement", "operator", "mission", "activities")


@register(FieldOfEducation)
class FieldOfEducationTranslation(TranslationOptions):
    fields = ("name",)


@register(Factsheet)
class FactsheetTranslation(TranslationOptions):
    fields = ("application", "housing", "visa", "insurance", "accessibility", "costs", "grading", "more")


@register(FactsheetLanguage)
class FactsheetLanguageTranslation(TranslationOptions):
    fields = ("note",)
