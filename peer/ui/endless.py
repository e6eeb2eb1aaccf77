"""A view of a board without edges: a camera in place of scroll bars, wheel, touchpad and fingers to move it.

Rule: Qt's own scrolling stays at 0; where the view looks is the camera's alone. The transform that follows it is not
the view's, which would paint all of itself anew, but that of one item, the plane, which all others stand on.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PyQt6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from p2psketch.geometry import Point, Rect
from peer.ui import input as hands
from peer.ui.backdrop import Backdrop
from peer.ui.camera import Camera
from peer.ui.glide import Glide
from peer.ui.look import motion
from peer.ui.rects import rects_of, scaled
from peer.ui.theme import Theme

_EVERYTHING: Final = QRectF(-1e12, -1e12, 2e12, 2e12)
"""The scene. So large that the range of Qt's scroll bars, which are integers, always includes 0."""

_MOST_PARTS: Final = 256
"""So many rectangles are painted one by one; of more, each is so small that it is no gain any more."""


Lid: TypeAlias = tuple[QRect, QPixmap]
"""What lies above everything on a canvas: where, in pixels of the screen, and what it looks like."""


class _Plane(QGraphicsItem):
    """Shows nothing: its items count in pixels of the board."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)

    def boundingRect(self) -> QRectF:
        return QRectF()

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        """Nothing."""


class EndlessView(QGraphicsView):
    """Signals: zoomed(float) when the zoom has changed, and moved() when another part of the board is seen, or in
    another size.

    What lies under the items of the `plane` is painted by a subclass, in `paint_board`, in pixels of the device.
    """

    zoomed = pyqtSignal(float)
    moved = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera = Camera()
        self.lids: Callable[[], Sequence[Lid]] = _nothing
        """What lies above everything now; the same object as long as nothing of it has changed."""
        self._lids: Sequence[Lid] = ()
        self._covered: list[tuple[QRect, list[Lid]]] | None = None
        """The lids that meet each rectangle that is exposed (in pixels of the device)."""
        self._exposed: tuple[QRegion, float] = QRegion(), 1.0
        self._parts: list[tuple[QRect, QRect]] = []
        """The rectangles that are exposed, in pixels of the screen and of the device."""
        self.stage = QGraphicsScene(_EVERYTHING, self)
        self.plane = _Plane()
        self.stage.addItem(self.plane)
        self.backdrop = Backdrop(theme)
        self.stage.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(self.stage)
        self.setSceneRect(_EVERYTHING)
        self.setInteractive(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.glass.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.glass.ungrabGesture(Qt.GestureType.PanGesture)  # fingers are taken as they come
        self.glass.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self._glide = Glide(self._pan_on, self)

    @property
    def glass(self) -> QWidget:
        """What is painted on, and what pointers are over."""
        viewport = self.viewport()
        assert viewport is not None
        return viewport

    @property
    def zoom(self) -> float:
        """Pixels of the screen per pixel of the board."""
        return self.camera.zoom

    def zoom_in(self) -> None:
        """The next larger step, about the middle."""
        self.zoom_to(self.camera.step(1))

    def zoom_out(self) -> None:
        """The next smaller step, about the middle."""
        self.zoom_to(self.camera.step(-1))

    def zoom_to(self, zoom: float) -> None:
        """A zoom, about the middle."""
        self.zoom_at(QPointF(*self.camera.middle), zoom)

    def zoom_at(self, at: QPointF, zoom: float) -> None:
        """A zoom, about a pixel of the screen."""
        self.move_camera(lambda camera: camera.zoom_at((at.x(), at.y()), zoom))

    def pan(self, dx: float, dy: float) -> None:
        """Move the board by pixels of the screen."""
        self.move_camera(lambda camera: camera.pan(dx, dy))

    def drag(self, was: Point, at: Point, zoom: float) -> None:
        """Bring what is under one pixel of the screen under another, at another zoom."""
        self.move_camera(lambda camera: camera.drag(was, at, zoom))

    def glide(self, speed: Point) -> None:
        """Let go of the board while it moves, in pixels of the screen a second; it comes to rest by itself."""
        if motion(self):
            self._glide.start(speed)

    def fit(self, area: Rect | None) -> None:
        """Show all of a part of the board; of nothing, the origin at 100 %."""
        self.move_camera(lambda camera: camera.fit(area))

    def move_camera(self, move: Callable[[Camera], None]) -> None:
        """Look elsewhere; the board does not glide any more."""
        self._glide.stop()
        self._move_camera(move)

    def _pan_on(self, dx: float, dy: float) -> None:
        self._move_camera(lambda camera: camera.pan(dx, dy))

    def _move_camera(self, move: Callable[[Camera], None]) -> None:
        zoom = self.camera.zoom
        move(self.camera)
        self.look()
        if self.camera.zoom != zoom:
            self.zoomed.emit(self.camera.zoom)

    def look(self) -> None:
        """Show what the camera sees."""
        camera = self.camera
        camera.ratio = self.devicePixelRatioF()
        self.plane.setTransform(QTransform(camera.zoom, 0, 0, camera.zoom, *camera.shift))
        self.glass.update()
        self.moved.emit()

    @property
    def pixels(self) -> QSize:
        """The size of the canvas in pixels of the device."""
        ratio = self.camera.ratio
        return QSize(math.ceil(self.glass.width() * ratio), math.ceil(self.glass.height() * ratio))

    def show_anew(self, pixels: QRect) -> None:
        """Have some pixels of the device painted anew."""
        ratio = self.camera.ratio
        left, top = math.floor(pixels.left() / ratio), math.floor(pixels.top() / ratio)
        right, bottom = math.ceil((pixels.right() + 1) / ratio), math.ceil((pixels.bottom() + 1) / ratio)
        self.glass.update(QRect(left, top, right - left, bottom - top).intersected(self.glass.rect()))

    def paint_board(self, painter: QPainter, exposed: QRect, parts: Sequence[QRect]) -> None:
        """Paint what lies under everything, where it is exposed, or in `parts` of that, in pixels of the device."""

    def show_area_anew(self, area: Rect) -> None:
        """Have a part of the board painted anew that is seen."""
        zoom, (x, y) = self.camera.zoom, self.camera.shift
        left, top = math.floor(area.left * zoom + x), math.floor(area.top * zoom + y)
        right, bottom = math.ceil(area.right * zoom + x), math.ceil(area.bottom * zoom + y)
        self.glass.update(left, top, right - left, bottom - top)

    def paint_on_board(self, painter: QPainter, exposed: Sequence[QRect]) -> None:
        """Paint what lies upon it, where it is exposed (in pixels of the screen), in pixels of the board."""

    def paint_hint(self, painter: QPainter) -> None:
        """Paint what lies on the board and is not part of it, in pixels of the screen."""

    def _native_pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.zoom_at(event.position(), self.zoom * (1 + event.value()))
        return True

    def viewportEvent(self, event: QEvent | None) -> bool:
        taken = False
        if event is not None and event.type() == QEvent.Type.DevicePixelRatioChange:
            self.look()
        if event is not None and event.type() == QEvent.Type.Paint:
            # An item that has moved since the last turn must say so before it is painted anew, or its old place stays.
            QCoreApplication.sendPostedEvents(self.stage, QEvent.Type.MetaCall.value)
        if isinstance(event, QNativeGestureEvent):
            taken = self._native_pinch(event)
        return taken or super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        if hands.is_ctrl(event):
            self.zoom_at(event.position(), self.zoom * hands.wheel_zoom(event))
        else:
            push = hands.wheel_pan(event)
            self.pan(push.x(), push.y())
        event.accept()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.camera.width, self.camera.height = self.glass.width(), self.glass.height()
        self.look()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if event is not None and (event.region(), self.camera.ratio) != self._exposed:
            self._exposed = event.region(), self.camera.ratio
            many = event.region().rectCount() > _MOST_PARTS
            parts = [event.region().boundingRect()] if many else rects_of(event.region())
            self._parts = [(part, scaled(part, self.camera.ratio)) for part in parts]
            self._covered = None
        super().paintEvent(event)

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:
        if painter is not None:
            ratio, whole = self.camera.ratio, QRect(QPoint(0, 0), self.pixels)
            exposed = QRectF(rect.topLeft() * ratio, rect.size() * ratio).toAlignedRect()
            parts = [pixels.intersected(whole) for _, pixels in self._parts]
            painter.save()
            self._count_in_pixels(painter)
            self.paint_board(painter, exposed.intersected(whole), parts if len(parts) > 1 else ())
            painter.resetTransform()
            self.paint_hint(painter)
            painter.setWorldTransform(self.plane.transform())
            self.paint_on_board(painter, [part for part, _ in self._parts])
            painter.restore()

    def drawForeground(self, painter: QPainter | None, rect: QRectF) -> None:
        if painter is not None:
            painter.save()
            for pixels, lids in self._meeting(self.lids()):
                if len(self._parts) > 1:  # a clip that is one rectangle costs nothing
                    self._count_in_pixels(painter)
                    painter.setClipRect(pixels)
                    painter.resetTransform()
                for place, picture in lids:
                    painter.drawPixmap(place.topLeft(), picture)
            painter.restore()

    def _meeting(self, lids: Sequence[Lid]) -> list[tuple[QRect, list[Lid]]]:
        """Which of them meet what is exposed: found once, for while the board moves it is the same in every frame."""
        if self._covered is None or lids is not self._lids:
            here = [(pixels, [lid for lid in lids if lid[0].intersects(part)]) for part, pixels in self._parts]
            self._lids, self._covered = lids, [(pixels, some) for pixels, some in here if some]
        return self._covered

    def _count_in_pixels(self, painter: QPainter) -> None:
        painter.setWorldTransform(QTransform.fromScale(1 / self.camera.ratio, 1 / self.camera.ratio))


def _nothing() -> Sequence[Lid]:
    """Nothing lies above the canvas."""
    return ()
