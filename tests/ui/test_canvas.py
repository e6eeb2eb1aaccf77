"""The canvas on a real board, told as its user would tell it."""

import math
from collections.abc import Callable

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QColor, QFocusEvent, QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from benchmarks.workload import strokes
from p2psketch.effects import Send
from p2psketch.ink import decode
from p2psketch.messages import Presence
from p2psketch.ops import Edit
from peer.tools.style import InkStyle, Pressure
from peer.ui.canvas import Canvas
from peer.ui.theme import DARK, LIGHT, Theme
from tests.ui.afar import Somebody, stroke
from tests.ui.boards import Alone
from tests.ui.mouse import CTRL, MIDDLE, SHIFT, Mouse, Stylus
from tests.ui.shown import shown

WIDTH, HEIGHT = 800, 600
RED = 0xE03131


class Ear:
    """Listens to the board for the canvas, as the window does."""

    def __init__(self, canvas: Canvas) -> None:
        self.changed = canvas.changed
        self.pointed = canvas.pointed
        self.people_changed = canvas.people_changed
        self.status_changed: Callable[[], None] = lambda: None
        self.noticed: Callable[[object], None] = lambda _notice: None
        self.merged: Callable[[object], None] = lambda _merged: None


@pytest.fixture
def board() -> Alone:
    return Alone()


@pytest.fixture
def canvas(qtbot: QtBot, board: Alone) -> Canvas:
    made = Canvas(board, InkStyle(RED, 8.0), LIGHT)
    board.watch(Ear(made))
    qtbot.addWidget(made)
    made.resize(WIDTH, HEIGHT)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def mouse(canvas: Canvas) -> Mouse:
    return Mouse(canvas)


@pytest.fixture
def ana(board: Alone) -> Somebody:
    return Somebody(board)


def seen(canvas: Canvas) -> QImage:
    """What the canvas shows, after what is due at once: it goes on with that once it has been painted."""
    QApplication.processEvents()
    canvas.grab()
    QApplication.processEvents()
    return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def color_at(canvas: Canvas, x: int, y: int) -> QColor:
    return shown(canvas).pixelColor(x, y)


def reddish(color: QColor) -> bool:
    return color.red() > 180 and color.green() < 120


def drawn(board: Alone) -> list[list[tuple[float, float]]]:
    """The points of all visible strokes, bottom first."""
    return [[(x, y) for x, y in decode(shape.values["points"])[0].tolist()] for shape in board.document.painted()]


def told(board: Alone) -> Presence:
    """What the others would be told of our pointer."""
    latest = board.session._pointing._latest
    assert latest is not None
    return latest


# Drawing


def test_it_opens_with_the_pen_at_100_percent_and_the_origin_in_the_middle(canvas: Canvas, board: Alone) -> None:
    assert canvas.tool_name == "pen"
    assert canvas.zoom == 1
    Mouse(canvas).click(WIDTH / 2, HEIGHT / 2)
    assert drawn(board) == [[(0, 0)]]


