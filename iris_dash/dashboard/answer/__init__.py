"""A question of the page and its answer."""
