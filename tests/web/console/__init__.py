"""The console, as a browser without scripts meets it."""
