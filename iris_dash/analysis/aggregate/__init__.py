"""Any statistic of any grouping: what is asked, and the groups that answer it."""
