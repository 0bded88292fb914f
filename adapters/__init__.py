"""The messengers: a folder each, which alone knows that messenger's wire."""
