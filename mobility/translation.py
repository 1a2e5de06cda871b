from modeltranslation.translator import TranslationOptions, register

from mobility.models import Call, CallChange, Criterion, Place, Question, QuestionOption, RequiredDocument


@register(Call)
class CallTranslation(TranslationOptions):
    fields = ("title", "summary", "tie_break")


@register(Place)
class PlaceTranslation(TranslationOptions):
    fields = ("term",)


@register(RequiredDocument)
class RequiredDocumentTranslation(TranslationOptions):
    fields = ("name", "hint")


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("text", "hint")


@register(QuestionOption)
class QuestionOptionTranslation(TranslationOptions):
    fields = ("words",)


@register(Criterion)
class CriterionTranslation(TranslationOptions):
    fields = ("name", "hint")


@register(CallChange)
class CallChangeTranslation(TranslationOptions):
    fields = ("note",)
