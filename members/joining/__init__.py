"""How a person comes to a role at a university: the step after sign-up, the request, its answer."""
