"""Where a place lies on the portal's map: Europe, and an inset of the world for what lies beyond it."""

from math import asin, cos, radians, sin, sqrt

WIDTH, HEIGHT = 640, 600
SCALE = 920
CENTRE_LATITUDE, CENTRE_LONGITUDE = 53.0, 12.0
OFFSET_X, OFFSET_Y = WIDTH / 2, HEIGHT / 2 + 8

# The inset lies on the Atlantic between Iceland and Ireland, where it hides no land of Europe.
INSET_X, INSET_Y, INSET_WIDTH, INSET_HEIGHT = 4, 98, 166, 102
WORLD_X, WORLD_Y, WORLD_WIDTH, WORLD_HEIGHT = INSET_X + 3, INSET_Y + 28, 160, 70
WORLD_SCALE, WORLD_LONGITUDE, EQUATOR_Y = 29.5, 11.0, 39


def project(latitude: float, longitude: float) -> tuple[float, float] | None:
    """The point on the map of Europe for degrees north and east; None for places outside of its frame.

    Lambert's azimuthal equal-area projection, the one that `docs/map/europe.mjs` draws the land with.
    """
    phi, lam = radians(float(latitude)), radians(float(longitude) - CENTRE_LONGITUDE)
    centre = radians(CENTRE_LATITUDE)
    cosine = sin(centre) * sin(phi) + cos(centre) * cos(phi) * cos(lam)
    if cosine <= -0.999:
        return None
    k = sqrt(2 / (1 + cosine)) * SCALE
    x = OFFSET_X + k * cos(phi) * sin(lam)
    y = OFFSET_Y - k * (cos(centre) * sin(phi) - sin(centre) * cos(phi) * cos(lam))
    return (round(x, 1), round(y, 1)) if 0 < x < WIDTH and 0 < y < HEIGHT else None


def project_beyond(latitude: float, longitude: float) -> tuple[float, float] | None:
    """The point in the inset of the world, in units of the whole map; None for the far south, which isn't drawn.

    The Equal Earth projection (Šavrič, Patterson and Jenny, 2018), the one of `docs/map/world.mjs`.
    """
    lam = radians((float(longitude) - WORLD_LONGITUDE + 180) % 360 - 180)
    half = sqrt(3) / 2
    theta = asin(half * sin(radians(float(latitude))))
    two, six = theta**2, theta**6
    stretch = half * (1.340264 - 3 * 0.081106 * two + six * (7 * 0.000893 + 9 * 0.003796 * two))
    x = WORLD_WIDTH / 2 + WORLD_SCALE * lam * cos(theta) / stretch
    y = EQUATOR_Y - WORLD_SCALE * theta * (1.340264 - 0.081106 * two + six * (0.000893 + 0.003796 * two))
    return (round(WORLD_X + x, 1), round(WORLD_Y + y, 1)) if 0 < y < WORLD_HEIGHT else None
