"""Everything the user can do, with its shortcut: the source of the menus, keys and the help."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """A thing to do.

    Attributes:
        name: of the shell's method that does it.
        title: in menus; dots at the end mean that a dialog follows.
        keys: shortcut such as ``"Mod+Shift+S"``; ``Mod`` is Command on a Mac, else Control.
        also: further shortcuts that are bound but not shown.
    """

    name: str
    title: str
    keys: str = ""
    also: tuple[str, ...] = ()


ACTIONS: dict[str, tuple[Action, ...]] = {
    "File": (
        Action("open", "Open pictures…", "Mod+O"),
        Action("paste", "Paste picture", "Mod+V"),
        Action("save_picture", "Save annotated picture…", "Mod+S"),
        Action("save_chart", "Save chart…", "Mod+Shift+S"),
        Action("save_results", "Save results…", "Mod+E"),
        Action("copy_picture", "Copy annotated picture", "Mod+C"),
        Action("copy_values", "Copy values", "Mod+Shift+C"),
        Action("close_picture", "Close picture", "Mod+W"),
        Action("settings", "Settings…", "Mod+comma"),
        Action("exit", "Exit", "Mod+Q"),
    ),
    "Faces": (
        Action("detect", "Detect", "Mod+D", ("F5",)),
        Action("cancel", "Cancel", "Escape"),
        Action("next_face", "Next face", "Right", ("Down",)),
        Action("previous_face", "Previous face", "Left", ("Up",)),
        Action("explain", "Explain", "Mod+Shift+E"),
        Action("explain_next", "Explain next emotion", "Mod+Shift+N"),
        Action("explain_previous", "Explain previous emotion", "Mod+Shift+B"),
        Action("next_picture", "Next picture", "Next", ("Mod+Right",)),
        Action("previous_picture", "Previous picture", "Prior", ("Mod+Left",)),
    ),
    "Camera": (
        Action("live_start", "Start or stop", "Mod+R"),
        Action("live_snapshot", "Snapshot…", "Mod+P"),
        Action("live_record", "Record or stop recording…", "Mod+Shift+P"),
        Action("live_publish", "Publish or stop publishing…", "Mod+Shift+U"),
        Action("live_mirror", "Mirror", "Mod+I"),
        Action("live_video", "Open video…", "Mod+Shift+O"),
        Action("live_address", "Open stream address…", "Mod+L"),
        Action("live_cameras", "Look for cameras", "Mod+Shift+R"),
        Action("timeline_mark", "Mark this moment", "M"),
        Action("timeline_pause", "Pause or resume timeline", "Mod+J"),
        Action("timeline_save", "Save timeline…", "Mod+Shift+J"),
        Action("timeline_clear", "Clear timeline", "Mod+Shift+K"),
    ),
    "Video": (
        Action("video_play", "Play or pause", "space"),
        Action("video_back", "One frame back", "comma"),
        Action("video_forward", "One frame forward", "period"),
        Action("video_skip_back", "5 seconds back", "Shift+Left"),
        Action("video_skip", "5 seconds forward", "Shift+Right"),
        Action("video_slower", "Slower", "less"),
        Action("video_faster", "Faster", "greater"),
        Action("video_loop", "Loop", "Mod+G"),
        Action("video_whole", "Analyse whole video…", "Mod+Shift+A"),
    ),
    "Training": (
        Action("train_file", "Data set from file…", "Mod+Shift+D"),
        Action("train_folder", "Data set from folder…", "Mod+Shift+F"),
        Action("train_start", "Start training", "Mod+Shift+T"),
        Action("train_pause", "Pause or resume training", "Mod+Y"),
        Action("train_stop", "Cancel training", "Mod+Shift+Y"),
    ),
    "Batch": (
        Action("batch_files", "Add files…", "Mod+B"),
        Action("batch_folder", "Add folder…", "Mod+Shift+G"),
        Action("batch_table", "Add table of paths…", "Mod+Shift+I"),
        Action("batch_output", "Folder for the results…", "Mod+Shift+V"),
        Action("batch_start", "Start batch or go on", "Mod+N"),
        Action("batch_pause", "Pause or resume batch", "Mod+U"),
        Action("batch_stop", "Cancel batch", "Mod+Shift+X"),
        Action("batch_report", "Make report", "Mod+Shift+W"),
    ),
    "Model": (
        Action("load_model", "Load from folder…", "Mod+Shift+M"),
        Action("next_model", "Next model", "Mod+M"),
    ),
    "Detector": (Action("next_detector", "Next detector", "Mod+K"),),
    "View": (
        Action("fit", "Fit to window", "Mod+0"),
        Action("actual_size", "Actual size", "Mod+9"),
        Action("zoom_in", "Zoom in", "Mod+plus", ("Mod+equal", "Mod+KP_Add")),
        Action("zoom_out", "Zoom out", "Mod+minus", ("Mod+KP_Subtract",)),
        Action("show_image", "Image tab", "Mod+1"),
        Action("show_live", "Live camera tab", "Mod+2"),
        Action("show_train", "Train tab", "Mod+3"),
        Action("show_batch", "Batch tab", "Mod+4"),
        Action("timeline", "Timeline", "Mod+Shift+L"),
        Action("toggle_theme", "Light or dark", "Mod+T"),
    ),
    "Help": (
        Action("help_keys", "Keyboard shortcuts", "F1"),
        Action("help_meaning", "What the numbers mean", "Mod+F1"),
        Action("help_network", "About the network…", "Mod+Shift+F1"),
        Action("about", "About emogui", "Shift+F1"),
    ),
}

BY_NAME: dict[str, Action] = {action.name: action for group in ACTIONS.values() for action in group}

ON_PICTURE = frozenset({"next_face", "previous_face", "next_picture", "previous_picture"})
"""Plain keys that some widgets use themselves, which then go before."""

_NAMES = {
    "space": "Space",
    "period": ".",
    "less": "<",
    "greater": ">",
    "comma": ",",
    "plus": "+",
    "equal": "=",
    "minus": "-",
    "Next": "Page Down",
    "Prior": "Page Up",
    "Escape": "Esc",
    "KP_Add": "+",
    "KP_Subtract": "-",
}


def accelerator(keys: str, *, mac: bool) -> str:
    """The shortcut as menus show it: ``"Ctrl+Shift+S"``, on a Mac ``"Command-Shift-S"``."""
    if not keys:
        return ""
    *modifiers, key = keys.split("+")
    names = {"Mod": "Command" if mac else "Ctrl"}
    parts = [names.get(one, one) for one in modifiers]
    return ("-" if mac else "+").join([*parts, _NAMES.get(key, key)])


def sequences(keys: str, *, mac: bool) -> list[str]:
    """Tk's event sequences of a shortcut; letters in both cases, for Caps Lock."""
    *modifiers, key = keys.split("+")
    names = {"Mod": "Command" if mac else "Control"}
    parts = [names.get(one, one) for one in modifiers]
    if len(key) == 1 and key.isdigit():
        return [f"<{'-'.join([*parts, 'Key', key])}>"]
    letters = {key.lower(), key.upper()} if len(key) == 1 else {key}
    return [f"<{'-'.join([*parts, letter])}>" for letter in sorted(letters)]
