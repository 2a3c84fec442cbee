"""A collection of MongoDB as a table: its columns, and Ibis expressions as pipelines for it."""
