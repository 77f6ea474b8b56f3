"""Opens a stranger's file in a child process that can compute, answer and end, and nothing else: `run` in the parent, `confine` in the child."""
