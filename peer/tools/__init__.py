"""What hands do on the board: small state machines that know neither Qt nor the network."""
