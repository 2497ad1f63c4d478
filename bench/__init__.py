"""Benchmarks against named peers, measured in the same run: ``python -m bench``. Nothing here is a test."""