def test_a_drag_draws_through_every_place(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.drag((100, 300), (150, 310), (200, 300))
    assert drawn(board) == [[(-300, 0), (-250, 10), (-200, 0)]]
    assert reddish(color_at(canvas, 100, 300))
    assert reddish(color_at(canvas, 150, 310))


def test_a_click_is_a_round_dot(canvas: Canvas, mouse: Mouse) -> None:
    mouse.click(300, 300)
    image = seen(canvas)
    assert reddish(image.pixelColor(300, 297))
    assert reddish(image.pixelColor(302, 302))
    assert not reddish(image.pixelColor(303, 303))


def test_two_quick_clicks_are_two_dots(mouse: Mouse, board: Alone) -> None:
    mouse.double_click(300, 300)
    assert len(drawn(board)) == 2


def test_the_stroke_is_seen_while_it_is_drawn_and_stays_exactly_as_it_is(canvas: Canvas, mouse: Mouse) -> None:
    places = [(100 + 5 * n, 300 + (n * n) % 57) for n in range(100)]
    mouse.press(*places[0])
    mouse.move(*places)
    drawing = seen(canvas)
    assert reddish(drawing.pixelColor(100, 300))
    mouse.release(*places[-1])
    assert seen(canvas) == drawing


def test_a_theme_shows_the_same_ink_in_another_light(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.click(300, 300)
    canvas.set_theme(DARK)
    assert color_at(canvas, 10, 10) == DARK.canvas
    assert reddish(color_at(canvas, 300, 300))
    assert board.document.painted()[0].color == RED


def test_escape_takes_back_the_stroke_at_hand(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.press(100, 100)
    mouse.move((200, 100))
    mouse.key(Qt.Key.Key_Escape)
    mouse.move((300, 100))
    mouse.release(300, 100)
    assert drawn(board) == []
    assert not reddish(color_at(canvas, 150, 100))
    assert not board.can_undo


def test_a_stylus_draws_thinner_where_it_presses_less(canvas: Canvas, board: Alone) -> None:
    Stylus(canvas).drag((100, 300, 0.0), (200, 300, 0.0), (300, 300, 1.0), (400, 300, 1.0))
    pressure = decode(board.document.painted()[0].values["points"])[1]
    assert pressure is not None
    assert pressure.tolist() == [0, 0, 1, 1]
    image = seen(canvas)
    assert reddish(image.pixelColor(350, 303))
    assert not reddish(image.pixelColor(150, 303))


def test_the_tail_of_a_stylus_erases(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.click(300, 300)
    Stylus(canvas, tail=True).drag((290, 300, 0.5), (310, 300, 0.5))
    assert drawn(board) == []


def test_a_release_that_went_elsewhere_is_noticed(mouse: Mouse, board: Alone) -> None:
    mouse.press(100, 100)
    mouse.move((150, 100))
    mouse.lose_buttons()
    mouse.move((200, 100), (300, 100))
    assert drawn(board) == [[(-300, -200), (-250, -200), (-200, -200)]]


def test_a_canvas_that_is_hidden_keeps_what_was_drawn_so_far(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.press(100, 100)
    mouse.move((150, 100))
    canvas.hide()
    assert len(drawn(board)) == 1


def test_the_right_button_does_nothing(mouse: Mouse, board: Alone) -> None:
    mouse.drag((100, 100), (200, 200), button=Qt.MouseButton.RightButton)
    assert drawn(board) == []


# Erasing


def test_the_eraser_fades_what_it_touches_and_deletes_it_in_one_step(
    canvas: Canvas, board: Alone, mouse: Mouse
) -> None:
    mouse.click(200, 300)
    mouse.click(300, 300)
    mouse.click(500, 500)
    canvas.select_tool("eraser")
    mouse.press(150, 300)
    mouse.move((350, 300))
    faded = color_at(canvas, 200, 300)
    assert not reddish(faded)
    assert faded.red() > faded.green() + 20
    mouse.release(350, 300)
    assert len(drawn(board)) == 1
    board.undo()
    assert len(drawn(board)) == 3
    assert reddish(color_at(canvas, 200, 300))


def test_escape_spares_what_was_touched(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.click(200, 300)
    canvas.select_tool("eraser")
    mouse.press(200, 300)
    mouse.key(Qt.Key.Key_Escape)
    mouse.release(200, 300)
    assert len(drawn(board)) == 1
    assert reddish(color_at(canvas, 200, 300))


def test_ctrl_makes_the_pen_an_eraser(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.click(200, 300)
    mouse.held = CTRL
    mouse.drag((190, 300), (210, 300))
    assert drawn(board) == []
    assert canvas.tool_name == "pen"


def test_the_eraser_has_a_ring_that_reaches_as_far_as_it_erases(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.click(200, 300)
    canvas.zoom_to(4.0)
    canvas.select_tool("eraser")
    mouse.move((300, 500))
    assert color_at(canvas, 308, 500).lightness() < 120
    assert canvas.glass.cursor().shape() is Qt.CursorShape.BlankCursor
    mouse.leave()
    assert color_at(canvas, 308, 500) == LIGHT.canvas
    x, y = canvas.camera.to_screen(-200, 0)
    mouse.click(x + 16 + 9, y)
    assert len(drawn(board)) == 1
    mouse.click(x + 16 + 7, y)
    assert drawn(board) == []


def test_ctrl_shows_the_ring_before_the_press(canvas: Canvas, mouse: Mouse) -> None:
    mouse.move((300, 500))
    mouse.key(Qt.Key.Key_Control, up=False)
    assert canvas.glass.cursor().shape() is Qt.CursorShape.BlankCursor
    mouse.key(Qt.Key.Key_Control, down=False)
    assert canvas.glass.cursor().shape() is not Qt.CursorShape.BlankCursor


# Moving about


def test_tools_are_chosen_by_name_and_said_once(canvas: Canvas) -> None:
    said: list[str] = []
    canvas.tool_changed.connect(said.append)
    for name in ("hand", "hand", "eraser", "pen"):
        canvas.select_tool(name)
    assert said == ["hand", "eraser", "pen"]


@pytest.mark.parametrize("how", ["hand", "middle", "space"])
def test_dragging_moves_the_board(canvas: Canvas, board: Alone, mouse: Mouse, how: str) -> None:
    mouse.click(300, 300)
    if how == "hand":
        canvas.select_tool("hand")
    if how == "space":
        mouse.key(Qt.Key.Key_Space, up=False)
        mouse.key(Qt.Key.Key_Space, up=False, repeated=True)
    mouse.drag((100, 100), (160, 90), (200, 50), button=MIDDLE if how == "middle" else Qt.MouseButton.LeftButton)
    mouse.key(Qt.Key.Key_Space, down=False)
    assert reddish(color_at(canvas, 400, 250))
    assert len(drawn(board)) == 1


def test_space_lets_go_of_the_hand_when_the_keys_are_elsewhere(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.key(Qt.Key.Key_Space, up=False)
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut))
    mouse.click(300, 300)
    assert len(drawn(board)) == 1


def test_the_wheel_pans_and_with_shift_sideways(canvas: Canvas, mouse: Mouse) -> None:
    mouse.wheel(400, 300, -120)
    assert canvas.camera.to_screen(0, 0) == (400, 204)
    mouse.wheel(400, 300, 0, sideways=120)
    assert canvas.camera.to_screen(0, 0) == (496, 204)
    mouse.held = SHIFT
    mouse.wheel(400, 300, -120)
    assert canvas.camera.to_screen(0, 0) == (400, 204)


def test_ctrl_and_the_wheel_zoom_at_the_pointer(canvas: Canvas, mouse: Mouse) -> None:
    zooms: list[float] = []
    canvas.zoomed.connect(zooms.append)
    place = canvas.camera.to_board(100, 500)
    mouse.held = CTRL
    mouse.wheel(100, 500, 120)
    assert zooms == [pytest.approx(1.2)]
    assert canvas.camera.to_screen(*place) == pytest.approx((100, 500))
    for _ in range(60):
        mouse.wheel(100, 500, 120)
    assert canvas.zoom == 30
    for _ in range(120):
        mouse.wheel(100, 500, -120)
    assert canvas.zoom == 0.05
    assert canvas.camera.to_screen(*place) == pytest.approx((100, 500), abs=1e-6)


def test_keys_zoom_about_the_middle(canvas: Canvas) -> None:
    canvas.pan(70, 30)
    middle = canvas.camera.to_board(WIDTH / 2, HEIGHT / 2)
    canvas.zoom_in()
    assert canvas.zoom == 1.5
    canvas.zoom_out()
    canvas.zoom_out()
    assert canvas.zoom == 0.75
    canvas.zoom_to(1.0)
    assert canvas.camera.to_board(WIDTH / 2, HEIGHT / 2) == pytest.approx(middle)


def test_fit_shows_everything(canvas: Canvas, mouse: Mouse) -> None:
    mouse.click(0, 0)
    canvas.pan(-3000, 0)
    mouse.click(799, 599)
    canvas.fit_all()
    image = seen(canvas)
    assert canvas.zoom < 0.3
    for x, y in ((-400, -300), (3399, 299)):
        at_x, at_y = canvas.camera.to_screen(x, y)
        assert image.pixelColor(round(at_x), round(at_y)) != LIGHT.canvas


def test_resizing_keeps_the_middle(canvas: Canvas, mouse: Mouse) -> None:
    mouse.click(400, 300)
    canvas.resize(701, 500)
    assert reddish(color_at(canvas, 350, 250))


def test_there_is_no_edge_and_no_drift(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    canvas.zoom_to(30.0)
    for _ in range(100):
        canvas.pan(-1e6, 2e6)
    mouse.click(123, 456)
    (((x, y),),), (shape,) = drawn(board), board.document.painted()
    left, top = shape.values["placement"][4:]
    assert canvas.camera.to_screen(x + left, y + top) == pytest.approx((123, 456), abs=1)
    assert reddish(color_at(canvas, 123, 456))
    for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
        assert bar is not None
        assert bar.value() == 0


def test_from_very_near_a_long_stroke_is_still_there(canvas: Canvas, ana: Somebody) -> None:
    ana.commit(stroke(*[(x * 1000.0, (x % 2) * 500.0) for x in range(-50, 50)], width=2))
    canvas.zoom_to(30.0)
    assert reddish(color_at(canvas, 400, 300))
    canvas.pan(-30_000, -15_000)
    assert reddish(color_at(canvas, 400, 300))


# The others


def test_what_others_draw_appears(canvas: Canvas, ana: Somebody) -> None:
    ana.commit(stroke((-100, 0), (100, 0)))
    assert reddish(color_at(canvas, 400, 300))


def test_strokes_lie_in_their_order_whenever_they_arrive(canvas: Canvas, ana: Somebody) -> None:
    ana.commit(stroke((0, 0), width=40, color=RED, z=b"\x05"))
    ana.commit(stroke((0, 0), width=60, color=0x0000FF, z=b"\x03"))
    assert reddish(color_at(canvas, 400, 300))
    assert color_at(canvas, 425, 300) == QColor("#0000ff")


def test_a_stroke_can_be_moved_recoloured_and_deleted_from_afar(canvas: Canvas, ana: Somebody) -> None:
    (shape,) = ana.commit(stroke((0, 0), width=20))
    ana.edit(Edit(((shape, {"placement": [1, 0, 0, 1, 100, 50]}),)))
    assert color_at(canvas, 405, 305) == LIGHT.canvas
    assert reddish(color_at(canvas, 500, 350))
    ana.edit(Edit(((shape, {"color": 0x0000FF}),)))
    assert color_at(canvas, 500, 350) == QColor("#0000ff")
    ana.edit(Edit(((shape, {"deleted": True}),)))
    assert color_at(canvas, 500, 350) == LIGHT.canvas


def test_strokes_of_others_are_seen_while_they_are_drawn(canvas: Canvas, ana: Somebody) -> None:
    points = [(-150 + 3.0 * n, (n * n) % 41.0) for n in range(100)]
    ana.begin(*points[:10])
    for n in range(10, 100, 7):
        ana.go_on(*points[n : n + 7])
    drawing = seen(canvas)
    assert reddish(drawing.pixelColor(250, 300))
    ana.commit(stroke(*points))
    ana.end()
    assert seen(canvas) == drawing


def test_a_cancelled_draft_vanishes(canvas: Canvas, ana: Somebody) -> None:
    empty = seen(canvas)
    ana.begin((-100, 0), (100, 0))
    assert seen(canvas) != empty
    ana.end(cancelled=True)
    assert seen(canvas) == empty


def test_cursors_of_others_are_seen_with_their_names_and_vanish_at_once(canvas: Canvas, ana: Somebody) -> None:
    empty = seen(canvas)
    ana.point((-100, 0))
    green = QColor("#2f9e44")
    image = seen(canvas)
    assert image.pixelColor(304, 306) == green
    assert any(image.pixelColor(x, 324) == green for x in range(314, 350))
    canvas.zoom_to(2.0)
    assert color_at(canvas, 204, 306) == green
    canvas.zoom_to(1.0)
    ana.point(None)
    assert shown(canvas) == empty


def test_a_new_name_is_shown(canvas: Canvas, board: Alone, ana: Somebody) -> None:
    ana.point((0, 0))
    before = seen(canvas)
    board.set_people = [who for who in board.people() if who.peer != ana.peer]
    canvas.people_changed()
    assert seen(canvas) == before
    Somebody(board, "Bo").point(None)


def test_what_was_there_before_is_there_at_once(qtbot: QtBot, board: Alone, ana: Somebody) -> None:
    board.draw((-100, 0), (-50, 0))
    ana.begin((50, 0), (100, 0))
    ana.point((200, 100))
    late = Canvas(board, InkStyle(), LIGHT)
    qtbot.addWidget(late)
    late.resize(WIDTH, HEIGHT)
    late.show()
    image = seen(late)
    assert reddish(image.pixelColor(325, 300))
    assert reddish(image.pixelColor(475, 300))
    assert image.pixelColor(604, 406) == QColor("#2f9e44")


@pytest.mark.parametrize("zoom", [0.3, 1.0])
def test_a_board_that_comes_while_one_looks_around_is_all_there(qtbot: QtBot, board: Alone, zoom: float) -> None:
    for fields in strokes(300, view=(1600, 1200)):
        board.edit(Edit(((0, fields),)))
    late = Canvas(board, InkStyle(), LIGHT)
    qtbot.addWidget(late)
    late.resize(480, 360)
    late.show()
    late.move_camera(lambda camera: camera.look_at(800, 600))
    late.zoom_to(zoom)
    came = shown(late)
    late._settled.clear()
    assert came == shown(late)


def test_thousands_of_strokes_at_once_do_not_hold_up_the_pen(
    qtbot: QtBot, canvas: Canvas, board: Alone, ana: Somebody, mouse: Mouse
) -> None:
    for n in range(20):
        ana.commit(*[stroke((x * 3.0 - 150, n * 10.0 - 100), (x * 3.0 - 145, n * 10.0 - 95)) for x in range(100)])
    mouse.click(400, 500)
    assert reddish(color_at(canvas, 400, 500))
    qtbot.waitUntil(lambda: not canvas._settled.is_busy)
    assert len(canvas._settled.find((-200, -200), (200, 200), 1000)) == 2001


# Pointing


def test_the_others_are_told_where_the_pointer_is(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.move((500, 350))
    assert told(board).cursor == (100, 50)
    assert told(board).viewport == (-400, -300, 400, 300)
    assert told(board).tool == "pen"
    canvas.pan(10, 0)
    assert told(board).cursor == (90, 50)
    canvas.zoom_to(2.0)
    assert told(board).cursor == (40, 25)
    canvas.select_tool("eraser")
    mouse.move((500, 350))
    assert told(board).tool == "eraser"


@pytest.mark.parametrize("how", ["leave", "hide"])
def test_and_that_it_has_left(canvas: Canvas, board: Alone, mouse: Mouse, how: str) -> None:
    mouse.move((500, 350))
    if how == "leave":
        mouse.leave()
    else:
        canvas.hide()
    assert told(board).cursor is None
    canvas.pan(10, 0)
    assert told(board).cursor is None


def test_a_pointer_that_was_never_there_leaves_nothing_to_tell(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    mouse.leave()
    assert told(board).cursor is None
    assert not [effect for effect in board.sent if isinstance(effect, Send)]


def test_others_are_told_what_is_seen_with_and_without_a_pointer(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    assert told(board).viewport == canvas.camera.area
    mouse.move((500, 350))
    mouse.leave()
    canvas.zoom_to(2.0)
    assert told(board) == Presence(board.me, None, canvas.camera.area, "pen")


def test_who_leads_nobody_tells_no_view(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    canvas.lead(on=False)
    assert told(board).viewport is None
    mouse.move((500, 350))
    assert (told(board).cursor, told(board).viewport) == ((100, 50), None)
    canvas.lead(on=True)
    assert told(board).viewport == canvas.camera.area


# The hint


def hint_is_shown(canvas: Canvas) -> bool:
    image = seen(canvas).copy(WIDTH // 2 - 150, int(HEIGHT * 0.3) - 12, 300, 24)
    return any(image.pixelColor(x, y).lightness() < 160 for x in range(300) for y in range(24))


def test_the_hint_goes_with_the_first_stroke_and_comes_back(canvas: Canvas, board: Alone, mouse: Mouse) -> None:
    said: list[bool] = []
    canvas.contents_changed.connect(lambda: said.append(canvas.is_blank))
    assert hint_is_shown(canvas)
    mouse.press(700, 500)
    assert not hint_is_shown(canvas)
    mouse.release(700, 500)
    assert not canvas.is_blank
    board.undo()
    assert hint_is_shown(canvas)
    assert said == [False, True]


def test_the_hint_goes_when_others_begin_to_draw(canvas: Canvas, ana: Somebody) -> None:
    ana.begin((300, 200))
    assert not hint_is_shown(canvas)
    ana.end(cancelled=True)
    assert hint_is_shown(canvas)
    ana.commit(stroke((300, 200)))
    assert not hint_is_shown(canvas)


def test_nothing_is_in_the_middle_of_an_empty_board(canvas: Canvas) -> None:
    image = seen(canvas)
    middle = {image.pixelColor(x, y).name() for x in range(300, 500) for y in range(230, 370)}
    assert middle == {LIGHT.canvas.name(), LIGHT.dots.name()}


# Ink


@pytest.fixture
def inked(qtbot: QtBot, board: Alone) -> Canvas:
    """A canvas as people have it at first: smoothing, and pressure from speed."""
    style = InkStyle(RED, 8.0, smoothing=0.5, pressure=Pressure.SPEED)
    made = Canvas(board, style, LIGHT)
    board.watch(Ear(made))
    qtbot.addWidget(made)
    made.resize(WIDTH, HEIGHT)
    made.show()
    qtbot.waitExposed(made)
    return made


SCRIBBLE = [(60 + 6 * n, 300 + round(90 * math.sin(n / 3)) + n * 7 % 5) for n in range(100)]


@pytest.mark.parametrize("many", [1, 2, 5, 100])
@pytest.mark.parametrize("zoom", [0.2, 1.0, 7.0])
def test_smoothed_ink_stays_exactly_as_it_is_when_the_pen_is_lifted(
    inked: Canvas, qtbot: QtBot, zoom: float, many: int
) -> None:
    inked.zoom_to(zoom)
    qtbot.waitUntil(lambda: not inked._settled.is_busy, timeout=5_000)
    mouse = Mouse(inked)
    mouse.press(*SCRIBBLE[0])
    mouse.move(*SCRIBBLE[1:many])
    drawing = seen(inked)
    mouse.release(*SCRIBBLE[many - 1])
    settled = seen(inked)
    assert not inked._drafts.shown
    assert settled == drawing
    assert min(settled.pixelColor(x, y).green() for x in range(55, 66) for y in range(295, 306)) < 200


def test_so_does_what_a_stylus_draws(inked: Canvas) -> None:
    stylus = Stylus(inked)
    path = [(float(x), float(y), 0.1 + n % 40 / 50) for n, (x, y) in enumerate(SCRIBBLE)]
    stylus.press(*path[0])
    stylus.move(*path[1:])
    drawing = seen(inked)
    stylus.release(*path[-1][:2])
    assert seen(inked) == drawing


def test_the_ink_is_at_the_pen_in_the_same_frame(inked: Canvas) -> None:
    mouse = Mouse(inked)
    mouse.press(*SCRIBBLE[0])
    for x, y in SCRIBBLE[1:60]:
        mouse.move((x, y))
        image = seen(inked)
        assert any(image.pixelColor(x + i, y + j) != QColor("white") for i in (-1, 0) for j in (-1, 0)), (x, y)


def test_all_others_get_what_was_drawn(inked: Canvas, board: Alone) -> None:
    Mouse(inked).drag(*SCRIBBLE)
    (shape,) = board.document.painted()
    points, pressure = decode(shape.values["points"])
    assert points[0].tolist() == [SCRIBBLE[0][0] - WIDTH / 2, SCRIBBLE[0][1] - HEIGHT / 2]
    assert points[-1].tolist() == [SCRIBBLE[-1][0] - WIDTH / 2, SCRIBBLE[-1][1] - HEIGHT / 2]
    assert pressure is not None
    assert len(pressure) == len(points) == len(SCRIBBLE)


# The highlighter


def test_a_highlighter_lies_beneath_the_ink_and_may_be_erased_and_undone(
    canvas: Canvas, board: Alone, mouse: Mouse
) -> None:
    mouse.drag((100, 300), (500, 300))
    canvas.select_tool("highlighter")
    mouse.drag((300, 200), (300, 400))
    image = shown(canvas)
    assert image.pixelColor(300, 300) == QColor.fromRgb(RED)
    yellow = image.pixelColor(300, 250)
    assert yellow.blue() < 200 < yellow.green() < yellow.red() <= 255
    mouse.held = CTRL
    mouse.drag((290, 250), (310, 250))
    mouse.held = Qt.KeyboardModifier.NoModifier
    assert [shape.highlights for shape in board.document.painted()] == [False]
    board.undo()
    board.undo()
    assert [shape.highlights for shape in board.document.painted()] == [False]
    board.redo()
    assert [shape.highlights for shape in board.document.painted()] == [True, False]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_highlighter_hardly_changes_when_it_is_lifted(canvas: Canvas, mouse: Mouse, theme: Theme) -> None:
    canvas.set_theme(theme)
    canvas.select_tool("highlighter")
    mouse.press(100, 300)
    mouse.move(*((100 + 5 * n, 300 + n % 20) for n in range(80)))
    drawing = seen(canvas)
    mouse.release(495, 319)
    settled = seen(canvas)
    assert settled.pixelColor(300, 310) != theme.canvas
    worst = 0
    for x in range(80, 520, 3):
        for y in range(280, 340, 3):
            a, b = drawing.pixelColor(x, y), settled.pixelColor(x, y)
            worst = max(worst, abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue()))
    assert worst <= 8, "the dots of the canvas are drawn over, not beneath"


def test_somebody_elses_highlighter_is_seen_as_one_while_it_is_drawn(canvas: Canvas, ana: Somebody) -> None:
    ana.commit(stroke((-100, 0), (100, 0), width=16, color=0x000000))
    ana.begin((0, -60), (0, 60), color=0xF2C037, width=20.0, nib="highlighter")
    image = seen(canvas)
    assert image.pixelColor(WIDTH // 2, HEIGHT // 2) == QColor("black")
    assert 200 < image.pixelColor(WIDTH // 2, HEIGHT // 2 - 40).green() < 250
