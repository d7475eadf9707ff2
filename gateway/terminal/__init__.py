"""Speaking AT by hand: `pigeonbox at`, `pigeonbox doctor`, transcripts.

guard.py says what is not typed into a modem that works; spoken.py makes a command of typed text;
own_port.py opens a port itself; desk.py, inside the service, puts a command between two messages;
through.py is the other end of that. blank.py and transcript.py make a test of a conversation.
"""
