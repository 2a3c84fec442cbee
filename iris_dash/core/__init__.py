"""What everything may use: errors, deadlines, timings, the release."""
