"""HTTP: health, metrics and the webhook."""
