"""From the outbox to a modem.

`dispatch.py` takes what is due, `holds.py` says which connections may send now, and `ledger.py`
writes down what the radio made of it.
"""
