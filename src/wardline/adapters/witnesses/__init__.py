"""Witnesses that are no notifiers as well; those are in ``adapters.notifiers``."""

from wardline.adapters.witnesses.file import FileWitness

__all__ = ["FileWitness"]
