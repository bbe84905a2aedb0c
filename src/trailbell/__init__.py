"""CloudTrail and CloudWatch Logs alerts in Slack, with the log record itself."""

__version__ = "0.1.0"
