"""What a canvas shows once all of it is painted."""

from PyQt6.QtCore import QEventLoop
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from peer.ui.canvas import Canvas


def shown(canvas: Canvas) -> QImage:
    """Its pixels, when there is nothing left to do."""
    QApplication.processEvents()
    while canvas._settled.is_busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
