"""Events that people arrange themselves: facts, outcome, support."""
