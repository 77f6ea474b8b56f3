"""Rules of import letters (SKI) and export letters (SKE): versioned data, and pure functions that say what is wrong or missing."""
