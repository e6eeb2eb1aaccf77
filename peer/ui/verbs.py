"""What the actions of the table do to an open board."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from peer.ui.desk import Desk

VERBS: Final["Mapping[str, Callable[[Desk], None]]"] = {
    "pen": lambda desk: desk.canvas.select_tool("pen"),
    "eraser": lambda desk: desk.take_eraser(),
    "other_eraser": lambda desk: desk.switch_eraser(),
    "hand": lambda desk: desk.canvas.select_tool("hand"),
    "thinner": lambda desk: desk.step_width(-1),
    "thicker": lambda desk: desk.step_width(1),
    "undo": lambda desk: desk.undo(),
    "redo": lambda desk: desk.redo(),
    "clear": lambda desk: desk.clear(),
    "zoom_in": lambda desk: desk.canvas.zoom_in(),
    "zoom_out": lambda desk: desk.canvas.zoom_out(),
    "zoom_reset": lambda desk: desk.canvas.zoom_to(1.0),
    "fit": lambda desk: desk.canvas.fit_all(),
    "zen": lambda desk: desk.set_zen(not desk.zen),
}
