"""The console in a real Chromium: what only a browser can tell. Playwright drives the one that the machine has."""
