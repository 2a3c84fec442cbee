"""What a deployer meets, tried on plain processes: `make deployer` prints a line for each."""
