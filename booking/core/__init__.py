"""Plain values that every wing speaks in: periods, clock, actors, errors."""
