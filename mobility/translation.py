from modeltranslation.translator import TranslationOptions, register

from mobility.models import Call, Place, RequiredDocument


@register(Call)
class CallTranslation(TranslationOptions):
    fields = ("title", "summary", "tie_break")


@register(Place)
class PlaceTranslation(TranslationOptions):
    fields = ("term",)


@register(RequiredDocument)
class RequiredDocumentTranslation(TranslationOptions):
    fields = ("name", "hint")
