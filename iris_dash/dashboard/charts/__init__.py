"""Charts and tables of numbers: small frames in, a figure or its text alternative out."""
