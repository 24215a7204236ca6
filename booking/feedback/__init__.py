"""What people tell the city about its spaces and these pages, and what staff answer."""
