"""What the equations of a network mean and allow: one question a file, each answer with its reason."""
