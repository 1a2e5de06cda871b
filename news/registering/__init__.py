"""Registration for events, from the first click to the certificate and to forgetting who was there."""
