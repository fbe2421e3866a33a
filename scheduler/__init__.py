"""The scheduler: its timetable, its jobs, and the process that runs them. It never imports the web side."""

import gc

# Nearly all that a start makes stays. Looking through it for garbage time and again took a tenth of a whole run.
gc.set_threshold(50_000)
