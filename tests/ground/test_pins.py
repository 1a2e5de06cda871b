"""Where the pins of the map are, and on which side their names stand."""

from itertools import combinations

import pytest

from ground import cartography
from ground.pins import RADIUS, _box, _overlap, marks, sides_of

ALLIANCE = [
    ("AAU", 57.048, 9.9187), ("DCU", 53.33306, -6.24889), ("TUHH", 53.55073, 9.99302), ("KTU", 54.90272, 23.90961),
    ("LiU", 58.41086, 15.62157), ("TUL", 51.77058, 19.47395), ("TAU", 61.49911, 23.78712), ("UAB", 41.49109, 2.14079),
    ("UA", 40.64427, -8.64554), ("UiS", 58.97005, 5.73332), ("UniTrento", 46.06787, 11.12108),
    ("UT", 52.21833, 6.89583), ("ITESM", 25.67507, -100.31847),
]  # fmt: skip
SCHOOLS = [
    (47.08, 2.4),
    (50.36, 3.53),
    (45.77, 4.88),
    (48.11, -1.67),
    (49.38, 1.1),
    (48.58, 7.75),
    (43.6, 1.44),
]


def pin(label, latitude, longitude, **more):
    return {"label": label, "name": label, "href": "/", "latitude": latitude, "longitude": longitude, **more}


def alliance():
    return [pin(*row) for row in ALLIANCE] + [pin("INSA", None, None, spots=SCHOOLS)]


def test_no_name_covers_a_pin_or_another_name_even_on_a_phone():
    drawn = marks(alliance())
    assert all(mark.side for mark in drawn)
    names = [_box(mark.x, mark.y, mark.label, mark.side) for mark in drawn]
    dots = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for mark in drawn for x, y in mark.dots]
    assert not any(_overlap(one, other) for one, other in combinations(names, 2))
    assert not any(_overlap(name, dot) for name in names for dot in dots)


def test_names_stay_within_the_frame():
    for mark in marks(alliance()):
        left, top, right, bottom = _box(mark.x, mark.y, mark.label, mark.side)
        assert left >= 0
        assert top >= 0
        assert right <= cartography.WIDTH
        assert bottom <= cartography.HEIGHT


def test_where_names_would_cover_each_other_one_is_left_out_and_its_pin_stays():
    crowd = [pin(f"Very long name {n}", 50 + n / 10, 10) for n in range(9)]
    drawn = marks(crowd)
    assert len(drawn) == 9
    shown = [_box(mark.x, mark.y, mark.label, mark.side) for mark in drawn if mark.side]
    assert 0 < len(shown) < 9
    assert not any(_overlap(one, other) for one, other in combinations(shown, 2))


def test_pins_are_read_from_north_to_south_and_the_world_last():
    assert [mark.label for mark in marks(alliance())][:3] == ["TAU", "UiS", "LiU"]
    assert marks(alliance())[-1].label == "ITESM"


def test_a_place_overseas_is_drawn_in_the_inset():
    mark = marks([pin("ITESM", 25.67507, -100.31847)])[0]
    assert mark.is_beyond
    assert cartography.INSET_X < mark.x < cartography.INSET_X + cartography.INSET_WIDTH
    assert cartography.INSET_Y < mark.y < cartography.INSET_Y + cartography.INSET_HEIGHT


@pytest.mark.parametrize(
    ("north", "east", "point"),
    # As d3-geo 3.1 places them: geoEqualEarth, turned by 11°, scale 29.5, moved to 87, 165.
    [(25.675, -100.318, (40.0, 149.9)), (-33.9, 151.2, (144.1, 184.6)), (35.7, 139.7, (138.9, 144.4))],
)
def test_the_inset_places_pins_as_its_land_was_drawn(north, east, point):
    assert cartography.project_beyond(north, east) == point


def test_the_far_south_is_not_drawn():
    assert cartography.project_beyond(-80, 0) is None
    assert marks([pin("Pole", -80, 0)]) == []


def test_a_group_is_one_pin_with_a_dot_for_every_place():
    mark = marks([pin("INSA", None, None, spots=SCHOOLS)])[0]
    assert mark.is_group
    assert len(mark.dots) == 7
    assert (mark.x, mark.y) in mark.dots


def test_a_pin_without_a_place_is_not_drawn():
    assert marks([pin("X", None, None)]) == []


def test_a_pin_without_a_name_of_its_own_has_a_dot_alone():
    assert marks([pin("", 54.9, 23.9)])[0].side == ""


def test_no_pins_no_names():
    assert sides_of(()) == ()
