from modeltranslation.translator import TranslationOptions, register

from projects.models import Milestone, Programme, Project, ProjectDocument


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
