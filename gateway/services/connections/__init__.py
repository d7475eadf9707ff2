"""The SIMs in service as people see and steer them: overview.py first.

A connection has one frozen value for each audience, made in one place:

- what is kept of it: `ConnectionInfo`, by gateway.store.connections.connections
- the radio, of whatever modem carries it: `Telemetry`, by that modem's thread (gateway.modem)
- routing: `RoutingConnection`, begun in gateway.services.sending.routing_facts; the roster of
  modems and the holds say what is different
- the page: `ConnectionStatus`, by overview.py
- programs: `ConnectionReport`, by connection_report.py
"""
