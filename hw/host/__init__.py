"""What install.sh puts on the machine (unit, rules for udev, Avahi, polkit), and its steps."""
