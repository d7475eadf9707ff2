"""What one client may take up, in numbers. README.md beside this says what each of them is for."""

from __future__ import annotations

# connections
CONNECTIONS = 200  # at once
CONNECTIONS_EACH = 48  # of one address: some open pages of several browsers behind one router
IDLE = 30  # seconds until a connection without any request is closed
UNREAD = 30.0  # seconds that an answer may wait for its reader to take the next piece
LOOK_EVERY = 5  # seconds between looks for the slow
PIPELINED = 2  # requests that may wait behind the one that is being answered: no browser does that

# requests as they come in
MAX_HEADER = 32 << 10  # octets
HEADERS_WITHIN = 15.0  # seconds from a request's first octet to the end of its headers
BODY_WITHIN = 30.0  # seconds, and as much more as the body takes at SLOWEST
SLOWEST = 4096  # octets per second

# bodies
SMALL = 32 << 10  # octets of a body that anybody may send
MAX_REQUEST = 5 << 20  # octets: a file of contacts; waitress' own default is a gigabyte
STRANGERS_EACH = 512 << 10  # octets: what a program may send, 20,000 numbers and the longest text
STRANGERS = 4 << 20  # octets of their larger bodies at once, all together
OF_ONE_STRANGER = 1 << 20  # of those, from one address
KNOWN = 24 << 20  # the same for browsers that have signed in before
OF_ONE_KNOWN = 10 << 20

# the box itself
THREADS = 8  # requests that are answered at once
REQUEST_GRACE = 1.5  # seconds that a request under way may take when the service stops
