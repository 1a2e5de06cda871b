"""How near the portal comes to the fastest that Django could be here: see docs/performance.md.

Nothing of the product imports this package and no address of the portal leads into it.
"""
