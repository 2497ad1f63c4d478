"""Whole pools on the move: exports, imports, copies."""
