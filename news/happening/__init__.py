"""Events as their organisers write them: when they are, in which series, and what becomes of them."""
