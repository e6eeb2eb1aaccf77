"""What the program costs, measured beside plain baselines in the same run: `python -m benchmarks`."""
