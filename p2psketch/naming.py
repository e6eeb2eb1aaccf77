"""What a board is called: a register of it, and where nobody has set that, the name in its link.

Rule: whatever was accepted as a name is shown as one line.
"""

from p2psketch.document import Document
from p2psketch.ids import BOARD_ID
from p2psketch.invite import clean_name


def board_name(document: Document) -> str:
    """What those who draw on it call the board now; empty if nobody has named it since its link was made."""
    value, _ = document.register(BOARD_ID, "name")
    return clean_name(value) if value is not None else ""
