"""The newsletter: subscribing, what is told at once, and issues from the first proposal to the last letter."""
