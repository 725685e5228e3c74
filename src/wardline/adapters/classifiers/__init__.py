"""Detectors: adapters of ``ports.Classifier``. None is built in that knows anything; they are asked elsewhere."""

from wardline.adapters.classifiers.http import create

__all__ = ["create"]
