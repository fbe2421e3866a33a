"""Who is notified of what about a date, and when: decided by pure rules, gathered into one mail for each reader.

Here live policies, notices, digests, the forecast, why no one was notified, and links that answer or stop a reminder.
It may use `people` and what is below; what changes when people are notified is a service of here or above.
"Due and not yet sent" is the question, never "due exactly today", so days without a run heal themselves.
Begin with `rules/steps.py` and `rules/reminders.py`, then `services/reminders.py` and `services/digests.py`.
"""
