"""Papers about projects: one project, or all that a filter leaves, as a tagged PDF.

`data` and `summary` say in words what stands on the paper, `writing` turns Markdown into plain values, and
`typesetting` hands those values to typst. Nothing that a person wrote is ever part of a typst source.
"""

from projects.reports.data import project_paper
from projects.reports.summary import LONGEST, summary_paper
from projects.reports.typesetting import typeset

__all__ = ["LONGEST", "project_paper", "summary_paper", "typeset"]
