"""Results of a live session for other programs, while it runs: WebSocket, OSC, Lab Streaming Layer.

Nothing here is opened unless it is asked for, and unless told otherwise no result leaves the
computer. docs/publishing.md has the schema of the messages.
"""
