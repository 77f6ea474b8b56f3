"""The limits of what businesses, officials and devices send. Files are limited by intake, which stores them. Pure."""

MOST_PRODUCTS = 20
MOST_PLACES = 1_000  # of a training
MOST_CODES = 100
MOST_LABEL_PHOTOS = 40  # of one check of a label
MOST_ANSWERS = 100  # of one batch of a device
MOST_REPLACED = 200  # answers that one answer replaces or one signature covers
MOST_INGREDIENTS = 100
# Characters.
INGREDIENT_LENGTH = 200
PRODUCT_NAME_LENGTH = 120
FORM_TEXT_LENGTH = 2_000
DEVICE_NOTE_LENGTH = 2_000
API_NOTE_LENGTH = 20_000
MOST_DAYS_OF_A_TRIP = 14
MOST_PEOPLE_OF_A_TRIP = 12
MOST_STOPS_OF_A_TRIP = 40  # cases that are visited
TRANSPORT_LENGTH = 120
BUDGET_LINE_LENGTH = 60
NICKNAME_LENGTH = 40
