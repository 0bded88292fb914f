"""What every emulated platform is made of; nothing here knows one of them."""
