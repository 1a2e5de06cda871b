"""Data in bulk, to measure with: seeded, repeatable, removable. One module for each room that it fills."""
