"""What people type, read and are told: compared, cleaned, counted, printed safely, refused."""
