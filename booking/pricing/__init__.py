"""What a booking costs: price groups, lines and VAT by date."""
