"""The process that serves: workers, the table they share, and what stands in front of them."""
