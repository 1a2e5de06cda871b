"""Forms of the members: one module per part of the room."""
