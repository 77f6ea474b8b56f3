"""Surveys: questionnaires as versioned data, and their arithmetic with fractions. Pure."""
