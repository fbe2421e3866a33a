"""The service itself: its health, its alarms, what machines ask of it."""
