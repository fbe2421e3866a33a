"""What a page costs that does nothing: Flask and Jinja and a table of 50 rows, under the same gunicorn."""

from flask import Flask, render_template

ROWS = [(number, f"Step {number:03d}", "Synthetic partnership", "In progress", "30 June 2026") for number in range(50)]
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Plain</title></head>
<body>
<h1>A plain page</h1>
<table>
<thead><tr><th>Number</th><th>Title</th><th>Partnership</th><th>State</th><th>Date</th></tr></thead>
<tbody>
{% for row in rows %}
<tr><td>{{ row[0] }}</td><td>{{ row[1] }}</td><td>{{ row[2] }}</td><td>{{ row[3] }}</td><td>{{ row[4] }}</td></tr>
{% endfor %}
</tbody>
</table>
</body>
</html>
"""

app = Flask(__name__)
TEMPLATE = app.jinja_env.from_string(PAGE)


@app.get("/")
def show() -> str:
    """The page."""
    return render_template(TEMPLATE, rows=ROWS)
