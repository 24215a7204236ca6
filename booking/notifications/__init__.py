"""E-mail: rows first, in the transaction of what they tell; delivered afterwards."""
