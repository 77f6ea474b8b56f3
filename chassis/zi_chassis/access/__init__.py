"""The identity of who asks: officials by their token, citizens by the token of their case."""
