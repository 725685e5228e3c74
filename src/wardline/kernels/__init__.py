"""Hot code: arrays and bytes in, arrays and bytes out. ``reference.py`` is the plain specification of each kernel."""
