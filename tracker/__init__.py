"""The tracker: introduces the peers of a room to each other, and knows neither them nor what they draw."""
