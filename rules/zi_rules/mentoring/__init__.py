"""Rules for mentoring small food businesses (UMKM): versioned data, and pure functions that say the track, the score, what is missing."""
