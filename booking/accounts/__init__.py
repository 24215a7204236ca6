"""People, their organisations and roles, sign-in and tokens."""
