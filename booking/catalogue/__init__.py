"""What the city owns and lends: units, spaces and their parts, hours, policies, prices."""
