"""A modem's life: the machine (table), the jobs (generators), the worker (thread), the fleet."""
