"""What each column of a table holds: figures, commonest values, notes, small pictures."""
