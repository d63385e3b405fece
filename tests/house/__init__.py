"""What holds for the library as a whole: where modules stand, what is public, what input is refused."""
