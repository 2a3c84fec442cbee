"""A question asked of a table, in each of its forms."""
