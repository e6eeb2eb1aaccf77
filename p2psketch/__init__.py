"""p2psketch: a whiteboard that a group shares with no server in the middle.

This package is the pure core: no clock, no randomness, no sockets, no files, no window.
"""

__version__ = "0.1.0"
