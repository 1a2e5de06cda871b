"""Papers as tagged PDFs: `writing` says them as plain values, `typesetting` hands those values to typst.

Nothing that a person wrote is ever part of a typst source.
"""

from ground.papers.typesetting import typeset

__all__ = ["typeset"]
