"""The service itself: whether it does its work, and who is told when it does not.

Here live its health page, what machines ask of it, alarms, the outbox as a list, rows for measuring, and fixed pages.
It may use `answers` and what is below, and knows neither `imports` nor `feeds`.
The web side and the scheduler look after each other.
Begin with `services/alarms.py` and `web/service_health/presenters.py`.
"""
