"""Where a table comes from, and what is known of its columns."""
