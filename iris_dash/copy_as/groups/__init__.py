"""An aggregate written down to be taken along: its groups in the words of other tools."""
