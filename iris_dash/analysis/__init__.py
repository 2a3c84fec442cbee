"""What is computed of a query's rows."""
