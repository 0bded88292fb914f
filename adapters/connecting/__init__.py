"""What ``adapters.connection`` is made of; messengers import from there."""
