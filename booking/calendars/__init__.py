"""Calendar feeds in iCalendar, public and secret."""
