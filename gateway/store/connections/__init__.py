"""SIMs and modems as they are known over time, and the rules that choose among them."""
