"""The page: header, sidebar, chips, cards and table."""
