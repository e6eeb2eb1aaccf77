"""Where the canvas looks."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2psketch.geometry import Rect
from peer.ui.camera import FARTHEST, MAX_ZOOM, MIN_ZOOM, Camera

HALF_A_PIXEL = 0.5001
"""What is shown is to the nearest pixel of the device."""


@pytest.fixture
def camera() -> Camera:
    return Camera(width=1000, height=700)


def test_it_opens_with_the_origin_in_the_middle(camera: Camera) -> None:
    assert camera.to_screen(0, 0) == (500, 350)
    assert camera.to_board(500, 350) == (0, 0)
    assert camera.area == Rect(-500, -350, 500, 350)


def test_resizing_keeps_the_middle(camera: Camera) -> None:
    camera.pan(-130, 40)
    camera.zoom_at((10, 10), 2.3)
    middle = camera.x, camera.y
    for width, height in ((801, 600), (1441, 900), (1000, 700)):
        camera.width, camera.height = width, height
        assert (camera.x, camera.y) == middle
        assert camera.to_board(*camera.middle) == pytest.approx(middle, abs=HALF_A_PIXEL / camera.zoom)


def test_what_is_under_the_pointer_stays_there_when_zooming(camera: Camera) -> None:
    rng = random.Random(1)
    place = camera.to_board(120, 640)
    for _ in range(2_000):
        camera.zoom_at((120, 640), camera.zoom * rng.uniform(0.8, 1.25))
    assert camera.to_screen(*place) == pytest.approx((120, 640), abs=HALF_A_PIXEL)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_the_origin_is_at_a_whole_pixel_of_the_device(camera: Camera, ratio: float) -> None:
    camera.ratio = ratio
    rng = random.Random(1)
    for _ in range(200):
        camera.pan(rng.uniform(-9, 9), rng.uniform(-9, 9))
        camera.zoom_at((rng.uniform(0, 1000), rng.uniform(0, 700)), camera.zoom * rng.uniform(0.8, 1.25))
        assert [side * ratio for side in camera.shift] == pytest.approx(camera.origin)
        assert camera.to_screen(camera.x, camera.y) == pytest.approx(camera.middle, abs=HALF_A_PIXEL / ratio)
        assert camera.to_board(*camera.to_screen(3, 4)) == pytest.approx((3, 4))


def test_zoom_has_bounds(camera: Camera) -> None:
    camera.zoom_at((0, 0), 1e9)
    assert camera.zoom == MAX_ZOOM == 30
    camera.zoom_at((0, 0), 1e-9)
    assert camera.zoom == MIN_ZOOM == 0.05


def test_steps_lead_through_100_percent(camera: Camera) -> None:
    seen = []
    camera.zoom = MIN_ZOOM
    while camera.zoom < MAX_ZOOM:
        camera.zoom = camera.step(1)
        seen.append(camera.zoom)
    assert 1.0 in seen
    assert camera.step(1) == MAX_ZOOM
    while camera.zoom > MIN_ZOOM:
        camera.zoom = camera.step(-1)
    assert camera.step(-1) == MIN_ZOOM


def test_the_shift_is_where_the_origin_is(camera: Camera) -> None:
    camera.pan(17, -4)
    camera.zoom = 3.0
    assert camera.shift == pytest.approx(camera.to_screen(0, 0))


@pytest.mark.parametrize("rect", [Rect(0, 0, 5000, 10), Rect(-9000, -9000, -1, 200), Rect(3, 4, 3, 4)])
def test_fitting_shows_everything_no_larger_than_life(camera: Camera, rect: Rect) -> None:
    camera.fit(rect)
    assert camera.zoom <= 1
    assert camera.area.contains((rect.left, rect.top))
    assert camera.area.contains((rect.right, rect.bottom))
    assert camera.to_board(*camera.middle) == pytest.approx(rect.centre, abs=HALF_A_PIXEL / camera.zoom)


def test_fitting_nothing_goes_home(camera: Camera) -> None:
    camera.pan(5, 5)
    camera.zoom = 7
    camera.fit(None)
    assert (camera.x, camera.y, camera.zoom) == (0, 0, 1)


def test_a_place_is_dragged_to_another_at_another_zoom(camera: Camera) -> None:
    place = camera.to_board(120, 640)
    camera.drag((120, 640), (300, 200), 2.5)
    assert camera.zoom == 2.5
    assert camera.to_screen(*place) == pytest.approx((300, 200))
    camera.drag((300, 200), (10, 10), 1e9)
    assert camera.zoom == MAX_ZOOM
    assert camera.to_screen(*place) == pytest.approx((10, 10))


# No drift, however far out and however near

SIXTEENTH = 1 / 16
"""Of a pixel of the screen."""

TEN_MILLION = 10_000_000
far = st.floats(-TEN_MILLION, TEN_MILLION)
zooms = st.floats(MIN_ZOOM, MAX_ZOOM)
pixels = st.tuples(st.floats(0, 1000), st.floats(0, 700))


def under(camera: Camera, at: tuple[float, float]) -> tuple[float, float]:
    """The place under a pixel, as the camera has it: what is shown is that to the nearest pixel of the device."""
    return camera.x + (at[0] - camera.width / 2) / camera.zoom, camera.y + (at[1] - camera.height / 2) / camera.zoom


def where(camera: Camera, place: tuple[float, float]) -> tuple[float, float]:
    return camera.width / 2 + (place[0] - camera.x) * camera.zoom, camera.height / 2 + (
        place[1] - camera.y
    ) * camera.zoom


pushes = st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), max_size=60)


@given(far, far, zooms, pixels, pushes)
def test_pushed_about_and_back_it_is_where_it_was(
    x: float, y: float, zoom: float, at: tuple[float, float], way: list[tuple[float, float]]
) -> None:
    camera = Camera(x, y, zoom, 1000, 700)
    place = under(camera, at)
    for dx, dy in [*way, *[(-dx, -dy) for dx, dy in reversed(way)]]:
        camera.pan(dx, dy)
    assert where(camera, place) == pytest.approx(at, abs=SIXTEENTH)


@given(far, far, zooms, st.lists(st.tuples(pixels, pixels, zooms), max_size=60))
def test_pinched_about_and_back_it_is_where_it_was(
    x: float, y: float, zoom: float, way: list[tuple[tuple[float, float], tuple[float, float], float]]
) -> None:
    camera = Camera(x, y, zoom, 1000, 700)
    place, back = under(camera, (123, 456)), []
    for was, at, to in way:
        back.append((at, was, camera.zoom))
        camera.drag(was, at, to)
    for was, at, to in reversed(back):
        camera.drag(was, at, to)
    assert where(camera, place) == pytest.approx((123, 456), abs=SIXTEENTH)


@given(far, far, zooms, pixels)
def test_what_is_told_and_stored_of_a_place_is_exact(x: float, y: float, zoom: float, at: tuple[float, float]) -> None:
    camera = Camera(x, y, zoom, 1000, 700)
    place = camera.to_board(*at)
    assert camera.to_screen(*place) == pytest.approx(at, abs=1e-5)
    (left, top), screen = camera.shift, camera.to_screen(*place)
    assert (place[0] * zoom + left, place[1] * zoom + top) == pytest.approx(screen, abs=1e-5)


def test_it_stays_where_ink_can_be_stored(camera: Camera) -> None:
    camera.pan(-1e12, 1e12)
    assert (camera.x, camera.y) == (FARTHEST, -FARTHEST)


@pytest.mark.parametrize(
    ("view", "zoom"),
    [
        (Rect(-400, -300, 400, 300), 1.0),
        (Rect(100, 100, 300, 250), 4.0),
        (Rect(0, 0, 1600, 600), 0.5),
        (Rect(0, 0, 400, 1200), 0.5),
    ],
)
def test_what_another_canvas_shows_is_shown_whole_and_in_the_middle(view: Rect, zoom: float) -> None:
    camera = Camera(5, 5, 2.0, 800, 600)
    camera.show(view)
    assert camera.zoom == zoom
    assert (camera.x, camera.y) == view.centre


def test_a_view_of_no_size_is_shown_as_close_as_one_can_be() -> None:
    camera = Camera(0, 0, 1.0, 800, 600)
    camera.show(Rect(10, 10, 10, 10))
    assert (camera.x, camera.y, camera.zoom) == (10, 10, MAX_ZOOM)
