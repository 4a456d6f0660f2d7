"""A fuzzer that knows the answer: every line carries a unique number, so what a line says is who wrote it."""
