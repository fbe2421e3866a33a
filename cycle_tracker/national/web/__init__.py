"""The pages of officials about the whole nation."""
