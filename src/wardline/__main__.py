"""The program: ``wardline`` and ``python -m wardline``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from wardline.cli.app import app

    app(prog_name="wardline")


if __name__ == "__main__":
    main()
