from modeltranslation.translator import TranslationOptions, register

from news.models import Attachment, Event, NewsItem, Picture, Topic


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name",)


@register(NewsItem)
class NewsItemTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ("title", "summary", "body", "place")


@register(Attachment)
class AttachmentTranslation(TranslationOptions):
    fields = ("title",)


@register(Picture)
class PictureTranslation(TranslationOptions):
    fields = ("alt",)
