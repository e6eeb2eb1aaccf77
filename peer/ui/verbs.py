"""What the actions of the table do to an open board."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from peer.ui.desk import Desk


def _take_eraser(desk: "Desk") -> None:
    """Take the eraser in hand; if it is there already, the other one."""
    if desk.canvas.tool_name == "eraser":
        _switch_eraser(desk)
    desk.canvas.select_tool("eraser")


def _switch_eraser(desk: "Desk") -> None:
    """Take the other eraser in hand: of whole strokes, or of parts of them."""
    desk.rubber.parts = not desk.rubber.parts
    desk.canvas.select_tool("eraser")


VERBS: Final["Mapping[str, Callable[[Desk], None]]"] = {
    "pen": lambda desk: desk.canvas.select_tool("pen"),
    "highlighter": lambda desk: desk.canvas.select_tool("highlighter"),
    "eraser": _take_eraser,
    "other_eraser": _switch_eraser,
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
    "rename": lambda desk: desk.paperwork.rename(),
    "save": lambda desk: desk.paperwork.say_saved(),
    "copy": lambda desk: desk.paperwork.ask_for_copy(),
    "zen": lambda desk: desk.set_zen(not desk.zen),
}
