"""The SIMs in service as people see and steer them: overview.py first."""
