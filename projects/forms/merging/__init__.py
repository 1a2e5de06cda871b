"""Three versions of a project made one: as it was when the form was opened, as it stands, and as it was typed."""
