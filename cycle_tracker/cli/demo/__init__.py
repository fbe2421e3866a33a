"""The demo: made-up people and a made-up history for the real partnerships, the same every time for one day.

Nothing here is true of anybody: who is late in the demo was chosen to show every state once.
"""
