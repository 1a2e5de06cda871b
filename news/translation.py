from modeltranslation.translator import TranslationOptions, register

from news.models import (
    Attachment,
    Event,
    FollowUp,
    Issue,
    NewsItem,
    Picture,
    ProgrammeItem,
    Question,
    Speaker,
    Topic,
)


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name",)


@register(NewsItem)
class NewsItemTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ("title", "summary", "body", "place", "cancelled_because")


@register(Attachment)
class AttachmentTranslation(TranslationOptions):
    fields = ("title",)


@register(ProgrammeItem)
class ProgrammeItemTranslation(TranslationOptions):
    fields = ("title", "room")


@register(Speaker)
class SpeakerTranslation(TranslationOptions):
    fields = ("role", "about")


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("words", "choices")


@register(FollowUp)
class FollowUpTranslation(TranslationOptions):
    fields = ("subject", "text")


@register(Picture)
class PictureTranslation(TranslationOptions):
    fields = ("alt",)


@register(Issue)
class IssueTranslation(TranslationOptions):
    fields = ("subject", "introduction")
