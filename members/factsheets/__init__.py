"""Factsheets: what one says, what is wrong with it or lacking, its deadlines, its calendar. Nothing here writes."""
