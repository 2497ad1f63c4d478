"""Saved events: what to run a function with, as plain JSON files by function."""
