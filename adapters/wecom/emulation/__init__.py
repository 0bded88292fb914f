"""WeCom, the platform's side; section numbers are those of the platform page."""
