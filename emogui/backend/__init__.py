"""Face detection, cropping, classification and the Analyzer that puts them together."""
