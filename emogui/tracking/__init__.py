"""Faces over time: numbers that stay, boxes that do not jump, probabilities that do not flicker.

Everything here is reckoned in seconds of the frames' time stamps, never in frames, and no thread
is needed: a live source and a video file go the same way. `SequenceAnalyzer` puts it together;
`Tracker` knows boxes alone, whatever found them.
"""
