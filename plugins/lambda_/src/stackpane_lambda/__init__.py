"""AWS Lambda for the Stackpane AWS browser: functions, invocations, events, configuration."""

from __future__ import annotations
