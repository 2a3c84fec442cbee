"""What the environment and the command line set."""
