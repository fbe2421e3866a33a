"""What gunicorn reads by itself: tokens in addresses never stand in a log of requests."""

logger_class = "cycle_tracker.web.access_log.AccessLog"
