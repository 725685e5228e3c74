"""Hot code: arrays and bytes in, arrays and bytes out. ``reference.py`` is the plain specification of each kernel, ``fast.c`` its twin."""

from wardline.kernels.native import Choice, select, selected, serving

__all__ = ["Choice", "select", "selected", "serving"]
