"""The service: app.py builds it, running.py is its main thread, box.py what others get of it."""
