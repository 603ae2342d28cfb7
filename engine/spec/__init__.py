"""An experiment as one value: its choices, its bounds, and presets."""
