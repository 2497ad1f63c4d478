"""Amazon CloudWatch Logs for the Stackpane AWS browser: read, tail, query and export log groups."""

from __future__ import annotations
