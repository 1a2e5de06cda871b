"""The back office of projects."""

from projects.admin import kept
from projects.admin.projects import ProgrammeAdmin, ProjectAdmin

__all__ = ["ProgrammeAdmin", "ProjectAdmin", "kept"]
