from modeltranslation.translator import TranslationOptions, register

from texts.models import StaticPage


@register(StaticPage)
class StaticPageTranslation(TranslationOptions):
    fields = ("title", "lede", "body")
