"""The index of the published log and the other tables that pages are answered from."""
