"""Files, folders and addresses as data frames: a module per kind, and what each decides."""
