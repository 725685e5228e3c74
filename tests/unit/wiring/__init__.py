"""How an installation is set up and put together."""
