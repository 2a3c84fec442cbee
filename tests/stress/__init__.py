"""What the product withstands, measured against real servers: `python -m stress soak|fuzz`."""
