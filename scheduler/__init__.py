"""What happens by itself: one keeper a duty, and the driver that wakes them."""
