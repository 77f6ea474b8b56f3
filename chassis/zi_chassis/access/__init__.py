"""Who somebody is: officials by their token, citizens by the token of their case."""
