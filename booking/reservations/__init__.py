"""Free time, requests, and the life of a reservation."""
