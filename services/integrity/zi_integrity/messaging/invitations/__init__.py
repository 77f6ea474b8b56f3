"""Out to the bus: invitations to surveys and the keys that sign them."""
