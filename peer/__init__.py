"""The peer: a window or a headless program that holds the whole board."""
