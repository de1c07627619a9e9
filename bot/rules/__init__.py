"""What holds without any machine: pure functions over frozen records; `now` is an argument."""
