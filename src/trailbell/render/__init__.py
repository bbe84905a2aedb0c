"""Alerts as people see them: pure functions from an alert to a message."""
