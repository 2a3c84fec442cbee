"""What each view shows: its charts and their text alternatives."""
