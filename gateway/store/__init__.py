"""Everything that must survive a power cut. The only package that knows the database."""
