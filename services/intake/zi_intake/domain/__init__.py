"""Cases, and the limits of opening personal data: pure."""
