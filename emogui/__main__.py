"""``python -m emogui``."""

from emogui.cli import main

raise SystemExit(main())
