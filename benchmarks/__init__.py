"""What the product costs: ratios, each measured in one run beside what it is compared with."""
