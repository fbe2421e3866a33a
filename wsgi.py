"""The app for a web server: `gunicorn wsgi:app`. Also what `flask --app wsgi` runs its commands on."""

from cycle_tracker.operations.web import scheduler_watch
from cycle_tracker.web_app import create_app

app = create_app()
scheduler_watch.init_app(app)
