"""The demo: made-up people and a made-up history for the real partnerships, the same every time for one day.

Nothing here is true of anybody: who is late in the demo was chosen to show every state once. `story.py` tells it,
`acts/` holds what people do, and `emails.py` leaves the emails that would have gone out in the last sixty days.
"""
