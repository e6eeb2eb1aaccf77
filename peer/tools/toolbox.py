"""Which tool a press goes to, and that there is one gesture at a time.

Rule: the tool that took the press has the gesture until it is released or cancelled, whatever is pressed or chosen
meanwhile. Space or the middle button borrow the hand; Ctrl or the other end of a stylus turn what draws into the
eraser, where there is one: who only looks on has the hand and nothing else.
"""

from collections.abc import Iterable
from enum import Enum

from peer.tools.tool import ERASER, HAND, HIGHLIGHTER, PEN, Pointer, Tool


class Button(Enum):
    """What is pressed."""

    MAIN = "main"
    """The left button, a finger, or the tip of a stylus."""
    MIDDLE = "middle"
    TAIL = "tail"
    """The eraser end of a stylus."""


class Toolbox:
    """The tools by name, the one chosen, and the one at work."""

    def __init__(self, tools: Iterable[Tool], chosen: str = PEN) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self.chosen = self._tools[chosen]
        self.space = False
        """Is the space bar held?"""
        self._acting: tuple[Tool, Button] | None = None
        self._last: Pointer | None = None

    @property
    def acting(self) -> Tool | None:
        """The tool that has the gesture."""
        return self._acting[0] if self._acting is not None else None

    @property
    def button(self) -> Button | None:
        """The button that holds the gesture."""
        return self._acting[1] if self._acting is not None else None

    def choose(self, name: str) -> bool:
        """Take another tool for the next gesture; False if it is in hand already, or is not here."""
        tool = self._tools.get(name, self.chosen)
        changed = tool is not self.chosen
        self.chosen = tool
        return changed

    def at_hand(self, button: Button = Button.MAIN, *, ctrl: bool = False) -> Tool:
        """The tool at work, or the one that a press would go to."""
        if self._acting is not None:
            return self._acting[0]
        if button is Button.MIDDLE or self.space:
            return self._tools[HAND]
        if button is Button.TAIL or (ctrl and self.chosen.name in (PEN, HIGHLIGHTER)):
            return self._tools.get(ERASER, self.chosen)
        return self.chosen

    def press(self, pointer: Pointer, button: Button) -> None:
        """Begin a gesture, unless one is going on."""
        if self._acting is None:
            self._acting = self.at_hand(button, ctrl=pointer.ctrl), button
            self._last = pointer
            self._acting[0].press(pointer)

    def move(self, pointer: Pointer) -> None:
        """The pointer moved, in a gesture or over the board."""
        self._last = pointer
        (self.acting or self.chosen).move(pointer)

    def release(self, pointer: Pointer, button: Button) -> None:
        """End the gesture, if it is this button's."""
        if self._acting is not None and self._acting[1] is button:
            (tool, _), self._acting = self._acting, None
            tool.release(pointer)

    def key(self, name: str) -> bool:
        """A key; says whether the gesture made anything of it."""
        return self._acting is not None and self._acting[0].key(name)

    def cancel(self) -> bool:
        """Take the gesture back; False if there was none."""
        if self._acting is None:
            return False
        (tool, _), self._acting = self._acting, None
        tool.cancel()
        return True

    def interrupt(self) -> None:
        """The pointer was taken away: what it did so far is kept."""
        if self._acting is not None and self._last is not None:
            self.release(self._last, self._acting[1])
