"""The pages on which an applicant writes: what they show, how they read what was sent, what they keep while typing."""
