"""Where a place lies on the portal's map of Europe (Lambert's azimuthal equal-area projection)."""

from math import cos, radians, sin, sqrt

WIDTH, HEIGHT = 640, 600
SCALE = 920
CENTRE_LATITUDE, CENTRE_LONGITUDE = 53.0, 12.0
OFFSET_X, OFFSET_Y = WIDTH / 2, HEIGHT / 2 + 8


def project(latitude: float, longitude: float) -> tuple[float, float] | None:
    """The point on the map for degrees north and east; None for places outside of its frame."""
    phi, lam = radians(float(latitude)), radians(float(longitude) - CENTRE_LONGITUDE)
    centre = radians(CENTRE_LATITUDE)
    cosine = sin(centre) * sin(phi) + cos(centre) * cos(phi) * cos(lam)
    if cosine <= -0.999:
        return None
    k = sqrt(2 / (1 + cosine)) * SCALE
    x = OFFSET_X + k * cos(phi) * sin(lam)
    y = OFFSET_Y - k * (cos(centre) * sin(phi) - sin(centre) * cos(phi) * cos(lam))
    return (round(x, 1), round(y, 1)) if 0 < x < WIDTH and 0 < y < HEIGHT else None
