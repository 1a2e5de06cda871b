"""Papers about projects: one project, or all that a filter leaves, as a tagged PDF.

`data` and `summary` say in words what stands on the paper; `ground.papers` sets it.
"""

from ground.papers import typeset
from projects.reports.data import project_paper
from projects.reports.summary import LONGEST, summary_paper

__all__ = ["LONGEST", "project_paper", "summary_paper", "typeset"]
