from modeltranslation.translator import TranslationOptions, register

from projects.models import Amendment, Milestone, Programme, Project, ProjectDocument, Result


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ("title", "description", "objectives", "results")
    required_languages = ()


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = ("name", "purpose", "participants", "activities")


@register(Milestone)
class MilestoneTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = ()


@register(ProjectDocument)
class ProjectDocumentTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = ()


@register(Amendment)
class AmendmentTranslation(TranslationOptions):
    fields = ("reason",)
    required_languages = ()


@register(Result)
class ResultTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = ()
