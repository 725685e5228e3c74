"""For authors of plug-ins: contract suites, synthetic media, a virtual clock and sandboxes."""
