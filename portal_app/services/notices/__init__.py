"""What contacts are told of: writing it, showing it, and sending it by e-mail and push."""
