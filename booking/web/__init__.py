"""What every page and endpoint shares: sessions, errors, languages, headers. Knows no wing."""
