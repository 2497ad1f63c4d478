"""The terminal browser of Stackpane: every service in panes, tables, forms and live tails."""

from __future__ import annotations
