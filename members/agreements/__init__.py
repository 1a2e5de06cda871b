"""What an agreement says, as plain values: read, fingerprinted, checked, compared, counted, and what is public."""
