"""What the office of a call works with: its table, what waits, who scores, what is taken away, its numbers."""
