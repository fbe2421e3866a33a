"""The scheduler: its timetable, its jobs, and the process that runs them. It never imports the web side."""
