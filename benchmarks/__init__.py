"""Speed as ratios within one run: `make bench` prints them beside baselines by others."""
