"""The six panels that float on the canvas, and the toast: one small file each. None of them knows the others."""
