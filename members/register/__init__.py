"""Agreements as their pages show them: where each stands, who must act, the list with its facets, one whole."""
