"""Receivers of reports."""
