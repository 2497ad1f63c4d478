"""Panes: one widget for each kind of view. They know views and links, and no service."""
