"""The views of the page, one module each: its cards, how they are made, what they say in words."""
