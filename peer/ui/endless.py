"""A view of a board without edges: a camera in place of scroll bars, wheel, touchpad and fingers to move it.

Rule: Qt's own scrolling stays at 0; where the view looks is the camera's alone, and the view's transform follows it.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final

from PyQt6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QNativeGestureEvent, QPainter, QResizeEvent, QTransform, QWheelEvent
from PyQt6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from p2psketch.geometry import Point, Rect
from peer.ui import input as hands
from peer.ui.backdrop import Backdrop
from peer.ui.camera import Camera
from peer.ui.glide import Glide
from peer.ui.look import motion
from peer.ui.rects import from_qt, seen_of, to_qt
from peer.ui.theme import Theme

_EVERYTHING: Final = QRectF(-1e12, -1e12, 2e12, 2e12)
"""The scene. So large that the range of Qt's scroll bars, which are integers, always includes 0."""

_MANY: Final = 16
"""More areas than this are painted anew as one."""


class EndlessView(QGraphicsView):
    """Signals: zoomed(float) when the zoom has changed, and moved() when another part of the board is seen, or in
    another size.

    The background, with what a subclass paints in `paint_board`, is kept as an image until the view moves or `renew`
    asks for another, so that what moves above it costs nothing below.
    """

    zoomed = pyqtSignal(float)
    moved = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.camera = Camera()
        self.stage = QGraphicsScene(_EVERYTHING, self)
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
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
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
        self.setTransform(QTransform(camera.zoom, 0, 0, camera.zoom, *camera.shift))
        self.resetCachedContent()
        self.moved.emit()

    def renew(self, areas: Sequence[Rect]) -> None:
        """Have the background painted anew where `areas` of the board are seen."""
        areas = [area for area in areas if area.intersects(self.camera.area)]
        if len(areas) > _MANY:
            areas = [reduce(Rect.union, areas)]
        for area in areas:
            if (seen := seen_of(area, self.camera.area, self.zoom)) is not None:
                self.stage.invalidate(to_qt(seen), QGraphicsScene.SceneLayer.BackgroundLayer)

    def renew_all(self) -> None:
        """Have the whole background painted anew."""
        self.resetCachedContent()
        self.glass.update()

    def paint_board(self, painter: QPainter, area: Rect) -> None:
        """Paint what is in a part of the board, in its pixels, on the backdrop."""

    def _native_pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.zoom_at(event.position(), self.zoom * (1 + event.value()))
        return True

    def viewportEvent(self, event: QEvent | None) -> bool:
        taken = False
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

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:
        if painter is not None:
            exposed = painter.worldTransform().mapRect(rect).intersected(QRectF(self.glass.rect()))
            painter.save()
            painter.resetTransform()
            self.backdrop.paint(painter, exposed, self.camera)
            painter.restore()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_board(painter, from_qt(rect))
