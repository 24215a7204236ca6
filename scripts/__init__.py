"""What the Makefile's commands run: checks, and the throw-away PostgreSQL of checks and tests."""
