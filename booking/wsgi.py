"""The application as a server loads it: `gunicorn booking.wsgi:app`."""

from booking.app import create_app

app = create_app()
